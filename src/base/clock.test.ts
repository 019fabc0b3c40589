// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock, systemClock } from './clock.ts';

test("the machine's clock counts milliseconds since 1970", () => {
  const before = Date.now();
  const nowMs = systemClock.nowMs();
  assert.ok(before <= nowMs && nowMs <= Date.now());
});

test('a manual clock stands still until it is told to move, and each has its own time', () => {
  const clock = createManualClock(1_000);
  const other = createManualClock(0);
  assert.deepEqual([clock.nowMs(), clock.nowMs()], [1_000, 1_000]);
  clock.advance(250.5);
  clock.advance(0.5);
  assert.deepEqual([clock.nowMs(), other.nowMs()], [1_251, 0]);
});
