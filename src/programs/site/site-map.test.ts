// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../model/finding.ts';
import type { Flow, FlowTable } from '../../model/flow.ts';
import type { AssetView } from '../../watch/traffic/routes.ts';
import { drawMap, type MapParts } from './site-map.ts';

const stranger = '10.0.0.66';
const plc = '10.0.0.10';

function asset(address: string, roles: AssetView['asset']['roles'] = []): AssetView {
  return {
    asset: { id: `ast-${address}`, addresses: [address], macs: [], vendor: null, names: [], roles, firstMs: 0, lastMs: 0, packets: 1, bytes: 60 },
    note: { label: null, zone: null, criticality: 'normal', isConfirmed: true },
    name: address,
    openFindings: 0,
  };
}

/** A table of conversations by their rows alone. */
function tableOf(rows: readonly { readonly client: string; readonly server: string; readonly service: string }[]): FlowTable {
  const row = (flow: number) => {
    const found = rows[flow];
    assert.ok(found !== undefined, `flow ${flow} is in the table`);
    return found;
  };
  return {
    count: rows.length,
    read: (flow): Flow => ({
      clientAddress: row(flow).client,
      clientPort: 49_152,
      serverAddress: row(flow).server,
      serverPort: 1,
      transport: 'tcp',
      protocol: 'unknown',
      packets: 2,
      bytes: 120,
      clientPackets: 1,
      clientBytes: 60,
      serverPackets: 1,
      serverBytes: 60,
      firstMs: flow,
      lastMs: flow + 1,
      communityId: '',
    }),
    clientAddress: (flow) => row(flow).client,
    serverAddress: (flow) => row(flow).server,
    serverPort: () => 1,
    transport: () => 'tcp',
    packets: () => 2,
    firstMs: (flow) => flow,
    lastMs: (flow) => flow + 1,
    service: (flow) => row(flow).service,
    isMulticast: () => false,
    packetNumbers: () => [],
  };
}

function finding(operation: string | null, addresses: readonly string[] = [stranger, plc]): Finding {
  return {
    kind: 'finding',
    id: 'fnd-1',
    atMs: 0,
    lastMs: 1,
    from: [],
    detector: 'function',
    subject: addresses.join(' > '),
    addresses: [...addresses],
    service: 'modbus',
    observed: '',
    expected: '',
    support: 0,
    score: 1,
    severity: 'high',
    technique: null,
    operation,
    words: { key: 'finding.new-command', with: {} },
    packets: [],
    packetCount: 1,
  };
}

const draw = (more: Partial<MapParts>) =>
  drawMap({ assets: [asset(stranger), asset(plc)], flows: tableOf([]), openFindings: [], running: [], isNormal: () => true, atMs: 5, ...more });
const deviceAt = (map: ReturnType<typeof draw>, address: string) => {
  const found = map.devices.find((device) => device.address === address);
  assert.ok(found !== undefined, `${address} is on the map`);
  return found;
};

test('a device that another one acts on is a target, and the one that acts is not', () => {
  const map = draw({ openFindings: [finding('write')] });
  assert.deepEqual([deviceAt(map, plc).isTarget, deviceAt(map, plc).severity], [true, null]);
  assert.deepEqual([deviceAt(map, stranger).isTarget, deviceAt(map, stranger).severity], [false, 'high']);
});

test('a device that was only read, only scanned, or spoken of by itself is no target', () => {
  for (const seen of [finding('read'), finding(null), finding('write', [plc])]) {
    const map = draw({ openFindings: [seen] });
    assert.equal(deviceAt(map, plc).isTarget, false, `${seen.operation} ${seen.subject}`);
  }
});

test('the protocol that was spoken stays in the list of a link beside the ports of a scan, and the list stays short', () => {
  const ports = Array.from({ length: 400 }, (_, port) => ({ client: stranger, server: plc, service: `tcp/${port}` }));
  const map = draw({ flows: tableOf([...ports, { client: stranger, server: plc, service: 'modbus' }, ...ports]) });
  const services = map.links[0]?.services;
  assert.equal(map.links.length, 1);
  assert.equal(services?.[0], 'modbus');
  assert.equal(services?.length, 12);
  assert.equal(map.links[0]?.packets, 2 * 801);
});

test('a device that was offered an address by DHCP is not taken for a server', () => {
  const assets = [
    asset(stranger, [{ service: 'dhcp', side: 'server', peers: 1, packets: 2 }]),
    asset(plc, [{ service: 'modbus', side: 'server', peers: 1, packets: 9 }]),
  ];
  const map = draw({ assets });
  assert.deepEqual([deviceAt(map, stranger).kind, deviceAt(map, plc).kind], ['unknown', 'controller']);
});

test('a stranger that talks as the operator terminal does is drawn as unknown until a person confirms it', () => {
  const roles: AssetView['asset']['roles'] = [{ service: 'modbus', side: 'client', peers: 1, packets: 900 }];
  const seen = { ...finding(null, [stranger]), detector: 'binding' };
  const unconfirmed = { ...asset(stranger, roles), note: { ...asset(stranger).note, isConfirmed: false } };
  assert.deepEqual(
    [unconfirmed, asset(stranger, roles)].map((view) => {
      const { kind, isNew } = deviceAt(draw({ assets: [view], openFindings: [seen] }), stranger);
      return [kind, isNew];
    }),
    [
      ['unknown', true],
      ['operator-terminal', false],
    ],
  );
});
