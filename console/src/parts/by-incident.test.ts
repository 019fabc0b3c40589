// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byIncident } from './by-incident.ts';

test('responses to one incident are one decision, the recommended first', () => {
  const groups = byIncident([
    { id: 'r2', from: ['inc-a'], rank: 2 },
    { id: 'r9', from: ['inc-b'], rank: 1 },
    { id: 'r1', from: ['inc-a'], rank: 1 },
  ]);
  assert.deepEqual(
    groups.map((group) => group.map(({ id }) => id)),
    [['r1', 'r2'], ['r9']],
  );
});

test('a response that names no incident is a decision of its own', () => {
  assert.equal(
    byIncident([
      { id: 'r1', from: [], rank: 1 },
      { id: 'r2', from: [], rank: 1 },
    ]).length,
    2,
  );
});
