// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTypes, PacketBuffer } from './packet.ts';

const packetOf = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);
/** The packets as who reads the batch finds them. */
function read(batch: PacketBuffer): readonly unknown[] {
  return Array.from({ length: batch.count }, (_, row) => [
    batch.firstNumber + row,
    [...batch.bytes.subarray(batch.start[row], (batch.start[row] ?? 0) + (batch.captured[row] ?? 0))],
    batch.wire[row],
    batch.atMs[row],
    batch.linkType[row],
  ]);
}

test('packets lie one behind the other with their times, lengths and link types', () => {
  const batch = new PacketBuffer(4, 100);
  assert.equal(batch.push(packetOf(1, 3), 1_790_000_000_000.25), true);
  assert.equal(batch.push(packetOf(2, 0), 5, 0, linkTypes.rawIp), true);
  assert.equal(batch.push(packetOf(3, 2), 6, 1_500, linkTypes.linuxCooked2), true);
  assert.deepEqual(read(batch), [
    [1, [1, 1, 1], 3, 1_790_000_000_000.25, 1],
    [2, [], 0, 5, 101],
    [3, [3, 3], 1_500, 6, 276],
  ]);
});

test('a packet is copied: its bytes may change afterwards', () => {
  const batch = new PacketBuffer(1, 10);
  const packet = packetOf(1, 2);
  batch.push(packet, 0);
  packet.fill(9);
  assert.deepEqual([...batch.bytes.subarray(0, 2)], [1, 1]);
});

test('a batch with no row left refuses, and nothing of the refused packet is in it', () => {
  const batch = new PacketBuffer(2, 100);
  assert.deepEqual(
    [1, 2, 3].map((value) => batch.push(packetOf(value, 1), value)),
    [true, true, false],
  );
  assert.deepEqual([batch.count, batch.used, batch.bytes[2]], [2, 2, 0]);
});

test('a batch takes bytes up to the last one and refuses one more, but still takes what fits', () => {
  const batch = new PacketBuffer(10, 8);
  assert.equal(batch.push(packetOf(1, 9), 0), false);
  assert.equal(batch.push(packetOf(1, 6), 0), true);
  assert.equal(batch.push(packetOf(2, 3), 0), false);
  assert.equal(batch.push(packetOf(3, 2), 0), true);
  assert.equal(batch.push(packetOf(4, 1), 0), false);
  assert.deepEqual([...batch.bytes], [1, 1, 1, 1, 1, 1, 3, 3]);
});

test('reset empties the batch and numbering goes on without a gap', () => {
  const batch = new PacketBuffer(2, 10);
  const numbers: number[] = [];
  for (let value = 0; value < 5; value += 1) {
    if (!batch.push(packetOf(value, 1), value)) {
      numbers.push(...Array.from({ length: batch.count }, (_, row) => batch.firstNumber + row));
      batch.reset();
      assert.deepEqual([batch.count, batch.used], [0, 0]);
      assert.equal(batch.push(packetOf(value, 1), value), true);
    }
  }
  assert.deepEqual([...numbers, ...Array.from({ length: batch.count }, (_, row) => batch.firstNumber + row)], [1, 2, 3, 4, 5]);
  assert.deepEqual(read(batch), [[5, [4], 1, 4, 1]]);
  batch.reset();
  batch.reset();
  assert.equal(batch.firstNumber, 6);
});
