// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeIncident } from '../../../test/records.ts';
import type { Flow } from '../../model/flow.ts';
import type { Action, TrafficRule } from '../../model/response.ts';
import { dryRun, type Rehearsal, type SiteKnowledge } from './dry-run.ts';
import { type Option, recommend } from './recommend.ts';

const anything: TrafficRule = { clientAddress: null, serverAddress: null, transport: null, serverPort: null, protocol: null, functions: null, mac: null };
function flow(clientAddress: string, serverAddress: string, packets: number): Flow {
  return {
    clientAddress,
    clientPort: 40_000,
    serverAddress,
    serverPort: 502,
    transport: 'tcp',
    protocol: 'modbus',
    packets,
    bytes: packets * 66,
    clientPackets: 0,
    clientBytes: 0,
    serverPackets: 0,
    serverBytes: 0,
    firstMs: 0,
    lastMs: 1,
    communityId: '',
  };
}
const rehearsal: Rehearsal = {
  windowMs: 300_000,
  packets: 1_000,
  flows: [flow('10.0.0.66', '10.0.0.10', 40), flow('10.0.0.5', '10.0.0.10', 900), flow('10.0.0.66', '10.0.0.30', 5)],
  functionPackets: [
    new Map([
      ['modbus read-holding-registers', 15],
      ['modbus write-single-register', 5],
    ]),
    new Map([['modbus read-holding-registers', 300]]),
    new Map(),
  ],
  dropped: 0,
};
const site: SiteKnowledge = { isNormal: ({ clientAddress }) => clientAddress === '10.0.0.5', isEssential: (address) => address === '10.0.0.5' };
function action(name: Action['name'], rules: readonly TrafficRule[]): Action {
  return { name, target: 'x', rules, limitMs: 60_000 };
}
const deny = action('deny-flow', [{ ...anything, clientAddress: '10.0.0.66', serverAddress: '10.0.0.10', transport: 'tcp', serverPort: 502 }]);
const restrict = action('restrict-function', [
  { ...anything, clientAddress: '10.0.0.66', serverAddress: '10.0.0.10', protocol: 'modbus', functions: ['write-single-register'] },
]);
const isolateStranger = action('isolate-device', [{ ...anything, clientAddress: '10.0.0.66' }]);
const isolateTerminal = action('isolate-device', [{ ...anything, serverAddress: '10.0.0.5' }]);

const cuts: readonly (readonly [string, Action, number, number])[] = [
  ['denying the flow cuts its packets in both directions', deny, 40, 0],
  ['restricting functions cuts only the packets that carry them', restrict, 5, 0],
  ['isolating cuts whatever the device takes part in', isolateStranger, 45, 0],
  ['isolating the terminal would cut normal work', isolateTerminal, 900, 900],
  ['observing cuts nothing', action('observe', []), 0, 0],
];
for (const [name, what, packets, normal] of cuts) {
  test(`dry run: ${name}`, () => {
    const cost = dryRun(what, rehearsal, site);
    assert.deepEqual([cost.packetsCut, cost.normalPacketsCut], [packets, normal]);
  });
}

test('a cut by hardware address says what its measurement leaves out', () => {
  const cost = dryRun(action('isolate-device', [{ ...anything, mac: '02:00:00:00:00:66' }]), rehearsal, site);
  assert.deepEqual(
    cost.caveats.map((words) => words.key),
    ['response.caveat.hardware'],
  );
});

function option(what: Action, burden: number): Option {
  return { action: what, why: { key: 'x', with: {} }, burden };
}
const options = [option(action('observe', []), 0), option(restrict, 0.05), option(deny, 0.1), option(isolateStranger, 0.3)];

test('at stage 3 denying the flow comes first and nothing normal is cut', () => {
  const responses = recommend(makeIncident({ stage: 3 }), options, rehearsal, site, 5);
  assert.equal(responses[0]?.action.name, 'deny-flow');
  assert.equal(responses[0]?.cost.normalPacketsCut, 0);
  assert.deepEqual(
    responses.map((response) => response.rank),
    [1, 2, 3, 4],
  );
});

test('below stage 2 nothing that touches the wire is proposed', () => {
  assert.deepEqual(
    recommend(makeIncident({ stage: 1 }), options, rehearsal, site, 5).map((response) => response.action.name),
    ['observe'],
  );
});

const interlocks: readonly (readonly [string, Rehearsal, Option, string])[] = [
  ['what is essential and normal', rehearsal, option(isolateTerminal, 0.3), 'response.interlock.essential'],
  ['more than two per cent of the normal packets', rehearsal, option(isolateTerminal, 0.3), 'response.interlock.share'],
  ['lost packets', { ...rehearsal, dropped: 10 }, option(deny, 0.1), 'response.interlock.loss'],
  ['no kept packets', { ...rehearsal, packets: 0, flows: [], functionPackets: [] }, option(deny, 0.1), 'response.interlock.blind'],
];
for (const [name, window, what, key] of interlocks) {
  test(`an interlock holds back an action because of ${name}`, () => {
    const [response] = recommend(makeIncident(), [what], window, site, 5);
    assert.ok(
      response?.interlocks.some((words) => words.key === key),
      JSON.stringify(response?.interlocks),
    );
  });
}

test('the same incident gives the same response ids, so that a proposal is renewed rather than repeated', () => {
  const ids = (): readonly string[] => recommend(makeIncident(), options, rehearsal, site, 5).map((response) => response.id);
  assert.deepEqual(ids(), ids());
});
