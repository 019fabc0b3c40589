// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { Finding } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import { actionNames } from '../model/response.ts';
import type { ActionContext } from './action.ts';
import { actionKinds } from './index.ts';

const finding: Finding = {
  kind: 'finding',
  id: 'fnd-1',
  atMs: 1,
  lastMs: 2,
  from: ['x'],
  detector: 'function',
  subject: '10.0.0.66 > 10.0.0.10 modbus',
  addresses: ['10.0.0.66', '10.0.0.10'],
  service: 'modbus',
  observed: 'write-single-register',
  expected: '-',
  support: 10,
  score: 1,
  severity: 'high',
  technique: 'T0855',
  operation: 'write',
  words: { key: 'finding.x', with: {} },
  packets: [1],
  packetCount: 1,
};
const incident: Incident = {
  kind: 'incident',
  id: 'inc-1',
  atMs: 1,
  lastMs: 2,
  from: ['fnd-1'],
  stage: 3,
  severity: 'high',
  state: 'open',
  title: { key: 'x', with: {} },
  origin: '10.0.0.66',
  subjects: ['10.0.0.66', '10.0.0.10'],
  spread: [],
  causes: [],
};
const context: ActionContext = {
  incident,
  findings: [finding],
  limitMs: 60_000,
  macOf: () => '02:00:00:00:00:66',
  actingFunctionsOf: () => ['write-single-register'],
  portOf: () => ({ transport: 'tcp', port: 502 }),
};

test('every action of the list has its folder, a description and a name of the model', () => {
  for (const kind of actionKinds) {
    assert.ok(existsSync(new URL(`./${kind.name}/README.md`, import.meta.url)), kind.name);
    assert.ok(actionNames.includes(kind.name));
  }
  assert.equal(new Set(actionKinds.map((kind) => kind.name)).size, actionNames.length);
});

test('every action proposed has a time limit and only rules that name the origin', () => {
  for (const kind of actionKinds) {
    const action = kind.propose(context);
    assert.ok(action !== undefined, kind.name);
    assert.equal(action.limitMs, 60_000);
    for (const rule of action.rules) assert.ok([rule.clientAddress, rule.serverAddress].includes('10.0.0.66') || rule.mac === '02:00:00:00:00:66', kind.name);
  }
});

test('an incident without origin gets no action that touches the wire', () => {
  for (const kind of actionKinds) assert.deepEqual(kind.propose({ ...context, incident: { ...incident, origin: null } })?.rules ?? [], []);
});

test('who took the address of another is isolated by its hardware address: the IP address is the victim of it', () => {
  const isolate = actionKinds.find((kind) => kind.name === 'isolate-device');
  const action = isolate?.propose({ ...context, incident: { ...incident, origin: '02:00:00:00:00:66' } });
  assert.deepEqual(
    action?.rules.map(({ clientAddress, serverAddress, mac }) => [clientAddress, serverAddress, mac]),
    [[null, null, '02:00:00:00:00:66']],
  );
});

test('restricting functions leaves a protocol alone whose functions are unknown', () => {
  const restrict = actionKinds.find((kind) => kind.name === 'restrict-function');
  assert.equal(restrict?.propose({ ...context, actingFunctionsOf: () => [] }), undefined);
});
