// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { concatBytes } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { createCaptureSource } from './capture-source.ts';
import { bytesInPieces, type Reading, readAll } from './fixtures/captures.ts';
import { inflateIfGzip } from './gzip.node.ts';

const random = createRandom(5);
const packets = Array.from({ length: 400 }, (_, index) => Uint8Array.from({ length: 30 + (index % 40) }, () => random.below(40)));
const file = concatBytes([pcapHeader(1), ...packets.map((packet, index) => pcapRecord(packet, 1_700_000_000_000 + index))]);

async function readGzip(bytes: Uint8Array, sizes: readonly number[] = [65_536]): Promise<Reading> {
  const source = await createCaptureSource(await inflateIfGzip(bytesInPieces(bytes, sizes)));
  assert.ok(source.ok, source.ok ? '' : source.reason);
  return { packets: await readAll(source.value), health: source.value.health() };
}

test('a gzip file is read like the file in it, also when it comes byte by byte', async () => {
  for (const sizes of [[65_536], [1]]) {
    const { packets: read, health } = await readGzip(gzipSync(file), sizes);
    assert.deepEqual(
      read.map(({ bytes }) => bytes),
      packets,
    );
    assert.equal(health.cut, undefined);
  }
});

test('several gzip members are one capture', async () => {
  const members = concatBytes([gzipSync(file.subarray(0, 10)), gzipSync(file.subarray(10, 999)), gzipSync(new Uint8Array(0)), gzipSync(file.subarray(999))]);
  for (const sizes of [[65_536], [5]]) {
    const { packets: read, health } = await readGzip(members, sizes);
    assert.deepEqual([read.length, health.cut], [packets.length, undefined]);
  }
});

test('what stands behind the last gzip member and is none is not read', async () => {
  const { packets: read, health } = await readGzip(concatBytes([gzipSync(file), new Uint8Array(40_000)]));
  assert.deepEqual([read.length, health.cut], [packets.length, undefined]);
});

test('a gzip file that is cut anywhere delivers every packet that can be inflated, and tells the place in the inflated file', async () => {
  const compressed = gzipSync(file, { level: 9 });
  for (let size = compressed.length - 1; size > 120; size -= 211) {
    const part = compressed.subarray(0, size);
    const inflated = gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH });
    if (inflated.length < 24) continue;
    let whole = 0;
    let at = 24;
    for (const packet of packets) {
      if (at + 16 + packet.length > inflated.length) break;
      at += 16 + packet.length;
      whole += 1;
    }
    const { packets: read, health } = await readGzip(part, [977]);
    assert.equal(read.length, whole, `cut after ${size} bytes`);
    assert.equal(health.cut?.offset, at);
    assert.match(health.cut?.reason ?? '', new RegExp(`^Cannot read packet ${whole + 1}: .*; the gzip data is cut short$`));
  }
});

test('a gzip file with a wrong checksum delivers its packets and is reported as damaged', async () => {
  const compressed = gzipSync(file);
  compressed[compressed.length - 6] = (compressed[compressed.length - 6] as number) ^ 0xff; // the file has more than six bytes
  const { packets: read, health } = await readGzip(compressed, [500]);
  assert.ok(read.length >= packets.length / 2, `${read.length} of ${packets.length} packets`);
  assert.match(health.cut?.reason ?? '', /the gzip data is damaged \(incorrect data check\)$/);
});

test('a gzip file that inflates to nothing or to no capture is refused', async () => {
  const reasons: string[] = [];
  for (const bytes of [
    gzipSync(new Uint8Array(0)),
    gzipSync(new TextEncoder().encode('hello')),
    Uint8Array.of(0x1f, 0x8b, 1, 2, 3),
    Uint8Array.of(0x1f, 0x8b),
  ]) {
    const source = await createCaptureSource(await inflateIfGzip(bytesInPieces(bytes, [3])));
    assert.ok(!source.ok);
    reasons.push(source.reason);
  }
  assert.deepEqual(reasons, [
    'it is empty',
    'its first bytes are 68656c6c, the magic number of a capture format is required',
    'it is empty; the gzip data is damaged (unknown compression method)',
    'it is empty; the gzip data is cut short',
  ]);
});

test('a file that inflates a thousandfold is read in bounded memory', async (context) => {
  const packet = new Uint8Array(262_144 - 40);
  const record = pcapRecord(packet, 0);
  const count = 1600;
  const bomb = gzipSync(concatBytes([pcapHeader(1), ...Array.from({ length: 100 }, () => record)]), { level: 9 });
  const more = gzipSync(concatBytes(Array.from({ length: 100 }, () => record)), { level: 9 });
  const members = concatBytes([bomb, ...Array.from({ length: count / 100 - 1 }, () => more)]);
  assert.ok(members.length < 1_000_000);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const source = await createCaptureSource(await inflateIfGzip(bytesInPieces(members, [65_536])));
  assert.ok(source.ok);
  let read = 0;
  for await (const batch of source.value.batches()) {
    read += batch.count;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.equal(read, count);
  context.diagnostic(`at most ${most} bytes of buffers`);
  assert.ok(most < 150_000_000, `${most} bytes of buffers for ${count * record.length} bytes inflated`);
});
