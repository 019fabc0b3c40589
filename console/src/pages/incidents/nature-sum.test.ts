// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumByNature } from './nature-sum.ts';

test('causes of one nature are added, the greatest sum comes first', () => {
  const sums = sumByNature([
    { nature: 'maintenance', probability: 0.4 },
    { nature: 'attack', probability: 0.35 },
    { nature: 'attack', probability: 0.25 },
  ]);
  assert.deepEqual(
    sums.map(({ nature }) => nature),
    ['attack', 'maintenance'],
  );
  assert.ok(Math.abs((sums[0]?.share ?? 0) - 0.6) < 1e-9);
});

test('rounding never makes more than the whole', () => {
  assert.equal(
    sumByNature([
      { nature: 'fault', probability: 0.7 },
      { nature: 'fault', probability: 0.30000001 },
    ])[0]?.share,
    1,
  );
  assert.deepEqual(sumByNature([]), []);
});
