// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../base/random.ts';
import { Schedule, type Ticket } from './schedule.ts';

test('events run in order of time, and in order of asking at equal times', () => {
  const seed = 20260401;
  const random = createRandom(seed);
  const schedule = new Schedule();
  const ran: { readonly atMs: number; readonly order: number }[] = [];
  const asked = Array.from({ length: 500 }, (_, order) => ({ atMs: random.below(50), order }));
  for (const event of asked) schedule.after(event.atMs, () => ran.push({ ...event, atMs: schedule.nowMs }));
  schedule.advance(60);
  assert.deepEqual(
    ran,
    asked.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order),
    `seed ${seed}`,
  );
});

test('a cancelled event does not run, and what an event asks for runs in the same advance when it is due', () => {
  const schedule = new Schedule();
  const ran: string[] = [];
  const ticket: Ticket = schedule.after(5, () => ran.push('cancelled'));
  schedule.after(4, () => {
    schedule.cancel(ticket);
    schedule.after(2, () => ran.push(`nested at ${schedule.nowMs}`));
    schedule.after(20, () => ran.push('too late'));
  });
  schedule.advance(10);
  assert.deepEqual(ran, ['nested at 6']);
  assert.equal(schedule.nowMs, 10);
});

test('time and delays do not run backwards', () => {
  const schedule = new Schedule();
  assert.throws(() => schedule.advance(-1), /backwards/);
  assert.throws(() => schedule.after(-0.1, () => {}), /at least 0/);
  assert.throws(() => schedule.after(Number.NaN, () => {}), /at least 0/);
});
