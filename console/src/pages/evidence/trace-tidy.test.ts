// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tidyTrace } from './trace-tidy.ts';

const node = (id: string, from: readonly string[], index = -1) => ({ id, about: 'source', atMs: 0, summary: id, from: [...from], index });

test('single packets give way to the node that names them all', () => {
  const nodes = tidyTrace([
    node('fnd-1', ['packet:7', 'packet:8', 'sensor', 'fnd-1#packets'], 3),
    node('fnd-1#packets', ['packet:7', 'packet:8', 'sensor']),
    node('packet:7', []),
    node('packet:8', []),
    node('sensor', []),
  ]);
  assert.deepEqual(
    nodes.map(({ id, from }) => [id, from]),
    [
      ['fnd-1', ['fnd-1#packets']],
      ['fnd-1#packets', ['sensor']],
      ['sensor', []],
    ],
  );
});

test('packets of a record that has no such node stay', () => {
  assert.equal(tidyTrace([node('fnd-2', ['packet:9']), node('packet:9', [])]).length, 2);
});

test('two records that name each other keep their nodes', () => {
  assert.deepEqual(
    tidyTrace([node('a', ['b']), node('b', ['a'])]).map(({ id }) => id),
    ['a', 'b'],
  );
});
