// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkPath } from './spark-path.ts';

test('nothing is drawn of nothing', () => {
  assert.deepEqual(sparkPath([], 100, 40), { line: '', area: '' });
});

test('the largest value is highest, zero lies on the ground, and all stay inside', () => {
  const { line } = sparkPath([0, 5, 10], 100, 40);
  const points = line
    .slice(1)
    .split('L')
    .map((point) => point.split(',').map(Number));
  assert.deepEqual(
    points.map(([x]) => x),
    [0, 50, 100],
  );
  const heights = points.map(([, y]) => y ?? Number.NaN);
  assert.equal(heights[0], 39);
  assert.ok(heights.every((y) => y >= 0 && y <= 40));
  assert.ok((heights[2] ?? 0) < (heights[1] ?? 0));
});

test('silence and a single value do not divide by zero', () => {
  for (const values of [[0, 0, 0], [7]]) assert.ok(!/NaN|Infinity/.test(sparkPath(values, 100, 40).area), String(values));
});
