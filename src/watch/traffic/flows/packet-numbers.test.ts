// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../base/random.ts';
import { PacketNumbers, packetsKeptMax } from './packet-numbers.ts';

test('rows keep their numbers in order, whatever other rows do', () => {
  const seed = 17;
  const random = createRandom(seed);
  const numbers = new PacketNumbers();
  const expected = new Map<number, number[]>();
  for (let packet = 1; packet < 20_000; packet += 1) {
    const row = random.below(2000);
    if (!expected.has(row) || random.below(50) === 0) {
      numbers.open(row);
      expected.set(row, []);
    }
    numbers.add(row, packet);
    expected.get(row)?.push(packet);
  }
  for (const [row, kept] of expected) assert.deepEqual(numbers.read(row), kept, `seed ${seed}, row ${row}`);
  assert.deepEqual(numbers.read(5000), []);
});

test('one flow keeps so many and no more, the others are counted', () => {
  const numbers = new PacketNumbers();
  numbers.open(0);
  for (let packet = 1; packet <= packetsKeptMax + 10; packet += 1) numbers.add(0, packet);
  assert.equal(numbers.read(0).length, packetsKeptMax);
  assert.equal(numbers.leftOut, 10);
});

test('long flows do not take the room of new ones, and what an evicted flow had is used again', () => {
  const numbers = new PacketNumbers(4096);
  numbers.open(0);
  for (let packet = 1; packet <= 4000; packet += 1) numbers.add(0, packet);
  assert.equal(numbers.read(0).length, 2048);
  for (let row = 1; row < 40; row += 1) {
    numbers.open(row);
    for (let packet = 0; packet < 64; packet += 1) numbers.add(row, packet);
  }
  const kept = Array.from({ length: 40 }, (_, row) => numbers.read(row).length).reduce((sum, count) => sum + count, 0);
  assert.equal(kept, 4096);
  numbers.open(0);
  numbers.open(40);
  numbers.add(40, 7);
  assert.deepEqual(numbers.read(40), [7]);
});
