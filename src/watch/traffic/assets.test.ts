// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, toUtf8 } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { Asset } from '../../model/asset.ts';
import { protocols } from '../../protocols/index.ts';
import { AssetList, listAssets } from './assets.ts';
import { addressBytes, arp, batchOf, datagram, ethernet, hexBytes, ipv6, macs } from './fixtures/packets.ts';
import { createTraffic } from './traffic.ts';
import { sendersMax, UnaddressedSenders } from './unaddressed.ts';
import { openVendors } from './vendors.node.ts';

function list(packets: readonly Uint8Array[], vendorOf: (mac: string) => string | null = () => null): readonly Asset[] {
  const traffic = createTraffic({ protocols });
  traffic.observe(batchOf(packets));
  return listAssets(traffic, vendorOf);
}
/** A question for the name `a` in DNS. */
const dnsQuestion = hexBytes('0001 0100 0001 0000 0000 0000 0161 00 0001 0001');
/** A question of a station and the answer of the plant. */
const talk = [
  datagram('q', { mac: macs.station, toMac: macs.plant }),
  datagram('r', { from: '10.0.0.1', to: '10.0.0.2', fromPort: 9999, toPort: 40_000, mac: macs.plant, toMac: macs.station }),
];

test('a device has its addresses, maker, roles and counts, with the names that the command promises', async () => {
  const assets = list(talk, await openVendors());
  assert.deepEqual(Object.keys(assets[0] ?? {}), Object.keys(Asset['properties'] as object)); // schemas of objects have properties
  const [station, plant] = assets.map(({ id, ...rest }) => rest);
  assert.deepEqual(station, {
    addresses: ['10.0.0.2'],
    macs: [macs.station],
    vendor: 'Siemens AG',
    names: [],
    roles: [{ service: 'udp/9999', side: 'client', peers: 1, packets: 2 }],
    firstMs: 1_000_000,
    lastMs: 1_000_001,
    packets: 2,
    bytes: 86,
  });
  assert.deepEqual(plant?.roles, [{ service: 'udp/9999', side: 'server', peers: 1, packets: 2 }]);
});

test('equal traffic gives equal ids', () => {
  assert.deepEqual(
    list(talk).map((asset) => asset.id),
    list([...talk, ...talk]).map((asset) => asset.id),
  );
});

test('a router does not swallow the addresses behind it', () => {
  const outside = ['198.51.100.1', '203.0.113.7', '192.0.2.9'];
  const assets = list([
    arp({ mac: macs.router, address: '10.0.0.254', target: '10.0.0.1' }),
    ...outside.map((from) => datagram('x', { from, mac: macs.router })),
  ]);
  const router = assets.find((asset) => asset.macs.includes(macs.router));
  // It sent no packet of its own but ARP: the address that it claimed is not in a conversation.
  assert.deepEqual(router?.addresses, []);
  assert.deepEqual(
    router?.roles.find((role) => role.service === 'gateway'),
    { service: 'gateway', side: 'server', peers: 3, packets: 3 },
  );
  for (const address of outside) assert.deepEqual(assets.find((asset) => asset.addresses.includes(address))?.macs, []);
});

test('addresses that a device claims, and aliases in the same net, are one device', () => {
  const assets = list([
    arp({ mac: macs.plant, address: '10.0.0.5', target: '10.0.0.1' }),
    datagram('x', { from: '10.0.0.5', mac: macs.plant }),
    datagram('x', { from: '10.0.0.6', mac: macs.plant }),
  ]);
  assert.equal(assets.length, 1);
  assert.deepEqual(assets[0]?.addresses, ['10.0.0.5', '10.0.0.6']);
});

test('an address stays with the device that claimed it first', () => {
  const assets = list([
    arp({ mac: macs.plant, address: '10.0.0.1', target: '10.0.0.2' }),
    arp({ mac: macs.router, address: '10.0.0.1', target: '10.0.0.2' }),
    datagram('x', { from: '10.0.0.1', to: '10.0.0.2', mac: macs.router }),
  ]);
  assert.deepEqual(assets.find((asset) => asset.addresses.includes('10.0.0.1'))?.macs, [macs.plant]);
});

test('a device without IP is there, one that never sent is not, and a scan gives no roles', () => {
  const goose = ethernet(new Uint8Array(30), { from: macs.plant, to: '01:0c:cd:01:00:00', type: 0x88b8 });
  const scan = Array.from({ length: 20 }, (_, index) => datagram('x', { to: `10.0.0.${100 + index}`, mac: macs.station, toMac: macs.router }));
  const assets = list([goose, ...scan]);
  assert.deepEqual(
    assets.map((asset) => [asset.macs[0], asset.addresses.length, asset.roles.map((role) => `${role.side} ${role.service}`)]),
    [
      [macs.plant, 0, ['client ethernet/0x88b8']],
      [macs.station, 1, []],
    ],
  );
});

test('the host name in a DHCP request names the device', () => {
  const request = new Uint8Array(240);
  request.set([1, 1, 6]);
  request.set(hexBytes(macs.plant), 28);
  request.set(hexBytes('63825363'), 236);
  const options = concatBytes([hexBytes('350103 0c05'), toUtf8('plc-1'), hexBytes('3204'), addressBytes('10.0.0.7'), hexBytes('ff')]);
  const assets = list([
    datagram(concatBytes([request, options]), { from: '0.0.0.0', to: '255.255.255.255', fromPort: 68, toPort: 67, mac: macs.plant, toMac: macs.all }),
    datagram('x', { from: '10.0.0.7', mac: macs.plant }),
  ]);
  assert.deepEqual(assets.find((asset) => asset.addresses.includes('10.0.0.7'))?.names, ['plc-1']);
});

test('the unset address is no device: what was sent from it belongs to the hardware addresses, however many share the flow', () => {
  const ask = (mac: string): Uint8Array => datagram('x', { from: '0.0.0.0', to: '255.255.255.255', fromPort: 68, toPort: 67, mac, toMac: macs.all });
  const [first, second, third] = list([
    ask(macs.plant),
    ask(macs.station),
    ask(macs.plant),
    datagram('y', { from: '10.0.0.7', to: '10.0.0.8', mac: macs.plant }),
  ]);
  assert.equal(third, undefined);
  assert.deepEqual([first?.macs, first?.addresses, first?.packets, first?.bytes], [[macs.plant], ['10.0.0.7'], 3, 3 * 43]);
  assert.deepEqual([second?.macs, second?.addresses, second?.packets, second?.firstMs], [[macs.station], [], 1, 1_000_001]);
  assert.deepEqual(second?.roles, [{ service: 'udp/67', side: 'client', peers: 1, packets: 1 }]);
});

test('the unset IPv6 address is no device either', () => {
  const solicit = ethernet(ipv6(hexBytes('8700 0000 0000 0000'), { protocol: 58, from: '::', to: 'ff02::1:ff00:1' }), {
    from: macs.plant,
    to: '33:33:ff:00:00:01',
    type: 0x86dd,
  });
  assert.deepEqual(
    list([solicit, solicit]).map(({ macs: own, addresses, packets }) => [own, addresses, packets]),
    [[[macs.plant], [], 2]],
  );
});

test('a list that is read again and again says the same as one that is made anew', (context) => {
  const seed = 7;
  context.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)] as T; // below the length
  const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '198.51.100.4', '203.0.113.5', '0.0.0.0'];
  // Few rows, so that flows make room for others and rows are used again.
  const traffic = createTraffic({ protocols, flowsMax: 24 });
  const devices = new AssetList(traffic, () => null);
  const inOrderOfId = (assets: readonly Asset[]): unknown =>
    assets.map((asset) => ({ ...asset, addresses: asset.addresses.toSorted() })).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (let round = 0; round < 300; round += 1) {
    const packets = Array.from({ length: 1 + random.below(8) }, () => {
      if (random.below(10) === 0) return arp({ mac: pick([macs.plant, macs.router]), address: pick(addresses.slice(0, 3)), target: '10.0.0.9' });
      const ports = random.below(2) === 0 ? { fromPort: 40_000, toPort: 53 } : { fromPort: 53, toPort: 40_000 };
      return datagram(pick(['x', dnsQuestion]), { from: pick(addresses), to: pick(addresses), mac: pick([macs.plant, macs.station, macs.router]), ...ports });
    });
    traffic.observe(batchOf(packets, { atMs: 1_000_000 + round * 100, firstNumber: 1 + round * 8 }));
    if (random.below(3) > 0) assert.deepEqual(inOrderOfId(devices.read()), inOrderOfId(listAssets(traffic, () => null)), `round ${round}`);
  }
  assert.ok(traffic.counters().flowsEvicted > 100, 'rows were used again');
});

test('invented hardware addresses without an IP address are bounded, and what they send is counted', () => {
  const senders = new UnaddressedSenders();
  for (let index = 0; index < sendersMax + 5; index += 1) senders.note(1, 0x0200_0000, index, 60, index);
  assert.equal(senders.leftOut, 5);
  assert.equal([...senders.of(1)].length, sendersMax);
  senders.release(1);
  assert.deepEqual([...senders.of(1)], []);
  senders.note(2, 0x0200_0000, 9, 60, 1);
  assert.deepEqual([...senders.of(2)], [{ mac: '02:00:00:00:00:09', packets: 1, bytes: 60, firstMs: 1, lastMs: 1 }]);
});

test('owners of hardware addresses come from the longest prefix, self-chosen and group addresses have none', async () => {
  const vendorOf = await openVendors();
  assert.equal(vendorOf('00:1b:1b:01:02:03'), 'Siemens AG');
  assert.equal(vendorOf('02:00:00:01:02:03'), null);
  assert.equal(vendorOf('ff:ff:ff:ff:ff:ff'), null);
  assert.equal(vendorOf('nonsense'), null);
});
