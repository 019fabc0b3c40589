// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Incident } from '../../../../src/model/incident.ts';
import { actionNames, type Response } from '../../../../src/model/response.ts';
import { consoleWords } from '../../../../src/platform/i18n/console.ts';
import { evidenceOfAcceptance, evidenceOfAccount, evidenceOfIncident, evidenceOfResponse } from '../../../../src/programs/site/evidence-items.ts';
import { findingsOf, incidentOf, responsesOf } from '../../fake/records.ts';
import { readSummary } from './summary.ts';

const finding = findingsOf(0)[2];
const proposed = responsesOf(0)[0];
assert.ok(finding !== undefined && proposed !== undefined);
const response = (more: Partial<Response>): Response => ({ ...proposed, ...more });
const read = (item: { readonly about: string; readonly summary: string }) => readSummary(item.about, item.summary);
const target = '10.20.0.101 > 10.20.0.10 modbus';

test('what the site writes about an incident is read back', () => {
  const incident: Incident = incidentOf(findingsOf(0), 'open');
  assert.deepEqual(read(evidenceOfIncident(incident)), { kind: 'incident', stage: '3', cause: 'rogue-command', percent: '71', origin: '10.20.0.101' });
  assert.deepEqual(read(evidenceOfIncident({ ...incident, origin: null })), {
    kind: 'incident',
    stage: '3',
    cause: 'rogue-command',
    percent: '71',
    origin: 'unknown',
  });
  assert.equal(read(evidenceOfIncident({ ...incident, causes: [] })), null);
});

test('what the site writes about decisions, actions and results is read back, for each action', () => {
  for (const name of actionNames) {
    const decided = response({ decidedBy: 'admin', state: 'running', action: { ...proposed.action, name } });
    const event = { atMs: 1, note: '', response: decided };
    assert.deepEqual(read(evidenceOfResponse({ ...event, about: 'decision' })), { kind: 'consented', who: 'admin', action: name, target });
    assert.deepEqual(read(evidenceOfResponse({ ...event, about: 'decision', response: { ...decided, state: 'declined' } })), {
      kind: 'declined',
      who: 'admin',
      action: name,
      target,
    });
    assert.deepEqual(read(evidenceOfResponse({ ...event, about: 'action' })), { kind: 'inForce', who: '', action: name, target });
    for (const state of ['undone', 'expired', 'failed'] as const)
      assert.deepEqual(read(evidenceOfResponse({ ...event, about: 'result', response: { ...decided, state, packetsStopped: 12 } })), {
        kind: 'ended',
        action: name,
        target,
        state,
        count: '12',
      });
    assert.ok(`console.actionName.${name}` in consoleWords);
  }
});

test('what the site writes when a finding is said to be normal is read back', () => {
  assert.deepEqual(read(evidenceOfAcceptance('admin', '', finding, 1)), { kind: 'accepted', who: 'admin', observed: finding.observed });
});

test('every event of an account is read back and has its words', () => {
  const text = readFileSync(new URL('../../../../src/platform/accounts/context.ts', import.meta.url), 'utf8');
  const kinds = [...text.slice(text.indexOf('readonly kind:'), text.indexOf('readonly atMs')).matchAll(/'([a-z-]+)'/g)].map((match) => match[1] ?? '');
  assert.ok(kinds.length >= 15, 'the source names the events');
  for (const kind of kinds) {
    // The kinds were just read from the type itself.
    const event = { kind, atMs: 1, account: 'acc-1', accountName: 'water.2-night', by: null, address: null, facts: {} } as Parameters<
      typeof evidenceOfAccount
    >[0];
    assert.deepEqual(read(evidenceOfAccount(event)), { kind: 'account', event: kind, name: 'water.2-night' });
    assert.deepEqual(read(evidenceOfAccount({ ...event, accountName: null })), { kind: 'account', event: kind, name: '' });
    assert.ok(`console.accountEvent.${kind}` in consoleWords, kind);
  }
});

test('what is not of a known form is not read, so that it is shown as it was signed', () => {
  for (const [about, summary] of [
    ['finding', 'admin consented to deny-flow on 10.0.0.1'],
    ['decision', 'admin consented to explode on 10.0.0.1'],
    ['decision', 'deny-flow on 10.0.0.1 is in force'],
    ['action', 'deny-flow on 10.0.0.1 is in force, really'],
    ['result', 'deny-flow on 10.0.0.1 is undone, many packets stopped'],
    ['incident', 'stage 7, rogue-command 97 %, origin 10.0.0.1'],
    ['account', 'a sentence about an account'],
    ['site', 'admin changed the settings'],
  ] as const)
    assert.equal(readSummary(about, summary), null, summary);
});
