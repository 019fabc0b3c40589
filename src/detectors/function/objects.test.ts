// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../base/random.ts';
import { FunctionObjects, namesMax, ObjectRanges, rangesMax, spacesMax } from './objects.ts';

function read(...pieces: readonly (readonly [number, number])[]): ObjectRanges {
  const ranges = new ObjectRanges();
  for (const [first, last] of pieces) ranges.learn(first, last, 1, true);
  return ranges;
}

test('ranges that touch or overlap are one', () => {
  assert.equal(read([0, 9], [10, 19]).say('r'), 'r/0-19');
  assert.equal(read([0, 9], [5, 14]).say('r'), 'r/0-14');
  assert.equal(read([0, 9], [11, 19]).say('r'), 'r/0-9, r/11-19');
});

test("a reader's gaps are closed from three ranges on when they are no wider than the widest range", () => {
  assert.equal(read([0, 9], [20, 29]).say('r'), 'r/0-9, r/20-29');
  assert.equal(read([0, 9], [20, 29], [40, 49]).say('r'), 'r/0-49');
  assert.equal(read([0, 9], [21, 29], [40, 49]).say('r'), 'r/0-9, r/21-49');
});

test("a writer's gaps are never closed", () => {
  const ranges = new ObjectRanges();
  for (const address of [1, 3, 5, 7]) ranges.learn(address, address, 1, false);
  assert.equal(ranges.covers(3, 3), true);
  assert.equal(ranges.covers(4, 4), false);
});

test('whatever was learnt is covered, whatever the order (seed 11)', () => {
  const random = createRandom(11);
  for (let round = 0; round < 200; round += 1) {
    const ranges = new ObjectRanges();
    const pieces: [number, number][] = [];
    for (let count = random.below(120); count > 0; count -= 1) {
      const first = random.below(65_536);
      pieces.push([first, first + random.below(125)]);
    }
    const closesGaps = random.below(2) === 0;
    for (const [first, last] of pieces) ranges.learn(first, last, 1, closesGaps);
    for (const [first, last] of pieces) assert.ok(ranges.covers(first, last), `seed 11, round ${round}: ${first}-${last}`);
    assert.ok(ranges.ranges.length <= rangesMax);
    assert.equal(
      ranges.ranges.reduce((sum, range) => sum + range.support, 0),
      pieces.length,
      `seed 11, round ${round}: no observation is lost`,
    );
  }
});

test('a writer is held to the exact registers it wrote until there are more than the limit, and then says so', () => {
  const ranges = new ObjectRanges();
  for (let index = 0; index < rangesMax; index += 1) ranges.learn(index * 10, index * 10, 1, false);
  assert.equal(ranges.isCoarse, false);
  ranges.learn(100_000, 100_000, 1, false);
  assert.equal(ranges.isCoarse, true);
  assert.ok(ranges.ranges.length <= rangesMax);
});

test('names beyond the limit make any name normal, spaces likewise, and the entry says so', () => {
  const names = new FunctionObjects();
  for (let index = 0; index < namesMax; index += 1) names.learn(`name-${index}`, -1, 0, 1, true);
  assert.equal(names.holds('another', -1, 0), false);
  assert.equal(names.isCoarse, false);
  names.learn('one more', -1, 0, 1, true);
  assert.equal(names.holds('another', -1, 0), true);
  assert.equal(names.isCoarse, true);
  const spaces = new FunctionObjects();
  for (let index = 0; index <= spacesMax; index += 1) spaces.learn(`space-${index}`, 1, 1, 1, true);
  assert.equal(spaces.holds('another', 7, 1), true);
  assert.equal(spaces.isCoarse, true);
});
