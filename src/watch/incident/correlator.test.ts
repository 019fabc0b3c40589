// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFinding } from '../../../test/records.ts';
import type { Finding } from '../../model/finding.ts';
import { findingWords } from '../../platform/i18n/finding.ts';
import { incidentWords } from '../../platform/i18n/incident.ts';
import { atoms, atomsOf, atomsOfRule } from './atoms.ts';
import { attackProbability, causeTable, weighCauses } from './causes.ts';
import { caseFindingsMax, createCorrelator } from './correlator.ts';

const newDevice = makeFinding({
  id: 'fnd-device',
  detector: 'binding',
  operation: null,
  technique: null,
  severity: 'medium',
  addresses: ['10.0.0.66', '02:00:00:00:00:66'],
  observed: '10.0.0.66 at 02:00:00:00:00:66',
  words: { key: 'finding.new-device', with: {} },
});
const sweep = makeFinding({
  id: 'fnd-sweep',
  detector: 'conversation',
  operation: null,
  technique: 'T0846',
  addresses: ['10.0.0.66', '10.0.0.10', '10.0.0.11'],
  words: { key: 'finding.sweep', with: {} },
});
const newPair = makeFinding({ id: 'fnd-pair', detector: 'conversation', operation: null, words: { key: 'finding.unknown-client', with: {} } });
const write = makeFinding();
const mac = '02:00:00:00:00:66';
/** 10.0.0.10 answers from another hardware address. */
const changedBinding = makeFinding({
  id: 'fnd-binding',
  detector: 'binding',
  operation: null,
  technique: 'T0830',
  severity: 'medium',
  addresses: ['10.0.0.10', mac],
  observed: `10.0.0.10 at ${mac}`,
  words: { key: 'finding.changed-binding', with: {} },
});
const otherBinding = { ...changedBinding, id: 'fnd-binding-2', addresses: ['10.0.0.20', mac], observed: `10.0.0.20 at ${mac}` };
const takenAddress = { ...changedBinding, words: { key: 'finding.taken-address', with: {} } };
const restart = makeFinding({
  id: 'fnd-restart',
  addresses: ['10.0.0.20', '10.0.0.10'],
  severity: 'critical',
  technique: 'T0816',
  operation: 'stop-start',
  observed: 'unit 1 diagnostics-restart-communications diagnostic-1',
});
const newRole = makeFinding({
  id: 'fnd-role',
  detector: 'conversation',
  operation: null,
  technique: null,
  severity: 'medium',
  addresses: ['10.0.0.30', '10.0.0.10'],
  words: { key: 'finding.new-role', with: {} },
});

const cases: readonly (readonly [string, readonly Finding[], string, number])[] = [
  ['a stranger who searches and then writes gives commands without right', [newDevice, sweep, newPair, write], 'rogue-command', 3],
  ['searching alone is exploration', [newDevice, sweep, newPair], 'discovery', 2],
  ['a new device that only reads is probably new equipment', [newDevice, newPair], 'new-equipment', 1],
  [
    'a known device that writes once something new is most probably at work on purpose',
    [makeFinding({ addresses: ['10.0.0.20', '10.0.0.10'], severity: 'medium' })],
    'planned-maintenance',
    2,
  ],
  [
    'a known device that writes the same again and again is taken over',
    [makeFinding({ addresses: ['10.0.0.20', '10.0.0.10'], severity: 'medium', packetCount: 60 })],
    'modify-parameter',
    4,
  ],
  ['an address behind another hardware address and nothing else is a replaced device', [changedBinding], 'device-replaced', 1],
];
const more: typeof cases = [
  ['a restart of a controller by a known device is an attempt to stop it', [restart], 'device-stop', 4],
  [
    'an address taken by a device that is on the network for the first time is a device in the middle',
    [newDevice, changedBinding],
    'adversary-in-the-middle',
    2,
  ],
  [
    'an address behind another hardware address, and the link-local address that belongs to it, is a replaced device',
    [changedBinding, { ...newDevice, id: 'fnd-local', addresses: ['fe80::66', mac] }],
    'device-replaced',
    1,
  ],
  ['two addresses taken by one device are a device in the middle', [changedBinding, otherBinding], 'adversary-in-the-middle', 2],
  ['an address taken by a device known under another address is a device in the middle', [takenAddress], 'adversary-in-the-middle', 2],
  [
    'an address taken and a write from it is a device in the middle',
    [changedBinding, makeFinding({ addresses: ['10.0.0.10', '10.0.0.30'] })],
    'adversary-in-the-middle',
    3,
  ],
  [
    'a known device that only answered and now writes was taken over',
    [newRole, makeFinding({ addresses: ['10.0.0.30', '10.0.0.10'], words: { key: 'finding.first-command', with: {} } })],
    'modify-parameter',
    3,
  ],
];
for (const [name, findings, cause, stage] of [...cases, ...more]) {
  test(`correlation: ${name}`, () => {
    const correlator = createCorrelator();
    const [incident] = correlator.add(findings).slice(-1);
    assert.equal(incident?.causes[0]?.name, cause, JSON.stringify(incident?.causes.map(({ name: word, probability }) => [word, probability])));
    assert.equal(incident?.stage, stage);
    assert.ok(incident.causes.length >= 2, 'other explanations stay in the running');
  });
}

test('findings of one actor are one incident, also when they come one by one', () => {
  const correlator = createCorrelator();
  const ids = [newDevice, sweep, newPair, write].map((finding) => correlator.add([finding])[0]?.id);
  assert.equal(new Set(ids).size, 1);
  assert.equal(correlator.read(ids[0] ?? '')?.findings.length, 4);
});

test('a device that was reached and acts next belongs to the same incident and to its spread', () => {
  const correlator = createCorrelator();
  const [first] = correlator.add([newPair]);
  const [second] = correlator.add([makeFinding({ id: 'fnd-next', atMs: 5_000, lastMs: 6_000, addresses: ['10.0.0.10', '10.0.0.30'] })]);
  assert.equal(second?.id, first?.id);
  assert.deepEqual(
    second?.spread.map(({ address }) => address),
    ['10.0.0.10', '10.0.0.30'],
  );
});

test('two strangers at one popular server are two incidents while neither acts upon it', () => {
  const correlator = createCorrelator();
  const [first] = correlator.add([newPair]);
  const [second] = correlator.add([makeFinding({ id: 'fnd-other', operation: null, addresses: ['10.0.0.77', '10.0.0.10'], detector: 'conversation' })]);
  assert.notEqual(first?.id, second?.id);
});

test('what comes long after, or after closing, opens another incident', () => {
  const correlator = createCorrelator({ windowMs: 10_000 });
  const [first] = correlator.add([newPair]);
  const [late] = correlator.add([makeFinding({ id: 'fnd-late', atMs: 100_000, lastMs: 100_000 })]);
  assert.notEqual(first?.id, late?.id);
  correlator.setState(late?.id ?? '', 'closed');
  const [again] = correlator.add([makeFinding({ id: 'fnd-again', atMs: 100_001, lastMs: 100_002 })]);
  assert.notEqual(again?.id, late?.id);
});

test('a finding that grows after its incident was closed does not open it again', () => {
  const correlator = createCorrelator();
  const [first] = correlator.add([newDevice, write]);
  correlator.setState(first?.id ?? '', 'closed');
  const [grown] = correlator.add([{ ...newDevice, lastMs: 9_000, packetCount: 50 }]);
  assert.equal(grown?.id, first?.id);
  assert.equal(grown?.state, 'closed');
  assert.equal(correlator.read(first?.id ?? '')?.findings.length, 2);
  assert.notEqual(correlator.add([makeFinding({ id: 'fnd-later' })])[0]?.id, first?.id);
});

test('acting upon what people called essential threatens the business', () => {
  const correlator = createCorrelator({ criticalityOf: (address) => (address === '10.0.0.10' ? 'essential' : 'normal') });
  assert.equal(correlator.add([newDevice, sweep, newPair, write])[0]?.stage, 4);
});

test('memory is bounded: the oldest incident leaves first', () => {
  const correlator = createCorrelator({ openMax: 2 });
  const ids = [1, 2, 3].map((n) => correlator.add([makeFinding({ id: `fnd-${n}`, addresses: [`10.0.${n}.1`, `10.0.${n}.2`] })])[0]?.id ?? '');
  assert.deepEqual(
    ids.map((id) => correlator.read(id) !== undefined),
    [false, true, true],
  );
});

test('the table of causes is complete: priors sum to 1, chances are chances, every cause and atom has its words', () => {
  assert.ok(Math.abs(causeTable.reduce((sum, row) => sum + row.prior, 0) - 1) < 1e-9);
  for (const row of causeTable) {
    for (const chance of Object.values(row.shows)) assert.ok(chance > 0 && chance < 1, row.name);
    assert.equal(row.technique === null, row.nature !== 'attack', row.name);
    for (const key of [`incident.cause.${row.name}`, `incident.confirm.${row.name}`]) assert.ok(key in incidentWords, key);
  }
  for (const atom of atoms) assert.ok(`incident.missing.${atom}` in incidentWords, atom);
});

test('every sentence of a finding is in the table of atoms, and none besides', () => {
  const rules = Object.keys(findingWords).filter((key) => key.startsWith('finding.'));
  assert.deepEqual(Object.keys(atomsOfRule).sort(), rules.sort());
});

test('words and operations that nobody knows stand for nothing', () => {
  for (const key of ['finding.of-tomorrow', 'constructor', '__proto__', ''])
    assert.deepEqual(atomsOf(makeFinding({ operation: key, words: { key, with: {} } })), [], key);
});

const origins: readonly (readonly [string, readonly Finding[], string | null])[] = [
  ['the device whose hardware address took another address, by its own address', [newDevice, changedBinding], '10.0.0.66'],
  ['the hardware address where the taker has no other', [changedBinding], mac],
  ['the taker when it writes under the address it took', [changedBinding, makeFinding({ addresses: ['10.0.0.10', '10.0.0.30'] })], mac],
  ['nobody for a flood', [makeFinding({ operation: null, words: { key: 'finding.flood', with: {} } })], null],
  ['nobody for who speaks before having an address', [makeFinding({ operation: null, addresses: ['::', 'ff02::16'] })], null],
];
for (const [name, findings, origin] of origins) {
  test(`the origin of an incident is ${name}`, () => {
    const correlator = createCorrelator();
    const [incident] = correlator.add(findings).slice(-1);
    assert.equal(incident?.origin, origin);
  });
}

test('neither a binding nor a group is a place that an incident has spread to', () => {
  const [incident] = createCorrelator().add([
    newDevice,
    newPair,
    makeFinding({ id: 'fnd-group', addresses: ['10.0.0.66', '224.0.0.251', '33:33:00:00:00:fb'] }),
  ]);
  assert.deepEqual(
    incident?.spread.map(({ address }) => address),
    ['10.0.0.10'],
  );
});

test('who acts decides the incident before whom it acts upon', () => {
  const correlator = createCorrelator();
  const [first] = correlator.add([newDevice]);
  correlator.add([{ ...newDevice, id: 'fnd-device-2', addresses: ['10.0.0.77', '02:00:00:00:00:77'] }]);
  const [joined] = correlator.add([makeFinding({ id: 'fnd-talk', operation: null, addresses: ['10.0.0.66', '10.0.0.77'] })]);
  assert.equal(joined?.id, first?.id);
});

test('a full incident takes no more findings, and memory stays bounded', () => {
  const correlator = createCorrelator();
  const ids = new Set<string>();
  const findings = Array.from({ length: caseFindingsMax + 1 }, (_, index) => makeFinding({ id: `fnd-${index}` }));
  for (const { id } of correlator.add(findings)) ids.add(id);
  assert.deepEqual(
    [...ids].map((id) => correlator.read(id)?.findings.length),
    [caseFindingsMax, 1],
  );
});

test('probabilities are of the whole table: those shown sum to at most 1', () => {
  const causes = weighCauses([newDevice, sweep, newPair, write]);
  assert.ok(causes.reduce((sum, cause) => sum + cause.probability, 0) <= 1.002);
  assert.ok(attackProbability(causes) > 0.9);
});
