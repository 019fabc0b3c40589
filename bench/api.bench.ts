// SPDX-License-Identifier: Apache-2.0
// What the API takes while people look on: a sensor hands in 1,000 findings a second in batches of 50, as it does when an attack is under way
// (many findings that grow, some new), and a console loads its overview, lists and map each second. The site is a process of its own on SQLite;
// every finding goes through stream, store, correlation, recommendation and chain. Side by side: the console's requests before the findings begin.
// Target: at least 1,000 findings/s taken in on two cores while the console's 95th percentile stays under 200 ms.
//
//   node_modules/.bin/node bench/api.bench.ts [seconds] [findingsPerSecond]
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../src/base/random.ts';
import type { Finding } from '../src/model/finding.ts';
import { makeFinding } from '../test/records.ts';
import { type Client, openToken, signInByLink, startDemonstration, waitFor } from '../test/running-site.ts';

const seconds = Number(process.argv[2] ?? 20);
const perSecond = Number(process.argv[3] ?? 1_000);
const batchSize = 50;
const actors = 25;
const findingsOfActor = 80;
const newShare = 0.05;
const consolePaths = ['/api/overview', '/api/findings?limit=50', '/api/incidents?limit=50', '/api/map', '/api/responses?limit=50'];

/** What a sensor tells during an attack: 25 actors with 80 findings each that grow every two seconds, and now and then a new actor. */
function createSensor(startMs: number): (count: number) => readonly Finding[] {
  const random = createRandom(7);
  const known: Finding[] = [];
  let next = 0;
  const open = (actor: number, index: number): Finding => {
    const address = `10.30.${Math.floor(actor / 200)}.${actor % 200}`;
    const isWrite = index % 4 === 0;
    return makeFinding({
      id: `fnd-bench-${actor}-${index}`,
      atMs: startMs + known.length,
      detector: index % 3 === 0 ? 'conversation' : 'function',
      subject: `${address} > 10.20.0.${index % 50} modbus`,
      addresses: [address, `10.20.0.${index % 50}`],
      observed: isWrite ? `unit 1 write-single-register holding-register/${index}` : `unit 1 read-holding-registers holding-register/0-${index}`,
      operation: isWrite ? 'write' : 'read',
      severity: isWrite ? 'high' : 'medium',
      packets: [random.below(1_000_000)],
      packetCount: 1,
    });
  };
  return (count) =>
    Array.from({ length: count }, () => {
      if (known.length < actors * findingsOfActor) known.push(open(known.length % actors, Math.floor(known.length / actors)));
      else if (random.next() < newShare) known.push(open(actors + known.length, 0));
      next = (next + 1) % known.length;
      const place = known.length <= actors * findingsOfActor ? known.length - 1 : next;
      const old = known[place] as Finding; // place is below the length
      const last = old.packets.at(-1) ?? 0;
      const packets = [...old.packets, last + 1 + random.below(50), last + 60 + random.below(50)];
      const grown: Finding = { ...old, packets, packetCount: packets.length, lastMs: old.atMs + packets.length * 1_000 };
      known[place] = grown;
      return grown;
    });
}

interface Measured {
  readonly path: string;
  readonly tookMs: number;
}

/** A console's requests of one second, side by side as a browser makes them. */
async function load(client: Client, into: Measured[]): Promise<void> {
  await Promise.all(
    consolePaths.map(async (path) => {
      const startedMs = performance.now();
      await client.send('GET', path);
      into.push({ path, tookMs: performance.now() - startedMs });
    }),
  );
}

function percentile(measured: readonly Measured[], share: number): string {
  const sorted = measured.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0).padStart(6);
}

function report(title: string, measured: readonly Measured[]): void {
  process.stdout.write(`${title}\n`);
  for (const path of ['', ...consolePaths]) {
    const of = measured.filter((each) => path === '' || each.path === path);
    if (of.length === 0) continue;
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(of, share));
    process.stdout.write(`  ${(path === '' ? 'all requests' : path).padEnd(26)}${p50} ms p50 ${p95} ms p95 ${p99} ms p99   (${of.length} requests)\n`);
  }
}

async function everySecond(times: number, work: () => Promise<void>): Promise<void> {
  const running: Promise<void>[] = [];
  for (let second = 0; second < times; second += 1) {
    running.push(work());
    await wait(1_000);
  }
  await Promise.all(running);
}

/** Hands findings in at an even rate; answers how many were taken in and how long the requests took. */
async function feed(client: Client, limitMs: number): Promise<{ readonly taken: number; readonly tookMs: number; readonly requests: readonly Measured[] }> {
  const sense = createSensor(Date.now());
  const requests: Measured[] = [];
  const startedMs = performance.now();
  const batches = (limitMs / 1_000) * (perSecond / batchSize);
  for (let batch = 0; batch < batches; batch += 1) {
    const dueMs = startedMs + (batch * batchSize * 1_000) / perSecond;
    if (dueMs > performance.now()) await wait(dueMs - performance.now());
    const askedMs = performance.now();
    await client.send('POST', '/api/findings', { findings: sense(batchSize) });
    requests.push({ path: '/api/findings', tookMs: performance.now() - askedMs });
  }
  return { taken: batches * batchSize, tookMs: performance.now() - startedMs, requests };
}

const folder = mkdtempSync(join(tmpdir(), 'shinrai-api-bench-'));
const site = await startDemonstration(folder);
try {
  const administrator = await signInByLink(site);
  const sensor = await openToken(administrator, site.url, 'analyst');
  // The simulated plant has lived through its past by then, and its own attack is not under way yet or was ended.
  await waitFor('the plant to run in real time', 90_000, async () => ((await administrator.send('GET', '/api/plant')).speed === 1 ? true : undefined));
  await administrator.send('POST', '/api/plant/attack', { name: 'maintenance' });
  const before: Measured[] = [];
  await everySecond(5, () => load(administrator, before));
  const during: Measured[] = [];
  const [fed] = await Promise.all([feed(sensor, seconds * 1_000), everySecond(seconds, () => load(administrator, during))]);
  const endedMs = performance.now();
  await waitFor('the centre to be through', 120_000, async () => {
    const { items } = await administrator.send('GET', '/api/findings?limit=1&detector=function');
    const state = await administrator.send('GET', '/api/overview');
    return items.length > 0 && (await isThrough(administrator, state)) ? true : undefined;
  });
  const lagMs = performance.now() - endedMs;
  const { counts, openIncidents } = await administrator.send('GET', '/api/overview');
  process.stdout.write(
    `${cpus().length} cores (${cpus()[0]?.model}), shared by site, sensor and console; Node ${process.version}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}\n`,
  );
  report('console before the findings', before);
  report(`console while ${perSecond} findings/s are handed in`, during);
  report('the sensor’s own requests', fed.requests);
  process.stdout.write(
    `taken in: ${Math.round((fed.taken * 1_000) / fed.tookMs)} findings/s over ${(fed.tookMs / 1_000).toFixed(1)} s; all were stored, correlated and evidence ${(lagMs / 1_000).toFixed(1)} s after the last one\n`,
  );
  process.stdout.write(
    `then: ${counts.incidentsOpen} incidents open (${openIncidents[0]?.from.length} findings in the gravest), ${counts.evidence} entries in the chain\n`,
  );
} finally {
  await site.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Nothing more is added to the chain: two looks a second apart agree. */
async function isThrough(client: Client, seen: { readonly counts: { readonly evidence: number } }): Promise<boolean> {
  await wait(1_000);
  return (await client.send('GET', '/api/overview')).counts.evidence === seen.counts.evidence;
}
