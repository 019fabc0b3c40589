// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeResponse } from '../../../test/records.ts';
import { createManualClock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { Response } from '../../model/response.ts';
import type { Enforcer } from './enforcer.ts';
import { createLifecycle, type ResponseEvent } from './lifecycle.ts';

/** A store and an enforcement point that behave: rules are in force until removed. */
function createSite(response: Response = makeResponse()) {
  const clock = createManualClock(10_000);
  const responses = new Map([[response.id, response]]);
  const inForce = new Map<string, number>();
  const events: ResponseEvent[] = [];
  const pinned: string[] = [];
  const site = { refusal: undefined as string | undefined, stuck: undefined as string | undefined }; // widened: tests set them
  const enforcer: Enforcer = {
    name: 'fake switch',
    endsByItself: false,
    apply: async (id) => {
      if (site.refusal !== undefined) throw new ShinraiError('enforce', site.refusal);
      assert.ok(
        events.some((event) => event.about === 'decision'),
        'the decision is recorded before anything is enforced',
      );
      inForce.set(id, 7);
    },
    remove: async (id) => {
      if (id === site.stuck) throw new ShinraiError('enforce', 'the switch does not answer');
      inForce.delete(id);
    },
    packetsStopped: async (id) => inForce.get(id),
    inForce: async () => [...inForce.keys()],
  };
  const lifecycle = createLifecycle({
    store: {
      read: async (id) => responses.get(id),
      save: async (next) => void responses.set(next.id, next),
      list: async (state) => [...responses.values()].filter((each) => each.state === state),
    },
    enforcer,
    nowMs: () => clock.nowMs(),
    record: async (event) => void events.push(event),
    pin: async (each) => void pinned.push(each.id),
  });
  return { clock, responses, inForce, events, pinned, site, lifecycle };
}

test('consent enforces, counts, and the time limit undoes; each step is recorded', async () => {
  const { clock, lifecycle, inForce, events, responses } = createSite();
  const running = await lifecycle.consent('rsp-1', 'hana', 'seen on the map');
  assert.deepEqual([running.state, running.decidedBy, running.endsMs], ['running', 'hana', 70_000]);
  assert.equal((await lifecycle.tick())[0]?.packetsStopped, 7);
  clock.advance(60_000);
  await lifecycle.tick();
  assert.equal(responses.get('rsp-1')?.state, 'undone');
  assert.equal(responses.get('rsp-1')?.packetsStopped, 7);
  assert.equal(inForce.size, 0);
  assert.deepEqual(
    events.map((event) => event.about),
    ['decision', 'action', 'result'],
  );
});

test('one response that cannot be ended does not keep another from ending, and is tried again', async () => {
  const { clock, lifecycle, responses, site, inForce } = createSite();
  responses.set('rsp-2', makeResponse({ id: 'rsp-2' }));
  await lifecycle.consent('rsp-1', 'hana', '');
  await lifecycle.consent('rsp-2', 'hana', '');
  clock.advance(60_000);
  site.stuck = 'rsp-1';
  await assert.rejects(lifecycle.tick(), { code: 'enforce' });
  assert.deepEqual([responses.get('rsp-1')?.state, responses.get('rsp-2')?.state], ['running', 'undone']);
  site.stuck = undefined;
  await lifecycle.tick();
  assert.equal(responses.get('rsp-1')?.state, 'undone');
  assert.equal(inForce.size, 0);
});

test('a person may undo before the time is over', async () => {
  const { lifecycle, inForce, events } = createSite();
  await lifecycle.consent('rsp-1', 'hana', '');
  assert.equal((await lifecycle.undo('rsp-1', 'ken', 'false alarm')).state, 'undone');
  assert.equal(inForce.size, 0);
  assert.equal(events.at(-1)?.note, 'false alarm');
});

test('two persons who consent at once start it once', async () => {
  const { lifecycle, events } = createSite();
  const outcomes = await Promise.allSettled([lifecycle.consent('rsp-1', 'hana', ''), lifecycle.consent('rsp-1', 'ken', '')]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ['fulfilled', 'rejected'],
  );
  assert.equal(events.filter((event) => event.about === 'action').length, 1);
});

test('an interlock forbids consent, whoever asks', async () => {
  const { lifecycle, inForce, events } = createSite(makeResponse({ interlocks: [{ key: 'response.interlock.essential', with: {} }] }));
  await assert.rejects(lifecycle.consent('rsp-1', 'hana', ''), { code: 'response-interlock' });
  assert.deepEqual([inForce.size, events.length], [0, 0]);
});

test('an enforcement point that refuses leaves a failed response and nothing in force', async () => {
  const { site, lifecycle, inForce, events } = createSite();
  site.refusal = 'Cannot reach the switch';
  const failed = await lifecycle.consent('rsp-1', 'hana', '');
  assert.deepEqual([failed.state, failed.failure, inForce.size], ['failed', 'Cannot reach the switch', 0]);
  assert.deepEqual(
    events.map((event) => event.about),
    ['decision', 'result'],
  );
});

test('what is declined, undone or unknown cannot be changed', async () => {
  const { lifecycle } = createSite();
  await assert.rejects(lifecycle.undo('rsp-1', 'hana', ''), { code: 'response-state' });
  await lifecycle.decline('rsp-1', 'hana', 'planned work');
  await assert.rejects(lifecycle.consent('rsp-1', 'hana', ''), { code: 'response-state' });
  await assert.rejects(lifecycle.consent('rsp-2', 'hana', ''), { code: 'response-unknown' });
});

test('after a crash, rules that no running response owns are removed, and responses whose rules are gone end', async () => {
  const { lifecycle, inForce, responses } = createSite(makeResponse({ state: 'running', startedMs: 1, endsMs: 1_000_000 }));
  inForce.set('rsp-orphan', 1);
  await lifecycle.tick();
  assert.equal(inForce.size, 0);
  assert.equal(responses.get('rsp-1')?.state, 'undone');
});

test('observing keeps the packets and touches no wire', async () => {
  const { lifecycle, pinned, inForce } = createSite(makeResponse({ action: { name: 'observe', target: 'x', rules: [], limitMs: 60_000 } }));
  assert.equal((await lifecycle.consent('rsp-1', 'hana', '')).state, 'running');
  assert.deepEqual([pinned, inForce.size], [['rsp-1'], 0]);
});
