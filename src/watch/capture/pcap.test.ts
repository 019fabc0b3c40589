// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '../../base/bytes.ts';
import { numbers, type Order, readBytes } from './fixtures/captures.ts';

const packets = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.from({ length: 60 }, (_, index) => index)] as const;

function header(order: Order, magic: number, network = 1, minor = 4, major = 2): Uint8Array {
  return numbers(order, [4, magic], [2, major], [2, minor], [4, 0], [4, 0], [4, 65_535], [4, network]);
}

function record(order: Order, seconds: number, fraction: number, packet: Uint8Array, wireBytes = packet.length, extra = new Uint8Array(0)): Uint8Array {
  return concatBytes([numbers(order, [4, seconds], [4, fraction], [4, packet.length], [4, wireBytes]), extra, packet]);
}

const modifiedExtra = new Uint8Array(8);
const variants = [
  { name: 'microseconds, little-endian', order: 'little', magic: 0xa1b2c3d4, fraction: 250_001, extra: new Uint8Array(0) },
  { name: 'microseconds, big-endian', order: 'big', magic: 0xa1b2c3d4, fraction: 250_001, extra: new Uint8Array(0) },
  { name: 'nanoseconds, little-endian', order: 'little', magic: 0xa1b23c4d, fraction: 250_001_000, extra: new Uint8Array(0) },
  { name: 'nanoseconds, big-endian', order: 'big', magic: 0xa1b23c4d, fraction: 250_001_000, extra: new Uint8Array(0) },
  { name: 'modified, little-endian', order: 'little', magic: 0xa1b2cd34, fraction: 250_001, extra: modifiedExtra },
  { name: 'modified, big-endian', order: 'big', magic: 0xa1b2cd34, fraction: 250_001, extra: modifiedExtra },
] as const;

for (const { name, order, magic, fraction, extra } of variants) {
  test(`a pcap file with ${name} is read, however its records straddle the pieces`, async () => {
    const file = concatBytes([
      header(order, magic),
      ...packets.map((packet, index) => record(order, 1_700_000_000 + index, fraction, packet, packet.length + index, extra)),
    ]);
    for (const sizes of [[file.length], [1], [24, 7, 1, 30], [13]]) {
      const read = await readBytes(file, sizes);
      assert.ok(read.ok);
      assert.deepEqual(
        read.value.packets,
        packets.map((bytes, index) => ({
          number: index + 1,
          atMs: (1_700_000_000 + index) * 1000 + 250.001,
          wireBytes: bytes.length + index,
          linkType: 1,
          bytes,
        })),
      );
      assert.deepEqual(read.value.health, { packets: 3, bytes: 63, dropped: undefined, cut: undefined });
    }
  });
}

test('batches are handed on when their rows are full, and numbers go on without gaps', async () => {
  const file = concatBytes([header('little', 0xa1b2c3d4), ...Array.from({ length: 10 }, (_, index) => record('little', index, 0, Uint8Array.of(index)))]);
  const read = await readBytes(file, [file.length], { batchPackets: 3 });
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.packets.map(({ number, bytes }) => [number, bytes[0]]),
    Array.from({ length: 10 }, (_, index) => [index + 1, index]),
  );
});

test('times are read as unsigned seconds, and a fraction above one second is carried', async () => {
  const file = concatBytes([header('little', 0xa1b2c3d4), record('little', 0xffff_ffff, 1_500_000, new Uint8Array(1))]);
  const read = await readBytes(file);
  assert.ok(read.ok);
  assert.equal(read.value.packets[0]?.atMs, 0xffff_ffff * 1000 + 1500);
});

const linkTypeCases = [
  { network: 113, expected: 113, why: 'as it is' },
  { network: 0xf400_0001 | 0, expected: 1, why: 'without the length of the frame check sequence in the upper bits' },
  { network: 12, expected: 101, why: 'as raw IP where a system wrote its own number 12' },
  { network: 14, expected: 101, why: 'as raw IP where a system wrote its own number 14' },
  { network: 0x0123_4567, expected: 0xffff, why: 'as unknown when it does not fit in 16 bits' },
] as const;
for (const { network, expected, why } of linkTypeCases) {
  test(`link type field 0x${(network >>> 0).toString(16)} is read ${why}`, async () => {
    const read = await readBytes(concatBytes([header('little', 0xa1b2c3d4, network), record('little', 1, 0, new Uint8Array(1))]));
    assert.ok(read.ok);
    assert.equal(read.value.packets[0]?.linkType, expected);
  });
}

for (const { minor, first, second } of [
  { minor: 2, first: 9, second: 4 },
  { minor: 3, first: 9, second: 4 },
  { minor: 3, first: 4, second: 9 },
] as const) {
  test(`lengths ${first}, ${second} of a version 2.${minor} file are read as 4 captured of 9`, async () => {
    const file = concatBytes([header('little', 0xa1b2c3d4, 1, minor), numbers('little', [4, 1], [4, 0], [4, first], [4, second]), new Uint8Array(4)]);
    const read = await readBytes(file);
    assert.ok(read.ok);
    assert.deepEqual([read.value.packets[0]?.bytes.length, read.value.packets[0]?.wireBytes, read.value.health.cut], [4, 9, undefined]);
  });
}

const good = record('little', 1, 0, new Uint8Array(10));
const cuts = [
  {
    name: 'cut inside a packet',
    rest: concatBytes([numbers('little', [4, 2], [4, 0], [4, 1514], [4, 1514]), new Uint8Array(301)]),
    cut: { offset: 50, reason: 'Cannot read packet 2: record at byte 50 claims 1514 bytes, 301 are left' },
  },
  {
    name: 'cut inside a record header',
    rest: new Uint8Array(7),
    cut: { offset: 50, reason: 'Cannot read packet 2: record at byte 50 has 7 of 16 header bytes' },
  },
  {
    name: 'a record that claims more than the limit',
    rest: concatBytes([numbers('little', [4, 2], [4, 0], [4, 262_145], [4, 262_145]), new Uint8Array(262_145)]),
    cut: { offset: 50, reason: 'Cannot read packet 2: record at byte 50 claims 262145 bytes, at most 262144 are allowed' },
  },
] as const;
for (const { name, rest, cut } of cuts) {
  test(`a file with ${name} delivers everything before it and tells the offset`, async () => {
    for (const sizes of [[1_000_000], [11]]) {
      const read = await readBytes(concatBytes([header('little', 0xa1b2c3d4), good, rest]), sizes);
      assert.ok(read.ok);
      assert.equal(read.value.packets.length, 1);
      assert.deepEqual(read.value.health.cut, cut);
    }
  });
}

test('the largest allowed packet is read', async () => {
  const packet = new Uint8Array(262_144).fill(7);
  const records = Array.from({ length: 9 }, () => record('little', 1, 0, packet));
  const read = await readBytes(concatBytes([header('little', 0xa1b2c3d4), ...records]), [100_000]);
  assert.ok(read.ok);
  assert.deepEqual(read.value.health, { packets: 9, bytes: 9 * 262_144, dropped: undefined, cut: undefined });
  assert.deepEqual(read.value.packets[8]?.bytes, packet);
});

const refusals = [
  { name: 'nothing', bytes: new Uint8Array(0), offset: 0, reason: 'it is empty' },
  { name: 'two bytes', bytes: Uint8Array.of(0xd4, 0xc3), offset: 0, reason: 'its first bytes are d4c3, the magic number of a capture format is required' },
  {
    name: 'text',
    bytes: new TextEncoder().encode('hello, this is no capture at all'),
    offset: 0,
    reason: 'its first bytes are 68656c6c, the magic number of a capture format is required',
  },
  { name: 'half a header', bytes: header('little', 0xa1b2c3d4).subarray(0, 23), offset: 0, reason: 'it ends after 23 bytes, its header has 24' },
  { name: 'version 3', bytes: header('little', 0xa1b2c3d4, 1, 4, 3), offset: 4, reason: 'pcap version is 3.4, must be 2.0 to 2.4' },
] as const;
for (const { name, bytes, offset, reason } of refusals) {
  test(`${name} is refused as a capture`, async () => {
    assert.deepEqual(await readBytes(bytes), { ok: false, offset, reason });
  });
}

test('a file with a header and no packet is an empty capture, not a damaged one', async () => {
  const read = await readBytes(header('big', 0xa1b2c3d4));
  assert.ok(read.ok);
  assert.deepEqual(read.value, { packets: [], health: { packets: 0, bytes: 0, dropped: undefined, cut: undefined } });
});
