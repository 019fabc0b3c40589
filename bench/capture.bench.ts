// SPDX-License-Identifier: Apache-2.0
/**
 * Packets a second of reading alone, one core, file in the page cache; beside what other readers need for the same file.
 * Run: node bench/capture.bench.ts. One JSON object a line.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pcapHeader, pcapHeaderBytes, pcapRecordHeaderBytes, writePcapRecordHeader } from '../src/model/pcap-record.ts';
import { openCapture } from '../src/watch/capture/capture-file.node.ts';

const packets = 1_000_000;
const packetBytes = 66;
const rounds = 7;

function makeCapture(): Uint8Array {
  const recordBytes = pcapRecordHeaderBytes + packetBytes;
  const bytes = new Uint8Array(pcapHeaderBytes + packets * recordBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(pcapHeader());
  for (let index = 0; index < packets; index += 1) {
    const at = pcapHeaderBytes + index * recordBytes;
    writePcapRecordHeader(view, at, 1_700_000_000_000 + index / 100, packetBytes);
    for (let place = 0; place < packetBytes; place += 1) bytes[at + pcapRecordHeaderBytes + place] = (index + place * place) & 0xff;
  }
  return bytes;
}

interface Timing {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function timeReading(path: string): Promise<Timing> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const source = await openCapture(path);
  let read = 0;
  let bytes = 0;
  for await (const batch of source.batches()) {
    read += batch.count;
    for (let row = 0; row < batch.count; row += 1) bytes += batch.captured[row] as number; // row < count
  }
  if (read !== packets || bytes !== packets * packetBytes || source.health().cut !== undefined) throw new Error(`read ${read} packets of ${packets}`);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began };
}

function timeOther(command: string, words: readonly string[]): Timing | undefined {
  const began = performance.now();
  const run = spawnSync('sh', ['-c', '"$@" > /dev/null 2>&1; s=$?; times; exit $s', 'sh', command, ...words], { encoding: 'utf8' });
  if (run.status !== 0) return undefined;
  const children = run.stdout.trim().split('\n')[1] ?? '';
  const [user, system] = children.split(' ').map((time) => {
    const [minutes, seconds] = time.replace('s', '').split('m').map(Number);
    return ((minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  });
  return { cpuMs: (user ?? 0) + (system ?? 0), wallMs: performance.now() - began };
}

function report(reader: string, timings: readonly Timing[]): void {
  const sorted = timings.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
  const medianMs = sorted[Math.floor(sorted.length / 2)] as number; // at least one timing
  const rssMiB = Math.round(process.memoryUsage().rss / 1_048_576);
  console.log(
    JSON.stringify({
      bench: 'capture',
      reader,
      packets,
      cpuMsMedian: Math.round(medianMs * 10) / 10,
      packetsPerCpuSecond: Math.round((packets / medianMs) * 1000),
      rssMiB,
    }),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'shinrai-bench-'));
try {
  const plain = join(folder, 'million.pcap');
  const compressed = join(folder, 'million.pcap.gz');
  const blocks = join(folder, 'million.pcapng');
  const capture = makeCapture();
  writeFileSync(plain, capture);
  writeFileSync(compressed, gzipSync(capture, { level: 1 }));
  const hasBlocks = spawnSync('editcap', ['-F', 'pcapng', plain, blocks]).status === 0;
  for (const [reader, path] of [['pcap', plain], ['pcap.gz', compressed], ...(hasBlocks ? [['pcapng', blocks] as const] : [])] as const) {
    const timings: Timing[] = [];
    for (let round = 0; round < rounds; round += 1) timings.push(await timeReading(path));
    report(`shinrai ${reader}`, timings);
  }
  for (const [command, words] of [
    ['tcpdump', ['-r', plain, '-w', '/dev/null']],
    ['capinfos', ['-c', plain]],
  ] as const) {
    const timings = [1, 2, 3].map(() => timeOther(command, words));
    const done = timings.filter((timing) => timing !== undefined);
    if (done.length === 0) console.error(`skipped: ${command} is not installed`);
    else report(command, done);
  }
} finally {
  rmSync(folder, { recursive: true });
}
