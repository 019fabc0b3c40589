// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '../../base/bytes.ts';
import { block, enhancedPacket, interfaceBlock, numbers, type Order, option, readBytes, sectionHeader } from './fixtures/captures.ts';

const orders: readonly Order[] = ['little', 'big'];
const packet = Uint8Array.of(1, 2, 3, 4, 5);
/** 2023-11-14T22:13:20.250001Z in microseconds. */
const micros = 1_700_000_000_250_001n;

for (const order of orders) {
  test(`${order}-endian packets of two interfaces keep their own link type, scale and numbers`, async () => {
    const file = concatBytes([
      sectionHeader(order),
      interfaceBlock(order, 1),
      interfaceBlock(order, 113, 0, option(order, 9, Uint8Array.of(9)), option(order, 0, new Uint8Array(0))),
      enhancedPacket(order, { units: micros, packet }),
      enhancedPacket(order, { units: micros * 1000n, packet: packet.subarray(1), interfaceIndex: 1, wireBytes: 77 }),
    ]);
    for (const sizes of [[file.length], [1], [9, 2, 40]]) {
      const read = await readBytes(file, sizes);
      assert.ok(read.ok);
      assert.deepEqual(read.value.packets, [
        { number: 1, atMs: 1_700_000_000_250.001, wireBytes: 5, linkType: 1, bytes: packet },
        { number: 2, atMs: 1_700_000_000_250.001, wireBytes: 77, linkType: 113, bytes: packet.subarray(1) },
      ]);
      assert.deepEqual(read.value.health, { packets: 2, bytes: 9, dropped: undefined, cut: undefined });
    }
  });
}

test('a second section in the other byte order begins with its own interfaces', async () => {
  const file = concatBytes([
    sectionHeader('little'),
    interfaceBlock('little', 1),
    enhancedPacket('little', { units: micros, packet }),
    sectionHeader('big'),
    interfaceBlock('big', 101),
    enhancedPacket('big', { units: micros, packet }),
  ]);
  const read = await readBytes(file);
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.packets.map(({ number, linkType, atMs }) => [number, linkType, atMs]),
    [
      [1, 1, 1_700_000_000_250.001],
      [2, 101, 1_700_000_000_250.001],
    ],
  );
});

const scales = [
  { name: 'seconds', resolution: 0, units: 1_700_000_000n, atMs: 1_700_000_000_000 },
  { name: 'tenths', resolution: 1, units: 17_000_000_003n, atMs: 1_700_000_000_300 },
  { name: 'milliseconds', resolution: 3, units: 1_700_000_000_250n, atMs: 1_700_000_000_250 },
  { name: 'nanoseconds', resolution: 9, units: 1_700_000_000_250_001_000n, atMs: 1_700_000_000_250.001 },
  { name: 'tenths of nanoseconds', resolution: 10, units: 17_000_000_002_500_010_000n, atMs: 1_700_000_000_250.001 },
  { name: 'halves of a second', resolution: 0x81, units: 3_400_000_001n, atMs: 1_700_000_000_500 },
  { name: '2^-20 seconds', resolution: 0x94, units: (1_700_000_000n << 20n) + (1n << 18n), atMs: 1_700_000_000_250 },
  { name: '2^-32 seconds', resolution: 0xa0, units: (1_700_000_000n << 32n) + (1n << 30n), atMs: 1_700_000_000_250 },
  { name: 'units too small for the year', resolution: 0x7f, units: 1n, atMs: 1 / 10 ** 124 },
] as const;
for (const { name, resolution, units, atMs } of scales) {
  test(`times in ${name} are read`, async () => {
    const file = concatBytes([
      sectionHeader('little'),
      interfaceBlock('little', 1, 0, option('little', 9, Uint8Array.of(resolution))),
      enhancedPacket('little', { units, packet }),
    ]);
    const read = await readBytes(file);
    assert.ok(read.ok);
    assert.equal(read.value.packets[0]?.atMs, atMs);
  });
}

test('an offset of seconds is added to the times of its interface, and may be negative', async () => {
  const read = await readBytes(
    concatBytes([
      sectionHeader('big'),
      interfaceBlock('big', 1, 0, option('big', 14, numbers('big', [8, -3600n]))),
      enhancedPacket('big', { units: micros, packet }),
    ]),
  );
  assert.ok(read.ok);
  assert.equal(read.value.packets[0]?.atMs, 1_699_996_400_250.001);
});

test('a simple packet is cut by the snap length and gets the time of the packet before it', async () => {
  const simple = block('little', 3, numbers('little', [4, 9]), packet.subarray(0, 4));
  const read = await readBytes(
    concatBytes([
      sectionHeader('little'),
      interfaceBlock('little', 1, 4),
      simple,
      enhancedPacket('little', { units: micros, packet: packet.subarray(1) }),
      simple,
    ]),
  );
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.packets.map(({ atMs, wireBytes, bytes }) => [atMs, wireBytes, bytes.length]),
    [
      [0, 9, 4],
      [1_700_000_000_250.001, 4, 4],
      [1_700_000_000_250.001, 9, 4],
    ],
  );
});

test('the old packet block is read, with what it says was dropped', async () => {
  const old = (drops: number): Uint8Array =>
    block('big', 2, numbers('big', [2, 0], [2, drops], [4, micros >> 32n], [4, micros & 0xffff_ffffn], [4, 5], [4, 60]), packet);
  const read = await readBytes(concatBytes([sectionHeader('big'), interfaceBlock('big', 1), old(3), old(0xffff), old(4)]));
  assert.ok(read.ok);
  assert.deepEqual(read.value.packets[2], { number: 3, atMs: 1_700_000_000_250.001, wireBytes: 60, linkType: 1, bytes: packet });
  assert.equal(read.value.health.dropped, 7);
});

test('dropped packets are summed: the last statistics of an interface go before the counts at its packets, sections add up', async () => {
  const statistics = (interfaceIndex: number, byInterface: bigint, bySystem: bigint): Uint8Array =>
    block(
      'little',
      5,
      numbers('little', [4, interfaceIndex], [8, 0n]),
      option('little', 5, numbers('little', [8, byInterface])),
      option('little', 7, numbers('little', [8, bySystem])),
    );
  const lossy = (interfaceIndex: number, dropped: bigint): Uint8Array =>
    enhancedPacket(
      'little',
      { units: micros, packet, interfaceIndex },
      option('little', 2, new Uint8Array(4)),
      option('little', 4, numbers('little', [8, dropped])),
    );
  const read = await readBytes(
    concatBytes([
      sectionHeader('little'),
      interfaceBlock('little', 1),
      interfaceBlock('little', 1),
      lossy(0, 2n),
      lossy(1, 5n),
      lossy(1, 1n),
      statistics(0, 1n, 1n),
      statistics(0, 30n, 4n),
      sectionHeader('little'),
      interfaceBlock('little', 1),
      statistics(0, 100n, 0n),
    ]),
  );
  assert.ok(read.ok);
  assert.equal(read.value.health.dropped, 34 + 6 + 100);
  assert.equal(read.value.health.cut, undefined);
});

test('blocks that carry no packets are skipped, also those that are longer than the window', async () => {
  const file = concatBytes([
    sectionHeader('little'),
    block('little', 0x0000_0bad, numbers('little', [4, 32_473], [4, 0])),
    interfaceBlock('little', 1),
    block('little', 4, new Uint8Array(40)),
    enhancedPacket('little', { units: micros, packet }),
    block('little', 0x7777, new Uint8Array(3_000_001).fill(6)),
    block('little', 10, new Uint8Array(12)),
    enhancedPacket('little', { units: micros, packet }),
  ]);
  for (const sizes of [[file.length], [4096, 3]]) {
    const read = await readBytes(file, sizes);
    assert.ok(read.ok);
    assert.deepEqual([read.value.packets.length, read.value.health.cut], [2, undefined]);
  }
});

test('a block whose length forgets the padding is read', async () => {
  const name = numbers('little', [4, 4], [4, 17], [4, 0], [4, 0], [4, 17]); // 20 bytes, told as 17
  const read = await readBytes(concatBytes([sectionHeader('little'), name, interfaceBlock('little', 1), enhancedPacket('little', { units: micros, packet })]));
  assert.ok(read.ok);
  assert.deepEqual([read.value.packets.length, read.value.health.cut], [1, undefined]);
});

/** After a section, an interface and one packet: 28 + 20 + 40 = 88 bytes. */
const before = concatBytes([sectionHeader('little'), interfaceBlock('little', 1), enhancedPacket('little', { units: micros, packet })]);
const changed = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
};
const next = enhancedPacket('little', { units: micros, packet });
const old = block('little', 2, numbers('little', [2, 0], [2, 0], [4, 0], [4, 0], [4, 5], [4, 5]), packet);
const damages: readonly { readonly name: string; readonly rest: Uint8Array; readonly found: string }[] = [
  { name: 'less than a block', rest: next.subarray(0, 11), found: 'has 11 of at least 12 bytes' },
  { name: 'a block that is cut short', rest: next.subarray(0, 39), found: 'claims 40 bytes, 39 are left' },
  { name: 'a skipped block that is cut short', rest: numbers('little', [4, 0x7777], [4, 1_000_000], [4, 0]), found: 'claims 1000000 bytes, 12 are left' },
  { name: 'a block shorter than any', rest: changed(next, 4, 8), found: 'claims 8 bytes, at least 12 are required' },
  { name: 'a packet block above the limit', rest: changed(next, 4, 0xffff_fff0), found: 'claims 4294967280 bytes, at most 524288 are allowed' },
  { name: 'two lengths that differ', rest: changed(next, 36, 44), found: 'claims 40 bytes at its start and 44 at its end' },
  { name: 'a packet of an unknown interface', rest: changed(next, 8, 1), found: 'names interface 1 of 1' },
  { name: 'an old packet of an unknown interface', rest: changed(old, 8, 7), found: 'names interface 7 of 1' },
  { name: 'a packet longer than its block', rest: changed(next, 20, 9), found: 'claims a packet of 9 bytes, it holds 8 and at most 262144 are allowed' },
  { name: 'an old packet longer than its block', rest: changed(old, 20, 9), found: 'claims a packet of 9 bytes, it holds 8 and at most 262144 are allowed' },
  {
    name: 'a simple packet longer than its block',
    rest: block('little', 3, numbers('little', [4, 6]), packet.subarray(0, 4)),
    found: 'claims a packet of 6 bytes, it holds 4 and at most 262144 are allowed',
  },
  {
    name: 'a packet above the limit',
    rest: enhancedPacket('little', { units: micros, packet: new Uint8Array(262_145) }),
    found: 'claims a packet of 262145 bytes, it holds 262148 and at most 262144 are allowed',
  },
  { name: 'an enhanced packet too short for its fields', rest: block('little', 6, new Uint8Array(16)), found: 'has 28 bytes, at least 32 are required' },
  { name: 'an old packet too short for its fields', rest: block('little', 2, new Uint8Array(16)), found: 'has 28 bytes, at least 32 are required' },
  { name: 'a simple packet too short for its fields', rest: block('little', 3), found: 'has 12 bytes, at least 16 are required' },
  {
    name: 'an interface too short for its fields',
    rest: block('little', 1, new Uint8Array(4)),
    found: 'cannot be read: interface block has 16 bytes, at least 20 are required',
  },
  {
    name: 'an interface option longer than the block',
    rest: interfaceBlock('little', 1, 0, numbers('little', [2, 9], [2, 5], [4, 0])),
    found: 'cannot be read: interface block has an option that is longer than the block',
  },
  { name: 'a section header without magic number', rest: changed(sectionHeader('little'), 8, 0), found: 'is a section header without byte-order magic number' },
  { name: 'a section of another version', rest: sectionHeader('little', 2), found: 'has version 2, must be 1' },
  {
    name: 'a section header too short for its fields',
    rest: block('little', 0x0a0d0d0a, numbers('little', [4, 0x1a2b3c4d])),
    found: 'is a section header of 16 bytes, at least 28 are required',
  },
];
for (const { name, rest, found } of damages) {
  test(`${name} ends the reading with its offset, after everything before it`, async () => {
    for (const sizes of [[1_000_000], [7]]) {
      const read = await readBytes(concatBytes([before, rest]), sizes);
      assert.ok(read.ok);
      assert.equal(read.value.packets.length, 1);
      const { cut } = read.value.health;
      assert.equal(cut?.reason, `Cannot read packet 2: block at byte ${cut?.offset} ${found}`);
      assert.equal(cut?.offset, before.length);
    }
  });
}

test('a simple packet before any interface is refused', async () => {
  const read = await readBytes(concatBytes([sectionHeader('little'), block('little', 3, numbers('little', [4, 4]), packet.subarray(0, 4))]));
  assert.ok(read.ok);
  assert.match(read.value.health.cut?.reason ?? '', /^Cannot read packet 1: block at byte 28 is a packet of interface 0 of 0$/);
});

test('one interface more than the limit is refused', async () => {
  const interfaces = Array.from({ length: 65_537 }, () => interfaceBlock('little', 1));
  const read = await readBytes(concatBytes([sectionHeader('little'), ...interfaces]));
  assert.ok(read.ok);
  assert.match(read.value.health.cut?.reason ?? '', /is one interface more than the 65536 allowed$/);
});

const refusals = [
  {
    name: 'a file that ends inside its first block start',
    bytes: sectionHeader('little').subarray(0, 11),
    offset: 0,
    reason: 'it ends after 11 bytes, its header has 12',
  },
  {
    name: 'a file without byte-order magic number',
    bytes: changed(sectionHeader('little'), 8, 0),
    offset: 8,
    reason: 'section header has no byte-order magic number',
  },
] as const;
for (const { name, bytes, offset, reason } of refusals) {
  test(`${name} is refused as a capture`, async () => {
    assert.deepEqual(await readBytes(bytes), { ok: false, offset, reason });
  });
}
