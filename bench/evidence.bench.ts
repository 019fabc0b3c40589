// SPDX-License-Identifier: Apache-2.0
// How many entries a second are durable, on this machine, in this run, side by side:
//   log       entries that are ready made, as large as a signed finding, into the tile log
//   SQLite    the same entries as rows (WAL, synchronous=FULL), without a tree
//   recorder  whole findings: canonical JSON, SHA-256, statement, Ed25519, envelope, tile log, index
//   peer      the same statements, signed one after another with node:crypto and put into SQLite in transactions of a batch
// Run: node_modules/.bin/node bench/evidence.bench.ts [entries]
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { encodePreAuthentication, formatEnvelope } from '../src/chain/dsse.ts';
import { createSigner } from '../src/chain/keys.node.ts';
import { initLog, openLog } from '../src/chain/log.node.ts';
import { hashTextNow } from '../src/chain/primitives.node.ts';
import { formatKeyId } from '../src/chain/signed-note.ts';
import { statementPayloadType } from '../src/chain/statement.ts';
import type { Finding } from '../src/model/finding.ts';
import { initEvidence, openEvidence } from '../src/share/evidence/evidence.node.ts';
import { draftStatement, type RecordItem } from '../src/share/evidence/recorder.ts';
import { auditFolder } from '../src/share/evidence/verify.node.ts';

const count = Number(process.argv[2] ?? 40_000);
const batch = 1_000;
const callers = 64;
const base = mkdtempSync(join(tmpdir(), 'shinrai-bench-'));
const results: { name: string; perSecond: number; perCpuSecond: number }[] = [];

async function measure(name: string, entries: number, work: () => Promise<void> | void): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  results.push({ name, perSecond: (entries / (performance.now() - start)) * 1_000, perCpuSecond: (entries / (user + system)) * 1e6 });
}
async function callSingly(entries: number, call: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < entries) {
      next += 1;
      await call(next);
    }
  };
  await Promise.all(Array.from({ length: callers }, run));
}
/** A finding as the detectors make it. */
const findingOf = (number: number): Finding => ({
  kind: 'finding',
  id: `fnd-${number}`,
  atMs: 1_790_000_000_000 + number,
  lastMs: 1_790_000_000_400 + number,
  from: ['capture:plant.pcap', 'norm:3'],
  detector: 'functions',
  subject: '10.0.0.66 > 10.0.0.10 modbus',
  addresses: ['10.0.0.66', '10.0.0.10'],
  service: 'modbus',
  observed: 'write-single-register unit 1 holding-register/100',
  expected: 'read-holding-registers unit 1 holding-register/100-109',
  support: 18_234,
  score: 0.97,
  severity: 'high',
  technique: 'T0836',
  operation: 'write',
  words: { key: 'finding.function.new', with: { client: '10.0.0.66', server: '10.0.0.10', function: 'write-single-register' } },
  packets: [number, number + 1, number + 7],
  packetCount: 3,
});
const item = (number: number): RecordItem => {
  const record = findingOf(number);
  return { about: 'finding', id: record.id, atMs: record.atMs, from: record.from, record, summary: `${record.subject}: ${record.observed}` };
};
const secret = new Uint8Array(32).fill(1);
const signer = createSigner('bench.example/log', secret);
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const signEntry = (number: number): Uint8Array => {
  const { payload } = draftStatement(item(number), hashTextNow);
  const sig = sign(null, encodePreAuthentication(statementPayloadType, payload), privateKey);
  return formatEnvelope({ payloadType: statementPayloadType, payload, signatures: [{ keyid: formatKeyId(signer), sig }] });
};
const entryBytes = signEntry(count).length;
const entryOf = (number: number): Uint8Array => Buffer.alloc(entryBytes, `entry ${number} `);
const batches = Math.ceil(count / batch);
const peers = Math.ceil(batches / 4);
const singles = Math.ceil(count / 4);
const sequential = Math.ceil(count / 40);

try {
  await initLog(join(base, 'log'), signer.name, signer);
  const log = await openLog(join(base, 'log'), { signer });
  await measure(`log, batches of ${batch}, checkpoint each second`, batches * batch, async () => {
    for (let number = 0; number < batches; number += 1) await log.append(Array.from({ length: batch }, (_, place) => entryOf(number * batch + place)));
  });
  await measure(`log, one by one from ${callers} callers`, singles, () => callSingly(singles, (number) => log.append([entryOf(number)])));
  await measure('log, one after another', sequential, async () => {
    for (let number = 0; number < sequential; number += 1) await log.append([entryOf(number)]);
  });
  await log.close();

  const database = new DatabaseSync(join(base, 'peer.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (id INTEGER PRIMARY KEY, entry BLOB NOT NULL)');
  const insert = database.prepare('INSERT INTO entries (entry) VALUES (?)');
  await measure(`SQLite WAL synchronous=FULL, transactions of ${batch}`, batches * batch, () => {
    for (let number = 0; number < batches; number += 1) {
      database.exec('BEGIN');
      for (let place = 0; place < batch; place += 1) insert.run(entryOf(number * batch + place));
      database.exec('COMMIT');
    }
  });
  await measure('SQLite WAL synchronous=FULL, one after another', sequential, () => {
    for (let number = 0; number < sequential; number += 1) insert.run(entryOf(number));
  });
  await measure(`peer: signed statements into SQLite, transactions of ${batch}`, peers * batch, () => {
    for (let number = 0; number < peers; number += 1) {
      const entries = Array.from({ length: batch }, (_, place) => signEntry(number * batch + place));
      database.exec('BEGIN');
      for (const entry of entries) insert.run(entry);
      database.exec('COMMIT');
    }
  });
  await measure('peer: signed statements into SQLite, one after another', sequential, () => {
    for (let number = 0; number < sequential; number += 1) insert.run(signEntry(number));
  });
  database.close();

  const folder = join(base, 'evidence');
  await initEvidence(folder, 'bench.example/evidence');
  const evidence = await openEvidence(folder);
  await evidence.record(Array.from({ length: batch }, (_, place) => item(place))); // starts the signing threads, which live as long as the evidence
  for (const atOnce of [1, 2, 4]) {
    await measure(`recorder, batches of ${batch}, ${atOnce} at a time, checkpoint each second`, batches * batch, async () => {
      let next = 0;
      const run = async (): Promise<void> => {
        while (next < batches) {
          const first = next * batch;
          next += 1;
          await evidence.record(Array.from({ length: batch }, (_, place) => item(first + place)));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, run));
    });
  }
  await measure(`recorder, one by one from ${callers} callers`, singles, () => callSingly(singles, (number) => evidence.record([item(number)])));
  await measure('recorder, one after another', sequential, async () => {
    for (let number = 0; number < sequential; number += 1) await evidence.record([item(number)]);
  });
  await evidence.close();
  const recorded = batch + 3 * batches * batch + singles + sequential;
  await measure('open with index', recorded, async () => (await openEvidence(folder)).close());
  await measure('audit (every hash, signature and record)', recorded, async () => {
    const report = await auditFolder(folder);
    if (!report.ok) throw new Error(JSON.stringify(report.problems));
  });
} finally {
  rmSync(base, { recursive: true });
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${count} entries of about ${entryBytes} bytes, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
for (const { name, perSecond, perCpuSecond } of results) {
  console.log(
    `${name.padEnd(66)} ${Math.round(perSecond).toLocaleString('en').padStart(9)}/s ${Math.round(perCpuSecond).toLocaleString('en').padStart(9)} per CPU second`,
  );
}
