// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedPath } from '../test/shared.ts';
import { writeOngoing, writeSites } from './line-captures.node.ts';

/**
 * Reading + flow table + Modbus decoding against tshark's conversation table, on the same million packets, in one run. Two repetitions of
 * the shared Modbus captures: many short conversations, and few that go on. `node bench/line.bench.ts [rounds]`
 *
 * - line, cold: the first pass of a process, compiler included, start of the process left out: reading, flows, Modbus.
 * - line, steady: the best of the next three passes in the same process, each with a new flow table: a sensor that runs for days.
 * - command: a whole process from start to end, all protocols, every flow or message printed as JSON to /dev/null.
 * - tshark: a whole process, with its own settings: it decodes all protocols that it finds.
 * CPU seconds are those of all threads, user and system: the engine's compiler and garbage collector run beside the line.
 */
const packetsWanted = 1_000_000;
const ongoing = 'ot-traffic/icsnpp-modbus/traces/modbus_example.pcap';
const captures = [
  ongoing,
  'attack-detection/Modbus_CSET2016/send_a_fake_command_modbus_6RTU_with_operate.pcap.gz',
  'attack-detection/Modbus_CSET2016/CnC_uploading_exe_modbus_6RTU_with_operate.pcap.gz',
].map(sharedPath);
const ongoingSites = 100;

interface Measured {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly maxRssMiB: number | undefined;
}
interface LineRun {
  readonly messages: number;
  readonly flows: number;
  readonly gaps: number;
  readonly cpuSeconds: readonly number[];
  readonly seconds: readonly number[];
  readonly maxRssMiB: number;
}

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const hasTshark = isHere('tshark');
const hasTime = isHere('/usr/bin/time');
const shinrai = fileURLToPath(new URL('../shinrai', import.meta.url));
const lineRun = fileURLToPath(new URL('line-run.node.ts', import.meta.url));

if (captures.includes(undefined)) {
  console.error('Skipped: needs ../shared/data');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'shinrai-line-'));
try {
  const rounds = Number(process.argv[2] ?? 3);
  console.log(`${cpus().length} processors, ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
  const paths = captures as readonly string[]; // checked above
  const short = join(folder, 'short.pcap');
  report('short conversations', short, await writeSites(short, paths, packetsWanted), rounds);
  const long = join(folder, 'ongoing.pcap');
  report('ongoing conversations', long, await writeOngoing(long, paths[0] as string, packetsWanted, ongoingSites), rounds);
} finally {
  rmSync(folder, { recursive: true });
}

/** The judge and we in turn, so that what else the machine does disturbs both; of each the median round is shown. */
function report(name: string, path: string, packets: number, rounds: number): void {
  const results = new Map<string, Measured[]>();
  const note = (what: string, measured: Measured): unknown => results.set(what, [...(results.get(what) ?? []), measured]);
  let shape: LineRun | undefined;
  for (let round = 0; round < rounds; round += 1) {
    if (hasTshark) note('tshark', measure(['tshark', '-n', '-r', path, '-q', '-z', 'conv,tcp']).measured);
    shape = JSON.parse(measure([process.execPath, lineRun, path, '4']).text) as LineRun; // our own program's output
    for (const [what, measured] of splitPasses(shape)) note(what, measured);
    for (const word of ['flows', 'messages']) note(`shinrai ${word} --json`, measure([shinrai, word, path, '--json'], true).measured);
  }
  console.log(`\n${name}: ${packets} packets, ${shape?.flows} flows, ${shape?.messages} messages, ${shape?.gaps} gaps; median of ${rounds} rounds`);
  console.log('| what | packets/s | packets per CPU second | CPU seconds | times tshark | peak MiB |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  const judge = medianOf(results.get('tshark') ?? []);
  for (const [what, all] of results) {
    const { seconds, cpuSeconds, maxRssMiB } = medianOf(all) as Measured; // each has a round
    const ratio = judge === undefined ? '-' : (judge.cpuSeconds / cpuSeconds).toFixed(1);
    console.log(
      `| ${what} | ${rate(packets / seconds)} | ${rate(packets / cpuSeconds)} | ${cpuSeconds.toFixed(2)} | ${ratio} | ${maxRssMiB?.toFixed(0) ?? '-'} |`,
    );
  }
}

function splitPasses({ cpuSeconds, seconds, maxRssMiB }: LineRun): readonly (readonly [string, Measured])[] {
  const passes = cpuSeconds.map((cpu, pass) => ({ cpuSeconds: cpu, seconds: seconds[pass] ?? 0, maxRssMiB }));
  const steady = passes.slice(1).sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  return [
    ['line, cold', passes[0] as Measured], // there are four passes
    ['line, steady', steady[0] as Measured],
  ];
}

function medianOf(all: readonly Measured[]): Measured | undefined {
  return [...all].sort((a, b) => a.cpuSeconds - b.cpuSeconds)[all.length >> 1];
}

function rate(perSecond: number): string {
  return (Math.round(perSecond / 10_000) * 10_000).toLocaleString('en');
}

/** Output, time and memory of a command, start included. */
function measure(command: readonly string[], isQuiet = false): { readonly text: string; readonly measured: Measured } {
  const rss = join(folder, 'rss');
  const whole = hasTime ? ['/usr/bin/time', '-f', '%M', '-o', rss, ...command] : command;
  const script = `TIMEFORMAT="%R %U %S"; time "$@" 2>/dev/null ${isQuiet ? '>/dev/null' : ''}`;
  const run = spawnSync('bash', ['-c', script, 'bash', ...whole], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const [seconds = 0, user = 0, system = 0] = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  const maxRssMiB = hasTime ? Number(readFileSync(rss, 'utf8').trim().split('\n').at(-1)) / 1024 : undefined;
  return { text: run.stdout, measured: { seconds, cpuSeconds: user + system, maxRssMiB } };
}
