// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../base/random.ts';
import { FlowColumns } from './flow-columns.ts';
import { FlowIndex } from './flow-index.ts';
import { FlowKey } from './flow-key.ts';

/** A key whose hash has few values, so that entries crowd. */
function keyOf(number: number): FlowKey {
  const key = new FlowKey();
  key.a0 = number;
  key.b0 = number * 3;
  key.hash = Math.imul(number % 13, 0x01010101);
  return key;
}

test('after any sequence of openings, replacements and removals every key leads to its row', () => {
  const seed = 11;
  const random = createRandom(seed);
  const columns = new FlowColumns(4096);
  const index = new FlowIndex(columns, 8);
  const rows = new Map<number, number>();
  const free = Array.from({ length: 4096 }, (_, row) => row);
  for (let step = 0; step < 20_000; step += 1) {
    const number = random.below(600);
    const key = keyOf(number);
    const known = rows.get(number);
    if (random.below(3) > 0) {
      const row = free.pop();
      if (row === undefined) break;
      columns.open(row, key, 0);
      index.put(key, row);
      rows.set(number, row);
    } else if (known !== undefined) {
      index.remove(key.hash, known);
      rows.delete(number);
    }
    const probe = random.below(600);
    assert.equal(index.find(keyOf(probe)), rows.get(probe) ?? -1, `seed ${seed}, step ${step}`);
  }
  for (let number = 0; number < 600; number += 1) assert.equal(index.find(keyOf(number)), rows.get(number) ?? -1);
});

test('removing a row that is not there changes nothing', () => {
  const columns = new FlowColumns(4);
  const index = new FlowIndex(columns, 8);
  columns.open(0, keyOf(1), 0);
  index.put(keyOf(1), 0);
  index.remove(keyOf(1).hash, 3);
  assert.equal(index.find(keyOf(1)), 0);
});
