// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../base/canonical-json.ts';
import { createRandom } from '../../base/random.ts';
import { signEnvelope } from '../../chain/dsse.ts';
import { createSigner } from '../../chain/keys.node.ts';
import { initLog, openLog } from '../../chain/log.node.ts';
import { formatStatement, statementPayloadType, statementType } from '../../chain/statement.ts';
import { checkProofInBrowser } from './browser-check.ts';
import { type Evidence, initEvidence, openEvidence } from './evidence.node.ts';
import type { RecordItem } from './recorder.ts';
import { auditFolder, checkProofFile, proveEntry } from './verify.node.ts';

const base = mkdtempSync(join(tmpdir(), 'shinrai-evidence-'));
after(() => rmSync(base, { recursive: true }));
const name = 'plant.example/evidence';
let folders = 0;
async function newFolder(): Promise<{ readonly folder: string; readonly vkey: string }> {
  folders += 1;
  const folder = join(base, String(folders));
  return { folder, ...(await initEvidence(folder, name)) };
}
const code = (expected: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === expected;

function finding(number: number, packets: readonly number[] = [number, number + 1, number + 5]): RecordItem {
  const record = { kind: 'finding', id: `fnd-${number}`, subject: '10.0.0.66 > 10.0.0.10 modbus', packets };
  return {
    about: 'finding',
    id: `fnd-${number}`,
    atMs: 1_000 + number,
    from: ['capture:plant.pcap', 'norm:1'],
    record,
    summary: `A stranger writes (${number})`,
  };
}
const incident = (id: string, from: readonly string[], summary = `Incident ${id}`): RecordItem => ({
  about: 'incident',
  id,
  atMs: 5_000,
  from,
  record: { id, from },
  summary,
});

/** Appends records until it is killed and names each acknowledged one on its output. */
async function recordUntilKilled(folder: string): Promise<void> {
  const evidence = await openEvidence(folder, { checkpointMs: 3 });
  const crowdOf = (count: number): readonly RecordItem[] => Array.from({ length: count }, () => finding(1));
  await evidence.record(crowdOf(40)); // so that the signing threads have started when the first output comes
  for (let round = evidence.size; ; round += 1) {
    const large = round % 7 === 0 ? Array.from({ length: 20_000 }, (_, index) => index * 3) : [round];
    const added = await evidence.record([...crowdOf(round % 3 === 1 ? 40 : 0), finding(round * 10, large), incident(`inc-${round}`, [`fnd-${round * 10}`])]);
    const lines = added.map((entry) => `${entry.index} ${entry.id} ${entry.name}\n`).join('');
    await new Promise((resolve) => process.stdout.write(lines, resolve));
  }
}
const childFolder = process.env['SHINRAI_EVIDENCE_CHILD'];
if (childFolder !== undefined) await recordUntilKilled(childFolder);
const skip = childFolder !== undefined;

test('a record becomes an entry that is found, traced to its packets, proven, and there after a new open', { skip }, async () => {
  const { folder, vkey } = await newFolder();
  const digests = [{ name: 'pinned/inc-1.pcap', sha256: '12'.repeat(32) }];
  const check = async (evidence: Evidence): Promise<void> => {
    assert.deepEqual(
      evidence.search({}).map((entry) => [entry.index, entry.about, entry.name]),
      [
        [2, 'decision', 'rsp-1'],
        [1, 'incident', 'inc-1'],
        [0, 'finding', 'fnd-7'],
      ],
    );
    const nodes = evidence.trace('rsp-1');
    assert.deepEqual(
      nodes.map((node) => [node.id, node.about, node.index]),
      [
        ['rsp-1', 'decision', 2],
        ['inc-1', 'incident', 1],
        [`sha256:${'12'.repeat(32)}`, 'file', -1],
        ['fnd-7', 'finding', 0],
        ['fnd-7#packets', 'packets', -1],
        ['capture:plant.pcap', 'source', -1],
        ['norm:1', 'source', -1],
      ],
    );
    assert.equal(nodes.find((node) => node.about === 'packets')?.summary, '7-8, 12');
    const known = new Set(nodes.map((node) => node.id));
    assert.ok(
      nodes.every((node) => node.from.every((id) => known.has(id))),
      'every id that a node names is a node',
    );
    const statement = await evidence.statementOf('fnd-7');
    assert.equal(statement.predicateType, 'https://shinrai.dev/evidence/finding/v1');
    assert.deepEqual(statement.predicate, {
      about: 'finding',
      atMs: 1_007,
      from: ['capture:plant.pcap', 'norm:1'],
      summary: 'A stranger writes (7)',
      record: finding(7).record,
    });
  };
  let evidence = await openEvidence(folder);
  await evidence.record([finding(7)]);
  await evidence.record([
    { ...incident('inc-1', ['fnd-7']), digests },
    { ...incident('rsp-1', ['inc-1']), about: 'decision' },
  ]);
  await check(evidence);
  const proof = await evidence.proofOf('inc-1');
  await evidence.close();
  evidence = await openEvidence(folder);
  await check(evidence);
  assert.equal(evidence.vkey, vkey);
  assert.equal(readFileSync(join(folder, 'signing.vkey'), 'utf8'), `${vkey}\n`);
  const entry = evidence.find('inc-1');
  assert.ok(entry);
  await evidence.close();
  assert.equal(await proveEntry(folder, entry.id), proof, 'by the id of the entry, offline');
  assert.equal(await proveEntry(join(folder, 'log'), 'inc-1'), proof, 'by the id of the record, from the folder of the log');
  for (const verdict of [await checkProofFile(proof, { vkey }), await checkProofInBrowser(proof, vkey)]) {
    assert.equal(verdict.ok, true, JSON.stringify(verdict.checks));
    assert.deepEqual(
      verdict.checks.map((item) => item.name),
      ['form', 'keys', 'checkpoint', 'inclusion', 'envelope', 'statement', 'record'],
    );
    assert.equal(verdict.proven?.statement.subject[0]?.name, 'inc-1');
  }
  assert.deepEqual((await auditFolder(folder, { vkey })).problems, []);
});

test('a record too large for an entry is kept beside it, proven with it, and missed when it is gone or changed', { skip }, async () => {
  const { folder, vkey } = await newFolder();
  const evidence = await openEvidence(folder);
  const packets = Array.from({ length: 65_536 }, (_, index) => index * 2 + 1);
  await evidence.record([finding(1, packets)]);
  const statement = await evidence.statementOf('fnd-1');
  assert.equal(evidence.trace('fnd-1')[1]?.summary.startsWith('1, 3, 5, '), true);
  assert.deepEqual((statement.predicate as { record: Json }).record, finding(1, packets).record); // the predicate of our own statement
  const proof = await evidence.proofOf('fnd-1');
  assert.equal((await checkProofFile(proof, { vkey })).ok, true);
  const without = await checkProofFile(JSON.stringify({ ...JSON.parse(proof), detached: undefined }), { vkey });
  assert.match(without.checks.at(-1)?.detail ?? '', /kept outside the entry and is not here/);
  const changed = await checkProofInBrowser(proof.replace('131071', '131073'), vkey);
  assert.deepEqual([changed.ok, changed.proven, changed.checks.at(-1)?.name], [false, undefined, 'record']);
  await evidence.close();
  assert.equal((await auditFolder(folder, { vkey })).ok, true);
  const [file] = readdirSync(join(folder, 'records'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
  const path = join(folder, 'records', file ?? '');
  assert.equal(statSync(path).isFile(), true);
  appendFileSync(path, ' ');
  const report = await auditFolder(folder, { vkey });
  assert.deepEqual(
    report.problems.map((problem) => problem.where.slice(0, 8)),
    ['entry 0', 'records/'],
  );
  rmSync(path);
  assert.match((await auditFolder(folder, { vkey })).problems.map((problem) => problem.what).join(), /is not here/);
});

test('the largest record that stays inside, and the smallest that does not, both fit their entries', { skip }, async () => {
  const { folder, vkey } = await newFolder();
  const evidence = await openEvidence(folder);
  const fill = (length: number): RecordItem => ({ ...incident(`inc-${length}`, []), record: 'x'.repeat(length) });
  const lengths = Array.from({ length: 41 }, (_, step) => 48_000 + step * 20);
  await evidence.record(lengths.map(fill));
  const kept = await Promise.all(lengths.map(async (length) => JSON.parse(await evidence.proofOf(`inc-${length}`)).detached !== undefined));
  assert.ok(kept[0] === false && kept[40] === true && kept.lastIndexOf(false) + 1 === kept.indexOf(true));
  await evidence.close();
  assert.deepEqual((await auditFolder(folder, { vkey })).problems, []);
});

test('an item whose names alone fit no entry is refused, and the next one is recorded', { skip }, async () => {
  const evidence = await openEvidence((await newFolder()).folder);
  await assert.rejects(evidence.record([incident('inc-1', Array(200).fill('f'.repeat(400)))]), code('evidence-limit'));
  const added = await evidence.record([incident('inc-2', [])]);
  assert.deepEqual(
    added.map((entry) => [entry.index, entry.name]),
    [[0, 'inc-2']],
  );
  await evidence.close();
});

test('calls at the same time keep their order, in the log and in the index', { skip }, async () => {
  const evidence = await openEvidence((await newFolder()).folder);
  const calls = Array.from({ length: 60 }, (_, call) => evidence.record(Array.from({ length: 1 + (call % 5) }, (_, item) => finding(call * 10 + item))));
  const added = (await Promise.all(calls)).flat();
  assert.deepEqual(
    added.map((entry) => entry.index),
    Array.from(added.keys()),
  );
  assert.deepEqual(evidence.search({ limit: 500 }), added.toReversed());
  await evidence.close();
});

test('search filters by text in any case, by kind, and goes on below an index', { skip }, async () => {
  const evidence = await openEvidence((await newFolder()).folder);
  await evidence.record([finding(1), incident('inc-1', ['fnd-1']), finding(2), incident('inc-2', ['fnd-2'], 'Pump stopped')]);
  const names = (query: Parameters<Evidence['search']>[0]): string[] => evidence.search(query).map((entry) => entry.name);
  assert.deepEqual(names({ text: 'PUMP' }), ['inc-2']);
  assert.deepEqual(names({ text: 'fnd-1' }), ['inc-1', 'fnd-1']);
  assert.deepEqual(names({ about: 'finding' }), ['fnd-2', 'fnd-1']);
  assert.deepEqual(names({ limit: 2 }), ['inc-2', 'fnd-2']);
  assert.deepEqual(names({ limit: 2, before: 2 }), ['inc-1', 'fnd-1']);
  assert.deepEqual(names({ text: 'nothing of this' }), []);
  await evidence.close();
});

test('a trace ends in circles and in crowds, and follows the newest entry of a record', { skip }, async () => {
  const evidence = await openEvidence((await newFolder()).folder);
  await evidence.record([incident('a', ['b']), incident('b', ['a'])]);
  assert.deepEqual(
    evidence.trace('a').map((node) => node.id),
    ['a', 'b'],
  );
  await evidence.record([incident('a', ['c'], 'newer')]);
  assert.deepEqual(
    evidence.trace('a').map((node) => node.summary),
    ['newer', 'c'],
  );
  assert.deepEqual(evidence.trace('unknown'), []);
  await evidence.record(
    Array.from({ length: 20 }, (_, call) =>
      incident(
        `crowd-${call}`,
        Array.from({ length: 199 }, (_, item) => `source-${call}-${item}`),
      ),
    ),
  );
  await evidence.record([
    incident(
      'all',
      Array.from({ length: 20 }, (_, call) => `crowd-${call}`),
    ),
  ]);
  assert.equal(evidence.trace('all').length, 1_000);
  await evidence.close();
});

test('an entry that is none of ours is listed as unknown and named by the audit', { skip }, async () => {
  const { folder, vkey } = await newFolder();
  await (await openEvidence(folder)).close();
  const other = join(base, 'foreign');
  const signer = createSigner(name, new Uint8Array(32).fill(1));
  await initLog(join(other, 'log'), name, signer);
  const log = await openLog(join(other, 'log'), { signer });
  const statement = { _type: statementType, subject: [{ name: 'x', digest: { sha256: 'ab' } }], predicateType: 'https://example.com/v1', predicate: {} };
  await log.append([Buffer.from('hello'), await signEnvelope(statementPayloadType, formatStatement(statement), [signer])]);
  await log.close();
  const evidence = await openEvidence(other, { signer });
  assert.deepEqual(
    evidence.search({}).map((entry) => [entry.about, entry.name === entry.id]),
    [
      ['unknown', true],
      ['unknown', true],
    ],
  );
  await evidence.close();
  const problems = (await auditFolder(join(other, 'log'), { vkey: signer.vkey })).problems.map((problem) => `${problem.where}: ${problem.what}`);
  assert.match(problems[0] ?? '', /entry 0: envelope: the envelope is not a JSON object/);
  assert.match(problems[1] ?? '', /entry 1: record: the predicate is not of the form/);
  assert.notEqual(signer.vkey, vkey);
});

test('an unknown id is refused by name', { skip }, async () => {
  const { folder } = await newFolder();
  const evidence = await openEvidence(folder);
  await assert.rejects(evidence.proofOf('fnd-0'), code('evidence-unknown'));
  await assert.rejects(evidence.statementOf('fnd-0'), code('evidence-unknown'));
  await evidence.close();
  await assert.rejects(proveEntry(folder, 'fnd-0'), code('evidence-unknown'));
  await assert.rejects(proveEntry(join(base, 'no-such-folder'), 'fnd-0'), code('chain-missing'));
  await assert.rejects(auditFolder(join(base, 'no-such-folder')), code('chain-missing'));
  await assert.rejects(initEvidence(folder, name), code('chain-exists'));
});

test('an audit of open evidence finds it sound while it is being recorded', { skip }, async () => {
  const evidence = await openEvidence((await newFolder()).folder, { checkpointMs: 2 });
  let isDone = false;
  const recording = (async () => {
    for (let number = 0; !isDone; number += 1) await evidence.record([finding(number)]);
  })();
  for (let round = 0; round < 5; round += 1) assert.deepEqual((await evidence.audit()).problems, []);
  isDone = true;
  await recording;
  await evidence.close();
});

test('both checkers refuse a proof with any bit changed that its meaning rests on, and agree on every change', { skip }, async (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 1_848);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const { folder, vkey } = await newFolder();
  const evidence = await openEvidence(folder);
  await evidence.record(Array.from({ length: 20 }, (_, number) => finding(number)));
  const proof = await evidence.proofOf('fnd-11');
  await evidence.close();
  const whole = Buffer.from(proof);
  // The keys in the proof are a hint that a given key overrides, so changes there are left out; the checkpoint is the last member before them.
  const length = whole.indexOf('"keys"');
  for (let round = 0; round < 400; round += 1) {
    const offset = random.below(length);
    const text = whole.with(offset, (whole[offset] ?? 0) ^ (1 << random.below(7))).reduce((all, byte) => all + String.fromCharCode(byte), '');
    const asRead = Buffer.from(text, 'latin1').toString('utf8');
    const [node, web] = [await checkProofFile(asRead, { vkey }), await checkProofInBrowser(asRead, vkey)];
    assert.deepEqual(node, web, `seed ${seed}: byte ${offset}`);
    if (!isSameJson(asRead, proof)) assert.equal(node.ok, false, `seed ${seed}: byte ${offset}: ${asRead.slice(Math.max(0, offset - 20), offset + 20)}`);
  }
});

test('a change of any one bit in a closed folder, but for its secret key, is found by the audit', { skip }, async (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 2_026);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const { folder, vkey } = await newFolder();
  const evidence = await openEvidence(folder);
  await evidence.record([
    ...Array.from({ length: 30 }, (_, number) => finding(number)),
    finding(
      99,
      Array.from({ length: 30_000 }, (_, index) => index * 2),
    ),
  ]);
  await evidence.close();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((item) => join(item.parentPath, item.name))
    .filter((path) => statSync(path).isFile() && statSync(path).size > 0 && !path.endsWith('signing.key'));
  assert.equal(files.length, 6, files.join());
  for (let round = 0; round < 90; round += 1) {
    const path: string = files[round % files.length] ?? '';
    const bytes = readFileSync(path);
    const offset = random.below(bytes.length);
    writeFileSync(path, bytes.with(offset, (bytes[offset] ?? 0) ^ (1 << random.below(8))));
    assert.equal((await auditFolder(folder, { vkey })).ok, false, `seed ${seed}: byte ${offset} of ${path}`);
    writeFileSync(path, bytes);
  }
  assert.equal((await auditFolder(folder, { vkey })).ok, true);
});

test('after kills at random moments the index, the proofs and the trace hold everything acknowledged', { skip }, async (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 99);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const { folder, vkey } = await newFolder();
  const known = new Map<number, string>();
  for (let round = 0; round < 8; round += 1) {
    for (const line of await runAndKill(folder, random.below(150))) {
      const [index = '', id = '', record = ''] = line.split(' ');
      known.set(Number(index), `${id} ${record}`);
    }
    const copy = join(base, 'copy');
    cpSync(folder, copy, { recursive: true });
    assert.deepEqual((await auditFolder(copy, { vkey })).problems, []);
    const evidence = await openEvidence(copy);
    for (const [index, names] of known) {
      const entry = evidence.find(names.split(' ')[0] ?? '');
      assert.equal(`${entry?.id} ${entry?.name}`, names, `entry ${index}, seed ${seed}`);
      assert.equal(entry?.index, index);
    }
    const last = [...known.values()].at(-1)?.split(' ')[1] ?? '';
    assert.equal((await checkProofFile(await evidence.proofOf(last), { vkey })).ok, true);
    assert.ok(evidence.trace(last).some((node) => node.about === 'packets'));
    await evidence.close();
    rmSync(copy, { recursive: true });
  }
  t.diagnostic(`${known.size} records acknowledged`);
  assert.ok(known.size > 16);
});

function isSameJson(a: string, b: string): boolean {
  try {
    assert.deepEqual(JSON.parse(a), JSON.parse(b));
    return true;
  } catch {
    return false;
  }
}

function runAndKill(folder: string, delayMs: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, SHINRAI_EVIDENCE_CHILD: folder, NODE_TEST_CONTEXT: '' };
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      if (text === '') setTimeout(() => child.kill('SIGKILL'), delayMs);
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => (signal === 'SIGKILL' ? resolve(text.split('\n').slice(0, -1)) : reject(new Error('the child ended by itself'))));
  });
}
