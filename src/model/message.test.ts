// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatObject, MessageBatch } from './message.ts';

const valuesMax = 262_144;
const textsMax = 262_144;

test('values and texts belong to the row that they were added to, in order', () => {
  const batch = new MessageBatch();
  const one = batch.next(1, 10, 0, true, 'modbus');
  batch.addValue(one, 5);
  batch.addText(one, 'a');
  batch.addValue(one, -0.5);
  const two = batch.next(2, 11, 0, false, 'dns');
  batch.addText(two, 'b');
  batch.addText(two, 'c');
  const three = batch.next(3, 12, 1, true, 'ntp');
  batch.addValue(three, 7);
  const valuesOf = (row: typeof one): readonly number[] => [...batch.values.subarray(row.valueFirst, row.valueFirst + row.valueCount)];
  const textsOf = (row: typeof one): readonly string[] => batch.texts.slice(row.textFirst, row.textFirst + row.textCount);
  assert.deepEqual([one, two, three].map(valuesOf), [[5, -0.5], [], [7]]);
  assert.deepEqual([one, two, three].map(textsOf), [['a'], ['b', 'c'], []]);
  assert.equal(batch.count, 3);
});

test('the same rows are used again after a reset, with nothing left of the message before', () => {
  const batch = new MessageBatch();
  const before = batch.next(9, 99, 3, true, 'modbus');
  Object.assign(before, {
    kind: 'request',
    unit: 4,
    functionName: 'write',
    object: 'coil',
    objectFirst: 7,
    objectCount: 2,
    status: 'malformed',
    answeredMs: 3,
  });
  batch.addValue(before, 1);
  batch.addText(before, 'x');
  batch.next(10, 100, 3, false, 'modbus');
  batch.reset();
  assert.deepEqual([batch.count, batch.valueCount, batch.textCount, batch.rows.length], [0, 0, 0, 2]);
  const after = batch.next(11, 101, 4, false, 'dns');
  assert.equal(after, before);
  assert.deepEqual(after, new MessageBatch().next(11, 101, 4, false, 'dns'));
  batch.next(12, 102, 4, false, 'dns');
  batch.next(13, 103, 4, false, 'dns');
  assert.equal(batch.rows.length, 3);
});

test('values beyond the bound are left out and the row says so by its smaller count', () => {
  const batch = new MessageBatch();
  const large = batch.next(1, 0, 0, true, 'modbus');
  for (let value = 0; value < valuesMax - 1; value += 1) batch.addValue(large, value);
  const last = batch.next(2, 0, 0, true, 'modbus');
  for (const value of [1, 2, 3]) batch.addValue(last, value);
  const none = batch.next(3, 0, 0, true, 'modbus');
  batch.addValue(none, 1);
  assert.deepEqual([large.valueCount, last.valueCount, none.valueCount, batch.valueCount], [valuesMax - 1, 1, 0, valuesMax]);
  assert.equal(batch.values[valuesMax - 1], 1);
  batch.reset();
  const next = batch.next(4, 0, 0, true, 'modbus');
  batch.addValue(next, 8);
  assert.deepEqual([next.valueFirst, next.valueCount, batch.values[0]], [0, 1, 8]);
});

test('texts beyond the bound are left out as values are', () => {
  const batch = new MessageBatch();
  const large = batch.next(1, 0, 0, true, 'dns');
  for (let count = 0; count < textsMax - 1; count += 1) batch.addText(large, 'a');
  const last = batch.next(2, 0, 0, true, 'dns');
  for (const text of ['b', 'c']) batch.addText(last, text);
  assert.deepEqual([large.textCount, last.textCount, batch.textCount, batch.texts.length], [textsMax - 1, 1, textsMax, textsMax]);
  assert.equal(batch.texts.at(-1), 'b');
});

for (const [object, objectFirst, objectCount, expected] of [
  ['', -1, 0, null],
  ['', 5, 2, null],
  ['example.org', -1, 0, 'example.org'],
  ['holding-register', 100, 1, 'holding-register/100'],
  ['holding-register', 100, 0, 'holding-register/100'],
  ['holding-register', 100, 2, 'holding-register/100-101'],
  ['coil', 0, 65_536, 'coil/0-65535'],
] as const) {
  test(`"${object}" from ${objectFirst}, ${objectCount} of it, is written as ${expected}`, () => {
    assert.equal(formatObject({ object, objectFirst, objectCount }), expected);
  });
}
