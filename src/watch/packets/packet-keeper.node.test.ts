// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ShinraiError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { knownBatch, knownPacket } from './fixtures/known-packets.ts';
import { numbersSkippedAfterCrash } from './numbering.node.ts';
import { openPacketKeeper, type PacketKeeper } from './packet-keeper.node.ts';

const root = mkdtempSync(join(tmpdir(), 'shinrai-packets-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(root, `keeper-${folders}`);
}
const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
const segmentsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('segment-'))
    .sort();
const code = (expected: string) => (error: unknown) => error instanceof ShinraiError && error.code === expected;

async function windowNumbers(keeper: PacketKeeper, sinceMs: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const batch of keeper.window(sinceMs)) {
    for (let row = 0; row < batch.count; row += 1) {
      const start = batch.start[row] as number; // row < count
      const known = knownPacket(batch.firstNumber + row, batch.linkType[row]);
      assert.deepEqual(batch.bytes.slice(start, start + (batch.captured[row] as number)), known.bytes);
      assert.deepEqual([batch.atMs[row], batch.wire[row]], [known.atMs, known.wireBytes]);
      numbers.push(batch.firstNumber + row);
    }
  }
  return numbers;
}

test('packets are read back by number with time, lengths and content, across segments and after a clean restart', async () => {
  const folder = newFolder();
  const wanted = [1, 64, 65, 999, 1000, 1001, 4999, 5000, 7, 7, 5001, 0];
  const expected = [1, 7, 64, 65, 999, 1000, 1001, 4999, 5000].map((number) => knownPacket(number));
  const keeper = await openPacketKeeper(folder, { segmentBytes: 100_000 });
  for (let first = 1; first <= 5000; first += 500) await keeper.append(knownBatch(first, 500));
  assert.deepEqual(await keeper.read(wanted), expected);
  assert.ok(segmentsIn(folder).length > 5);
  await keeper.close();
  const again = await openPacketKeeper(folder);
  assert.equal(again.nextNumber, 5001);
  assert.deepEqual(await again.read(wanted), expected);
  assert.deepEqual(await windowNumbers(again, 0), range(1, 5000));
  await again.append(knownBatch(5001, 10));
  assert.deepEqual(await again.read([5010]), [knownPacket(5010)]);
  await again.close();
});

test('a window holds the packets from a time on, also those of the segment that is being written', async () => {
  const keeper = await openPacketKeeper(newFolder(), { segmentBytes: 50_000 });
  await keeper.append(knownBatch(1, 3000));
  assert.deepEqual(await windowNumbers(keeper, knownPacket(2500).atMs), range(2500, 501));
  assert.deepEqual(await windowNumbers(keeper, knownPacket(3001).atMs), []);
  await keeper.close();
});

test('a segment ends when it is full, when it is old, when the link type changes and when numbers were left out', async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder, { segmentBytes: 20_000, totalBytes: 1_000_000, segmentMs: 60_000 });
  await keeper.append(knownBatch(1, 300));
  for (const name of segmentsIn(folder)) assert.ok(statSync(join(folder, name)).size <= 20_000);
  const full = segmentsIn(folder).length;
  assert.ok(full >= 2);
  await keeper.append(knownBatch(301, 1, 113));
  await keeper.append(knownBatch(302, 1, 113));
  assert.equal(segmentsIn(folder).length, full + 1);
  await keeper.append(knownBatch(400, 1, 113));
  assert.equal(segmentsIn(folder).length, full + 2);
  assert.equal(await countAged(), 3);
  assert.deepEqual(await keeper.read([301, 350, 400]), [knownPacket(301, 113), knownPacket(400, 113)]);
  await keeper.close();
});

/** Segments of a keeper that got 120 s of packets without a gap, at 48 s for a segment. */
async function countAged(): Promise<number> {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder, { segmentMs: 48_000 });
  for (let first = 1; first <= 96_000; first += 1000) await keeper.append(knownBatch(first, 1000));
  await keeper.close();
  return segmentsIn(folder).length;
}

test('the oldest segments make room, pins stay', async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder, { segmentBytes: 100_000, totalBytes: 300_000 });
  await keeper.append(knownBatch(1, 500));
  const pinned = await keeper.pin('finding-1', range(10, 20));
  for (let first = 501; first < 20_000; first += 500) {
    await keeper.append(knownBatch(first, 500));
    const bytes = segmentsIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    assert.ok(bytes <= 300_000, `${bytes} bytes in segments`);
  }
  assert.deepEqual(await keeper.read([10]), []);
  assert.equal((await keeper.read(range(19_990, 10))).length, 10);
  assert.equal(createHash('sha256').update(readFileSync(pinned.path)).digest('hex'), pinned.sha256);
  const { bytes, oldestMs, pinnedBytes } = keeper.health();
  assert.ok(bytes <= 300_000 && (oldestMs ?? 0) > knownPacket(15_000).atMs);
  assert.equal(pinnedBytes, statSync(pinned.path).size);
  await keeper.close();
});

test('a pin is a capture with exactly the packets, counts those that are left, and is the same when made twice', async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder);
  await keeper.append(knownBatch(1, 1000));
  const pinned = await keeper.pin('fnd-1', [900, 3, 1200]);
  assert.equal(pinned.packets, 2);
  assert.equal(pinned.path, join(folder, 'pinned', 'fnd-1.pcap'));
  const file = readFileSync(pinned.path);
  assert.equal(createHash('sha256').update(file).digest('hex'), pinned.sha256);
  assert.deepEqual([...file.subarray(40, 40 + 17)], [...knownPacket(3).bytes]);
  assert.equal(file.length, 24 + 16 + knownPacket(3).bytes.length + 16 + knownPacket(900).bytes.length);
  assert.deepEqual(await keeper.pin('fnd-1', [3, 900]), pinned);
  assert.deepEqual(readdirSync(join(folder, 'pinned')), ['fnd-1.pcap']);
  await keeper.close();
});

test('tshark reads segments and pins', { skip: spawnSync('tshark', ['--version']).error === undefined ? false : 'needs tshark' }, async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder);
  await keeper.append(knownBatch(1, 100));
  const { path } = await keeper.pin('fnd-2', [5]);
  await keeper.close();
  const fields = ['-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.cap_len', '-e', 'frame.len'];
  for (const [file, numbers] of [
    [path, [5]],
    [join(folder, segmentsIn(folder)[0] ?? ''), range(1, 100)],
  ] as const) {
    const run = spawnSync('tshark', ['-r', file, ...fields], { encoding: 'utf8' });
    const rows = numbers.map((number) => {
      const { atMs, bytes, wireBytes } = knownPacket(number);
      return `${Math.floor(atMs / 1000)}.${String((atMs % 1000) * 1_000_000).padStart(9, '0')}\t${bytes.length}\t${wireBytes}`;
    });
    assert.deepEqual(run.stdout.trim().split('\n'), rows);
  }
});

test('whoever is killed while writing has kept every packet that was acknowledged, and its numbers are never given again', {
  timeout: 60_000,
}, async (context) => {
  const folder = newFolder();
  const program = fileURLToPath(new URL('./fixtures/writer.ts', import.meta.url));
  const seed = 77;
  const random = createRandom(seed);
  let highest = 0;
  const acknowledged: [number, number][] = [];
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let words = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (words.length > 100) setTimeout(() => child.kill('SIGKILL'), random.below(60));
    });
    await once(child, 'close');
    const ranges = words
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').map(Number) as [number, number]); // two numbers a line
    const [first] = ranges[0] ?? [0];
    assert.ok(first > highest, `round ${round}, seed ${seed}: begins with ${first} after ${highest}`);
    highest = ranges.at(-1)?.[1] ?? highest;
    acknowledged.push(...ranges);
  }
  const name = segmentsIn(folder).at(-1) ?? '';
  appendFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(24, 24 + 19)); // the beginning of a record
  const keeper = await openPacketKeeper(folder, { totalBytes: 100_000_000 });
  assert.ok(keeper.nextNumber >= highest + numbersSkippedAfterCrash);
  for (const [first, last] of acknowledged)
    assert.deepEqual(
      await keeper.read(range(first, last - first + 1)),
      range(first, last - first + 1).map((number) => knownPacket(number)),
    );
  await keeper.close();
  const judge = spawnSync('capinfos', ['-TMrc', ...segmentsIn(folder).map((segment) => join(folder, segment))], { encoding: 'utf8' });
  if (judge.error === undefined) assert.equal(judge.stderr.replace(/^Running as user.*\n/m, ''), '');
  context.diagnostic(`${highest} was the highest number, ${acknowledged.length} batches`);
});

test('a last segment that is cut anywhere keeps the packets before the cut', async () => {
  for (const cut of [0, 10, 24, 30, 41, 4000, 4001]) {
    const folder = newFolder();
    const keeper = await openPacketKeeper(folder);
    await keeper.append(knownBatch(1, 100));
    await keeper.close();
    const path = join(folder, segmentsIn(folder)[0] ?? '');
    truncateSync(path, cut);
    let whole = 0;
    for (let at = 24; at + 16 + knownPacket(whole + 1).bytes.length <= cut; whole += 1) at += 16 + knownPacket(whole + 1).bytes.length;
    const again = await openPacketKeeper(folder);
    assert.deepEqual(await windowNumbers(again, 0), range(1, whole), `cut at ${cut}`);
    assert.ok(again.nextNumber >= 101);
    await again.close();
    assert.equal(segmentsIn(folder).length, whole === 0 ? 0 : 1);
  }
});

test('what is no segment, a pin that was not finished, and segments with overlapping numbers do no harm', async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder);
  await keeper.append(knownBatch(1, 100));
  await keeper.pin('fnd-3', [1]);
  await keeper.close();
  writeFileSync(join(folder, 'segment-000000000050.pcap'), readFileSync(join(folder, 'segment-000000000001.pcap')));
  writeFileSync(join(folder, 'segment-000000000900.pcap'), 'this is no capture file at all');
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  writeFileSync(join(folder, 'pinned', 'fnd-4.pcap.part'), 'half');
  const again = await openPacketKeeper(folder);
  assert.deepEqual(await windowNumbers(again, 0), range(1, 100));
  assert.deepEqual(readdirSync(join(folder, 'pinned')), ['fnd-3.pcap']);
  await again.close();
});

test('random bytes in a segment never crash the keeper: it delivers, refuses with "packets-damaged" or leaves the file aside', async () => {
  const seed = 31;
  const random = createRandom(seed);
  for (let round = 0; round < 60; round += 1) {
    const folder = newFolder();
    const keeper = await openPacketKeeper(folder);
    await keeper.append(knownBatch(1, 200));
    const path = join(folder, segmentsIn(folder)[0] ?? '');
    const bytes = readFileSync(path);
    for (let change = 0; change < 3; change += 1) bytes[random.below(bytes.length)] = random.below(256);
    const isOpen = round % 2 === 0;
    if (!isOpen) await keeper.close();
    writeFileSync(path, bytes);
    const reader = isOpen ? keeper : await openPacketKeeper(folder);
    for (const attempt of [
      () => reader.read(range(1, 200)),
      async () => {
        for await (const batch of reader.window(0)) assert.ok(batch.count > 0);
      },
    ]) {
      await attempt().catch((error: unknown) => assert.ok(code('packets-damaged')(error), `seed ${seed}, round ${round}: ${error}`));
    }
    await reader.close();
  }
});

test('each refusal of a pin has its code', async () => {
  const folder = newFolder();
  const keeper = await openPacketKeeper(folder, { pinnedBytesMax: 5000 });
  await keeper.append(knownBatch(1, 100));
  await keeper.append(knownBatch(101, 100, 113));
  await keeper.pin('taken', [1]);
  for (const name of ['', '../x', '.hidden', 'a/b', 'a b', 'x'.repeat(101)]) await assert.rejects(keeper.pin(name, [1]), code('packets-pin'), name);
  await assert.rejects(keeper.pin('taken', [2]), code('packets-pin'));
  await assert.rejects(keeper.pin('mixed', [100, 101]), code('packets-pin'));
  await assert.rejects(keeper.pin('gone', [5000]), code('packets-gone'));
  await assert.rejects(keeper.pin('large', range(1, 100)), code('packets-limit'));
  await assert.rejects(keeper.read(range(1, 65_537)), code('packets-limit'));
  assert.deepEqual(readdirSync(join(folder, 'pinned')), ['taken.pcap']);
  await keeper.close();
});

const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
test('a full disk is refused, takes no packet that was kept, and later packets are kept again', { skip: canMount ? false : 'needs the right to mount' }, () => {
  const folder = newFolder();
  mkdirSync(folder);
  const program = fileURLToPath(new URL('./fixtures/full-disk.ts', import.meta.url));
  const script = 'mount -t tmpfs -o size=600k tmpfs "$1" && exec "$2" "$3" "$1"';
  const run = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', folder, process.execPath, program], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const { refusedWith, beforeCount, lostFrom, afterwards } = JSON.parse(run.stdout);
  assert.equal(refusedWith, 'packets-disk');
  assert.ok(beforeCount > 100);
  assert.deepEqual(afterwards, { intact: true, first: 1, keptBefore: lostFrom - 1, keptAfter: 50 });
});

test('a folder that cannot be made is refused as a failure of the disk', async () => {
  writeFileSync(join(root, 'file'), '');
  await assert.rejects(openPacketKeeper(join(root, 'file', 'keeper')), code('packets-disk'));
});

test('two keepers in one folder do not write into the same segment', async () => {
  const folder = newFolder();
  const [first, second] = [await openPacketKeeper(folder), await openPacketKeeper(folder)];
  await first.append(knownBatch(first.nextNumber + numbersSkippedAfterCrash, 10));
  await assert.rejects(second.append(knownBatch(second.nextNumber, 10)), code('packets-disk'));
  await first.close();
});
