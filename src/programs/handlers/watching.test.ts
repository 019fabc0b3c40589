// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFinding } from '../../../test/records.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { RecordItem } from '../../share/evidence/recorder.ts';
import { acceptFinding } from '../../watch/incident/routes.ts';
import { bindWatching, type WatchingParts } from './watching.ts';

/** A sensor that holds one finding, a chain and a store that keep what they are given. */
function createParts() {
  const finding = makeFinding();
  const held = new Set([finding.id]);
  const done: string[] = [];
  const recorded: RecordItem[] = [];
  const behaving = {
    sensor: {
      watcher: { accept: (id: string) => held.delete(id) },
      saveNorm: async () => void done.push('norm saved'),
    },
    evidence: {
      record: async (items: readonly RecordItem[]) => {
        done.push('decision recorded');
        recorded.push(...items);
      },
      about: () => [],
    },
    incidents: { readFinding: async (id: string) => (id === finding.id ? { finding, incident: 'inc-1' } : undefined) },
    hub: { publish: (kind: string, { id }: { readonly id: string }) => void done.push(`${kind} ${id}`) },
    nowMs: () => 7_000,
  };
  // The route under test reaches no other part, and of these parts nothing else.
  const parts = behaving as unknown as WatchingParts;
  const bound = bindWatching(parts).find(({ route }) => route.name === acceptFinding.name) ?? assert.fail('the route is bound');
  const accept = async (id: string): Promise<unknown> =>
    bound.handle({
      params: { id },
      query: {},
      body: { note: 'new laptop of the maintenance firm' },
      caller: { account: 'acc-1', name: 'hana', role: 'operator' },
      requestId: '',
      address: '',
      headers: {},
    });
  return { finding, done, recorded, accept };
}

test('a finding that a person accepts enters the norm on the disk, then the chain, then the consoles', async () => {
  const { finding, done, recorded, accept } = createParts();
  assert.deepEqual(await accept(finding.id), { finding, incident: 'inc-1', evidence: [] });
  assert.deepEqual(done, ['norm saved', 'decision recorded', `finding ${finding.id}`, 'norm function']);
  const [decision] = recorded;
  assert.deepEqual([decision?.about, decision?.atMs, decision?.from], ['decision', 7_000, [finding.id]]);
  assert.match(decision?.summary ?? '', /^hana accepted as normal: write-single-register/);
  assert.match(JSON.stringify(decision?.record), /new laptop/);
});

test('a finding that nobody knows cannot be accepted', async () => {
  const { accept, done } = createParts();
  await assert.rejects(accept('fnd-none'), (cause) => cause instanceof Problem && cause.status === 404);
  assert.deepEqual(done, []);
});

test('a finding that the sensor holds no more is refused as a conflict, and nothing is recorded', async () => {
  const { finding, accept, done } = createParts();
  await accept(finding.id);
  done.length = 0;
  await assert.rejects(accept(finding.id), (cause) => cause instanceof Problem && cause.status === 409 && cause.code === 'finding-not-held');
  assert.deepEqual(done, []);
});
