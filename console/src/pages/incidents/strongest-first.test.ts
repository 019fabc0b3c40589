// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strongestFirst } from './strongest-first.ts';

test('severity counts before score and score before time, and the given list stays as it is', () => {
  const given = [
    { severity: 'low', score: 1, lastMs: 9 },
    { severity: 'critical', score: 0.5, lastMs: 1 },
    { severity: 'high', score: 0.9, lastMs: 1 },
    { severity: 'high', score: 0.9, lastMs: 5 },
    { severity: 'high', score: 0.95, lastMs: 2 },
  ] as const;
  assert.deepEqual(
    strongestFirst(given).map((finding) => [finding.severity, finding.lastMs]),
    [
      ['critical', 1],
      ['high', 2],
      ['high', 5],
      ['high', 1],
      ['low', 9],
    ],
  );
  assert.equal(given[0].severity, 'low');
});
