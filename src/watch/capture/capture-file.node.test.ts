// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { needsShared, sharedPath } from '../../../test/shared.ts';
import { concatBytes } from '../../base/bytes.ts';
import { ShinraiError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { openCapture } from './capture-file.node.ts';
import { createCaptureSource } from './capture-source.ts';
import { bytesInPieces, type ReadPacket, readAll, readBytes } from './fixtures/captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'shinrai-capture-'));
after(() => rmSync(folder, { recursive: true }));

const file = concatBytes([pcapHeader(1), ...Array.from({ length: 500 }, (_, index) => pcapRecord(new Uint8Array(60 + index).fill(index), 1000 * index))]);
const fileName = 'small.pcap.gz';
writeFileSync(join(folder, fileName), gzipSync(file));

test('a capture file is opened by its content, whatever its name', async () => {
  const source = await openCapture(join(folder, fileName));
  const packets = await readAll(source);
  assert.equal(packets.length, 500);
  assert.deepEqual(source.health(), { packets: 500, bytes: 60 * 500 + (499 * 500) / 2, dropped: undefined, cut: undefined });
});

test('closing a source ends the iteration at the next batch', async () => {
  const source = await openCapture(join(folder, fileName), { batchPackets: 10 });
  let batches = 0;
  for await (const batch of source.batches()) {
    batches += batch.count > 0 ? 1 : 0;
    await source.close();
  }
  assert.equal(batches, 1);
  assert.equal(source.health().cut, undefined);
});

test('a source whose iteration is given up closes its file', { skip: existsSync('/proc/self/fd') ? false : 'needs /proc' }, async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  for (let round = 0; round < 5; round += 1) {
    for await (const batch of (await openCapture(join(folder, fileName), { batchPackets: 10 })).batches()) if (batch.count > 0) break;
  }
  assert.equal(openFiles(), before);
});

test('a capture on standard input is read, also when it comes slowly', async () => {
  const program = `
    import { openCapture } from ${JSON.stringify(new URL('./capture-file.node.ts', import.meta.url).href)};
    const source = await openCapture('-');
    for await (const batch of source.batches());
    process.stdout.write(JSON.stringify(source.health()));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const compressed = gzipSync(file);
  for (let at = 0; at < compressed.length; at += 700) {
    child.stdin.write(compressed.subarray(at, at + 700));
    await new Promise((resolve) => setImmediate(resolve));
  }
  child.stdin.end();
  let words = '';
  for await (const text of child.stdout.setEncoding('utf8')) words += text;
  assert.deepEqual(JSON.parse(words), { packets: 500, bytes: 60 * 500 + (499 * 500) / 2 });
});

const refusals = [
  { name: 'a missing file', path: 'missing.pcap', content: undefined, message: /^Cannot open capture ".*missing.pcap": ENOENT/ },
  { name: 'a folder', path: '', content: undefined, message: /^Cannot open capture ".*": it is a directory$/ },
  { name: 'an empty file', path: 'empty', content: '', message: /^Cannot read capture ".*empty": it is empty$/ },
  { name: 'a text', path: 'text.pcap', content: 'hello', message: /its first bytes are 68656c6c, the magic number of a capture format is required$/ },
] as const;
for (const { name, path, content, message } of refusals) {
  test(`${name} is refused with code "capture" and a hint`, async () => {
    if (content !== undefined) writeFileSync(join(folder, path), content);
    await assert.rejects(openCapture(join(folder, path)), (error) => {
      assert.ok(error instanceof ShinraiError);
      assert.equal(error.code, 'capture');
      assert.match(error.message, message);
      assert.match(error.hint ?? '', /pcapng, and gzip/);
      return true;
    });
  });
}

const areas = ['ot-traffic', 'attack-detection'] as const;
const captures = areas.flatMap((area) => listCaptures(sharedPath(area)));
const needsData = areas.map(needsShared).find((reason) => reason !== false) ?? false;
const needsProgram = (name: string): string | false => (spawnSync(name, ['--version']).error === undefined ? false : `needs ${name}`);

function listCaptures(area: string | undefined): readonly string[] {
  if (area === undefined) return [];
  const names = readdirSync(area, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(name))
    .map((name) => join(area, name))
    .sort();
}

/** Link types whose first bytes Wireshark takes away and writes anew (SunATM). */
const rewritten: ReadonlySet<number> = new Set([123]);

async function read(path: string): Promise<readonly ReadPacket[]> {
  return await readAll(await openCapture(path));
}

test('every shared capture has the packets, bytes and times that capinfos counts', { skip: needsData || needsProgram('capinfos') }, async () => {
  const judge = spawnSync('capinfos', ['-TMrcdaeS', ...captures], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  const rows = judge.stdout.split('\n').filter((line) => line !== '');
  assert.ok(rows.length > 380, `capinfos knows ${rows.length} of ${captures.length} captures`);
  for (const row of rows) {
    const [path, packetCount, wireBytes, firstSeconds, lastSeconds] = row.split('\t') as [string, string, string, string, string]; // five columns are asked for
    const packets = await read(path);
    const times = packets.map(({ atMs }) => atMs);
    assert.equal(packets.length, Number(packetCount), path);
    if (packets.some(({ linkType }) => rewritten.has(linkType))) continue;
    assert.equal(
      packets.reduce((sum, packet) => sum + packet.wireBytes, 0),
      Number(wireBytes),
      path,
    );
    if (times.length === 0 || path.includes('tcpdump-malformed')) continue; // capinfos takes a time of zero among others for none
    assert.ok(Math.abs(Math.min(...times) - Number(firstSeconds) * 1000) < 0.001, `${path}: first at ${Math.min(...times)}, not ${firstSeconds} s`);
    assert.ok(Math.abs(Math.max(...times) - Number(lastSeconds) * 1000) < 0.001, `${path}: last at ${Math.max(...times)}, not ${lastSeconds} s`);
  }
});

test('every shared capture has packet for packet what Wireshark reads in it', { skip: needsData || needsProgram('mergecap') }, async () => {
  // mergecap reads with Wireshark's library and writes one pcapng file with an interface for each capture.
  let compared = 0;
  for (let first = 0; first < captures.length; first += 40) {
    // Wireshark does not carry a fraction of more than a second, as one file has; we do, as libpcap.
    const group = captures.slice(first, first + 40).filter((path) => !path.endsWith('timestamp_invalid_micro.pcap'));
    const merged = join(folder, 'merged.pcapng');
    let readable = group;
    for (;;) {
      const run = spawnSync('mergecap', ['-a', '-F', 'pcapng', '-w', merged, ...readable], { encoding: 'utf8' });
      if (run.status === 0) break;
      const unknown = /The file "(.*)" (?:contains record data|appears to have been cut short)/.exec(run.stderr)?.[1];
      assert.ok(unknown !== undefined && readable.includes(unknown), run.stderr);
      readable = readable.filter((path) => path !== unknown);
    }
    const judged = await read(merged);
    const ours = (await Promise.all(readable.map(read))).flat();
    assert.equal(ours.length, judged.length);
    for (const [index, packet] of ours.entries()) {
      const other = judged[index] as ReadPacket; // equally many
      if (rewritten.has(packet.linkType)) continue;
      assert.deepEqual([packet.wireBytes, packet.bytes], [other.wireBytes, other.bytes], `packet ${index} of ${readable[0]} and following`);
      assert.ok(Math.abs(packet.atMs - other.atMs) < 0.001, `packet ${index} of ${readable[0]} and following: ${packet.atMs} is ${other.atMs}`);
    }
    compared += readable.length;
  }
  assert.ok(compared > 380, `${compared} of ${captures.length} captures`);
});

test('the published capture that is cut short delivers its 2041 packets and tells where', { skip: needsData }, async () => {
  const source = await openCapture(sharedPath('ot-traffic/ITI-ICS/MELSEC/melsoft_129_clean.pcap') ?? '');
  assert.equal((await readAll(source)).length, 2041);
  const { cut } = source.health();
  assert.match(cut?.reason ?? '', /^Cannot read packet 2042: record at byte \d+ claims \d+ bytes, \d+ are left$/);
  assert.ok(cut !== undefined && cut.offset < 331_776);
});

test('random cuts and flipped bits never crash the reading, make it hang or change what lies before', { skip: needsData }, async () => {
  const seed = 20_231_114;
  const random = createRandom(seed);
  const small = captures.filter((path) => !path.endsWith('.gz'));
  for (let round = 0; round < 600; round += 1) {
    const path = small[random.below(small.length)] as string; // below its length
    const name = `${path}, seed ${seed}, round ${round}`;
    const whole = new Uint8Array(readFileSync(path));
    const good = await readBytes(whole);
    assert.ok(good.ok, name);
    const at = 28 + random.below(Math.max(1, whole.length - 28));
    const before = (await readEnds(whole)).filter((end) => end <= at).length;
    const cut = await readBytes(whole.subarray(0, at), [1 + random.below(5000)]);
    assert.ok(cut.ok, name);
    assert.deepEqual(cut.value.packets, good.value.packets.slice(0, cut.value.packets.length), name);
    // The last one may end in padding that is missing.
    assert.ok(cut.value.packets.length === before || cut.value.packets.length === before - 1, name);
    const flipped = whole.slice();
    for (let flip = 0; flip < 1 + random.below(8); flip += 1) flipped[at + random.below(Math.min(32, whole.length - at))] = random.below(256);
    const bad = await readBytes(flipped, [1 + random.below(5000)]);
    assert.ok(bad.ok, name);
    assert.deepEqual(bad.value.packets.slice(0, Math.max(0, before - 1)), good.value.packets.slice(0, Math.max(0, before - 1)), name);
    assert.ok(bad.value.health.cut === undefined || bad.value.health.cut.offset <= whole.length, name);
  }
});

/** Where each packet ends in the file: the window holds it whole, so places in the batch are offsets. */
async function readEnds(whole: Uint8Array): Promise<number[]> {
  const source = await createCaptureSource(bytesInPieces(whole, [whole.length]), { batchBytes: whole.length + 1 });
  assert.ok(source.ok);
  const ends: number[] = [];
  for await (const batch of source.value.batches()) {
    for (let row = 0; row < batch.count; row += 1) ends.push((batch.start[row] as number) + (batch.captured[row] as number)); // row < count
  }
  return ends;
}
