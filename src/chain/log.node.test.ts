// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { auditLog } from './auditor.node.ts';
import { createSigner } from './keys.node.ts';
import { type ChainLog, initLog, type LogOptions, openLog } from './log.node.ts';
import { checkConsistency, checkInclusion, hashLeaf, rootOf } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';

const origin = 'plant.example/test';
const signer = createSigner(origin, new Uint8Array(32).fill(5));
const base = mkdtempSync(join(tmpdir(), 'shinrai-log-'));
after(() => rmSync(base, { recursive: true }));
let folders = 0;

async function newFolder(): Promise<string> {
  folders += 1;
  const path = join(base, String(folders));
  await initLog(path, origin, signer);
  return path;
}
const open = (path: string, options: Partial<LogOptions> = {}): Promise<ChainLog> => openLog(path, { signer, checkpointMs: 60_000, ...options });
const entry = (number: number): Uint8Array => Buffer.from(`entry ${number} ${'x'.repeat(number % 50)}`);
const entries = (start: number, end: number): Uint8Array[] => Array.from({ length: end - start }, (_, place) => entry(start + place));
const code = (expected: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === expected;

test('what was appended is read back in order, before and after a new open, and every proof holds', async () => {
  const path = await newFolder();
  let log = await open(path);
  assert.equal(await log.append(entries(0, 255)), 0);
  assert.equal(await log.append(entries(255, 258)), 255);
  await log.checkpoint();
  assert.equal(await log.append(entries(258, 700)), 258);
  await log.close();
  log = await open(path);
  assert.equal(log.size, 700);
  assert.equal(await log.append(entries(700, 720)), 700);
  assert.deepEqual((await log.readEntries(0, 720)).map(String), entries(0, 720).map(String));
  const hashes = entries(0, 720).map((bytes) => hashLeaf(bytes, sha256Now));
  assert.equal(toHex(log.signed.root), toHex(rootOf(hashes, sha256Now)));
  for (const index of [0, 1, 254, 255, 256, 511, 512, 699, 719]) {
    const { path: proof, checkpoint } = await log.prove(index);
    const claim = { leaf: hashLeaf(entry(index), sha256Now), index, size: checkpoint.size, path: proof, root: checkpoint.root };
    assert.deepEqual(await checkInclusion(claim, sha256Now), { ok: true }, `entry ${index}`);
  }
  await log.close();
  assert.deepEqual((await auditLog(path, { vkey: signer.vkey })).problems, []);
});

test('a later checkpoint continues an earlier one, as its consistency proof shows', async () => {
  const log = await open(await newFolder());
  await log.append(entries(0, 300));
  const older = await log.checkpoint();
  await log.append(entries(300, 1_000));
  const newer = await log.checkpoint();
  const path = await log.reader.proveConsistency(older.size, newer.size);
  const claim = { oldSize: older.size, oldRoot: older.root, newSize: newer.size, newRoot: newer.root, path };
  assert.deepEqual(await checkConsistency(claim, sha256Now), { ok: true });
  await log.close();
});

test('many appends at once get indices in the order of the calls and share syncs', async () => {
  const path = await newFolder();
  let syncs = 0;
  const log = await open(path, {
    onStep: (step) => {
      if (step.startsWith('sync journal/')) syncs += 1;
    },
  });
  const indices = await Promise.all(Array.from({ length: 500 }, (_, number) => log.append([entry(number)])));
  assert.deepEqual(indices, Array.from(indices.keys()));
  assert.ok(syncs < 50, `${syncs} syncs for 500 appends`);
  await log.close();
});

test('a checkpoint follows an append by itself within the given time', async () => {
  const log = await open(await newFolder(), { checkpointMs: 5 });
  await log.append(entries(0, 3));
  while (log.signed.size < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(log.signed.size, 3);
  await log.close();
});

test('appends go on while a checkpoint is written, and each checkpoint covers what was acknowledged when it was asked for', async () => {
  const path = await newFolder();
  const log = await open(path);
  for (let round = 0; round < 30; round += 1) {
    const appends = [log.append(entries(round * 40, round * 40 + 20)), log.append(entries(round * 40 + 20, round * 40 + 40))];
    await appends[0];
    const known = log.size;
    const [checkpoint] = await Promise.all([log.checkpoint(), ...appends]);
    assert.ok(checkpoint.size >= known, `${checkpoint.size} of ${known}`);
  }
  await log.close();
  const report = await auditLog(path, { vkey: signer.vkey });
  assert.deepEqual([report.problems, report.size], [[], 1_200]);
});

test('a live log that is held still passes its audit while appends go on, and signs them afterwards', async () => {
  const path = await newFolder();
  const log = await open(path, { checkpointMs: 1 });
  let isDone = false;
  let appended = 0;
  const appendOn = async (): Promise<void> => {
    while (!isDone) {
      await log.append(entries(appended, appended + 50));
      appended += 50;
    }
  };
  const appending = appendOn();
  for (let round = 0; round < 10; round += 1) {
    while (log.signed.size < (round + 1) * 100) await new Promise((resolve) => setTimeout(resolve, 1));
    const report = await log.holdStill(() => auditLog(path, { vkey: signer.vkey }));
    assert.deepEqual(report.problems, [], `round ${round}`);
    assert.ok(report.size >= (round + 1) * 100);
  }
  isDone = true;
  await appending;
  assert.equal((await log.checkpoint()).size, appended);
  await log.close();
});

test('an audit from outside finds no fault with a log that goes on meanwhile', async () => {
  const path = await newFolder();
  const log = await open(path, { checkpointMs: 1 });
  let isDone = false;
  const appendOn = async (): Promise<void> => {
    while (!isDone) await log.append(entries(log.size, log.size + 60));
  };
  const appending = appendOn();
  for (let round = 0; round < 15; round += 1) assert.deepEqual((await auditLog(path, { vkey: signer.vkey })).problems, [], `round ${round}`);
  isDone = true;
  await appending;
  await log.close();
});

test('a journal that was cut anywhere gives back exactly its whole groups', async () => {
  const path = await newFolder();
  const log = await open(path);
  const ends: number[] = [];
  const journal = join(path, 'journal', '0000000000000000');
  for (let group = 0; group < 6; group += 1) {
    await log.append([entry(group)]);
    ends.push(readFileSync(journal).length);
  }
  const whole = readFileSync(journal);
  await log.close();
  for (let cut = 0; cut <= whole.length; cut += 7) {
    const copy = await newFolder();
    mkdirSync(join(copy, 'journal'));
    writeFileSync(join(copy, 'journal', '0000000000000000'), whole);
    truncateSync(join(copy, 'journal', '0000000000000000'), cut);
    assert.deepEqual((await auditLog(copy)).problems, [], `cut at ${cut}`);
    const again = await open(copy);
    assert.equal(again.size, ends.filter((end) => end <= cut).length, `cut at ${cut}`);
    await again.append([entry(99)]);
    await again.close();
    assert.deepEqual((await auditLog(copy)).problems, [], `cut at ${cut}`);
  }
});

test('partial tiles go when their full ones are there, and stay until then', async () => {
  const path = await newFolder();
  const log = await open(path);
  await log.append(entries(0, 10));
  await log.checkpoint();
  await log.append(entries(10, 20));
  await log.checkpoint();
  assert.deepEqual(readdirSync(join(path, 'tile/0/000.p')).sort(), ['10', '20']);
  await log.append(entries(20, 256));
  await log.checkpoint();
  assert.equal(existsSync(join(path, 'tile/0/000.p')), false);
  assert.equal(existsSync(join(path, 'tile/entries/000.p')), false);
  assert.deepEqual(readdirSync(join(path, 'tile/1/000.p')), ['1']);
  await log.close();
});

test('a log that is there already is not created again, nor over the remains of one', async () => {
  const path = await newFolder();
  await assert.rejects(initLog(path, origin, signer), code('chain-exists'));
  const log = await open(path);
  await log.append([entry(0)]);
  await log.close();
  rmSync(join(path, 'checkpoint'));
  await assert.rejects(initLog(path, origin, signer), code('chain-exists'));
  await assert.rejects(open(path), code('chain-missing'));
});

test('a name with a space is no name for a log', async () => {
  await assert.rejects(initLog(join(base, 'spaced'), 'DSSEv1 x', signer), code('chain-key'));
});

test('a folder without a log is not opened, and nothing is created in it', async () => {
  const path = join(base, 'nothing');
  mkdirSync(path);
  await assert.rejects(open(path), code('chain-missing'));
  assert.deepEqual(readdirSync(path), []);
});

test('a second writer is refused while the first is open, and let in after it', async () => {
  const path = await newFolder();
  const log = await open(path);
  await assert.rejects(open(path), code('chain-locked'));
  assert.equal((await auditLog(path)).ok, true, 'an audit in the same process does not loosen the lock');
  await assert.rejects(open(path), code('chain-locked'));
  await log.close();
  await (await open(path)).close();
});

test('another signing key is refused', async () => {
  const path = await newFolder();
  await assert.rejects(open(path, { signer: createSigner(origin, new Uint8Array(32).fill(6)) }), code('chain-key'));
});

test('a closed log takes nothing more', async () => {
  const log = await open(await newFolder());
  await log.close();
  await log.close();
  await assert.rejects(log.append([entry(0)]), code('chain-closed'));
  await assert.rejects(log.checkpoint(), code('chain-closed'));
});

test('entries and appends over their limits are refused, and the log goes on', async () => {
  const log = await open(await newFolder());
  await assert.rejects(log.append([new Uint8Array(65_536)]), code('chain-limit'));
  const large = new Uint8Array(65_535);
  await assert.rejects(log.append(Array.from({ length: 513 }, () => large)), code('chain-limit'));
  const half = Array.from({ length: 500 }, () => large);
  const waiting = await Promise.allSettled(Array.from({ length: 5 }, () => log.append(half)));
  assert.deepEqual(
    waiting.map((result) => result.status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
  );
  await assert.rejects(log.readEntries(1_999, 2_001), code('chain-limit'));
  assert.equal(await log.append([large]), 2_000);
  await log.close();
});

test('a disk failure refuses everything that waits, and a new open has everything acknowledged', async () => {
  const path = await newFolder();
  let isBroken = false;
  const log = await open(path, {
    onStep: () => {
      if (isBroken) throw new Error('no space left');
    },
  });
  await log.append(entries(0, 5));
  isBroken = true;
  const results = await Promise.allSettled([log.append([entry(5)]), log.append([entry(6)]), log.checkpoint()]);
  assert.ok(results.every((result) => result.status === 'rejected' && code('chain-failed')(result.reason)));
  await assert.rejects(log.append([entry(7)]), code('chain-failed'));
  await log.close();
  const again = await open(path);
  assert.equal(again.size, 5);
  await again.close();
});

const damages: readonly [string, (path: string) => void, string][] = [
  ['a tile of its edge is changed', (path) => flip(join(path, 'tile/0/000.p/44'), 40), 'chain-damaged'],
  ['a tile of its edge is gone', (path) => rmSync(join(path, 'tile/0/000.p'), { recursive: true }), 'chain-damaged'],
  ['a tile of its edge is short', (path) => truncateSync(join(path, 'tile/0/000.p/44'), 100), 'chain-damaged'],
  ['an entry of its last bundle is changed', (path) => flip(join(path, 'tile/entries/000.p/44'), 20), 'chain-damaged'],
  ['its checkpoint is changed', (path) => flip(join(path, 'checkpoint'), 21), 'chain-damaged'],
  ['its identity is changed', (path) => flip(join(path, 'log.json'), 60), 'chain-damaged'],
  ['its identity is missing', (path) => rmSync(join(path, 'log.json')), 'chain-missing'],
];
for (const [name, damage, expected] of damages) {
  test(`a log is not opened when ${name}`, async () => {
    const path = await newFolder();
    const log = await open(path);
    await log.append(entries(0, 44));
    await log.close();
    damage(path);
    await assert.rejects(open(path), code(expected));
  });
}

test('a log is not opened when a group of its journal is damaged and others follow', async () => {
  const path = await newFolder();
  const log = await open(path);
  const journal = join(path, 'journal', '0000000000000000');
  for (let group = 0; group < 3; group += 1) await log.append([entry(group)]);
  const whole = readFileSync(journal);
  await log.close();
  const copy = await newFolder();
  mkdirSync(join(copy, 'journal'));
  writeFileSync(join(copy, 'journal', '0000000000000000'), whole);
  flip(join(copy, 'journal', '0000000000000000'), 60);
  await assert.rejects(open(copy), code('chain-damaged'));
});

test('a log is not opened when its journal begins after a gap', async () => {
  const path = await newFolder();
  const log = await open(path);
  await log.append(entries(0, 3));
  await log.checkpoint();
  await log.append([entry(3)]);
  const journal = readFileSync(join(path, 'journal', '0000000000000003'));
  await log.close();
  const copy = await newFolder();
  mkdirSync(join(copy, 'journal'));
  writeFileSync(join(copy, 'journal', '0000000000000003'), journal);
  await assert.rejects(open(copy), code('chain-damaged'));
});

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
