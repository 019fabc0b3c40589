// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetectors } from '../../detectors/index.ts';
import { sampleConversation } from '../../detectors/samples.ts';
import { confirmSeasoned, createLearner, learningDefaults, siteLearning } from './learner.ts';

/** Feeds a batch a second at `rate` packets, with news at the given seconds; answers the second at which learning settles. */
function secondsToSettle(rule: typeof learningDefaults, rate: number, news: readonly number[], singletons: number, limit: number): number | undefined {
  const learner = createLearner(rule, () => singletons);
  for (let second = 0; second <= limit; second += 1) {
    learner.observe(rate, second * 1000, news.includes(second));
    if (learner.progress().isSettled) return second;
  }
  return undefined;
}

test('learning ends when both the novelty rate and the quiet time say so', () => {
  const cases = [
    { name: 'a busy network, all seen in the first ten seconds: after a minute of quiet', rate: 1000, news: [0, 10], singletons: 0, ends: 70 },
    { name: 'the last news after ten minutes: as long again', rate: 1000, news: [0, 50, 100, 180, 330, 600], singletons: 0, ends: 1200 },
    { name: 'few packets: not before the estimate can be below the target', rate: 50, news: [0], singletons: 0, ends: 200 },
    { name: 'five entries seen once: six times as many packets', rate: 50, news: [0], singletons: 5, ends: 1200 },
  ];
  for (const { name, rate, news, singletons, ends } of cases) assert.equal(secondsToSettle(learningDefaults, rate, news, singletons, 5000), ends, name);
});

test('news without end keeps learning from ending, and a silent network too', () => {
  const everyMinute = Array.from({ length: 100 }, (_, minute) => minute * 50);
  assert.equal(secondsToSettle(learningDefaults, 1000, everyMinute, 0, 4900), undefined);
  assert.equal(secondsToSettle(learningDefaults, 0, [], 0, 5000), undefined);
});

test('the rule has no unit of time of its own beyond the least quiet: a thousand times slower ends a thousand times later', () => {
  const rule = { ...learningDefaults, quietMinMs: 0 };
  const learn = (stepMs: number): number | undefined => {
    const learner = createLearner(rule, () => 0);
    for (let step = 0; step < 1000; step += 1) {
      learner.observe(100, step * stepMs, step === 0 || step === 80);
      if (learner.progress().isSettled) return step;
    }
    return undefined;
  };
  assert.equal(learn(1000), 160);
  assert.equal(learn(1_000_000), 160);
});

test('a real site waits for an hour of quiet', () => {
  assert.equal(secondsToSettle(siteLearning, 1000, [0, 10], 0, 4000), 3610);
});

test('a clock that jumps back neither ends learning nor breaks it', () => {
  const learner = createLearner(learningDefaults, () => 0);
  learner.observe(100_000, 1_000_000, true);
  learner.observe(100_000, 0, false);
  assert.equal(learner.progress().isSettled, false);
  assert.equal(learner.progress().quietMs, 0);
  learner.observe(1, 1_060_000, false);
  assert.equal(learner.progress().isSettled, true);
});

test('progress grows from 0 and reaches 1 only when learning is settled', () => {
  const learner = createLearner(learningDefaults, () => 0);
  assert.equal(learner.progress().share, 0);
  learner.observe(5000, 0, true);
  learner.observe(0, 30_000, false);
  assert.equal(learner.progress().share, 0.5);
  learner.observe(100_000, 60_000, false);
  assert.equal(learner.progress().share, 1);
});

test('an entry is confirmed after three sightings in two windows, not before', () => {
  const detectors = createDetectors({ operationOf: () => undefined });
  const learn = (server: string, atMs: number): void => {
    for (const detector of detectors) detector.learn(sampleConversation({ server, atMs, lastMs: atMs }));
  };
  for (const atMs of [0, 1, 2, 3]) learn('one-window', atMs);
  for (const atMs of [0, 700_000]) learn('two-sightings', atMs);
  for (const atMs of [0, 1, 700_000]) learn('enough', atMs);
  assert.equal(confirmSeasoned(detectors), 1);
  const confirmed = detectors.flatMap((detector) => detector.entries()).filter((entry) => entry.state === 'confirmed');
  assert.deepEqual(
    confirmed.map((entry) => entry.key),
    ['10.0.0.5 > enough modbus@tcp/502'],
  );
});
