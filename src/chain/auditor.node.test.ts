// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { createRandom } from '../base/random.ts';
import { auditLog } from './auditor.node.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { createSigner } from './keys.node.ts';
import { initLog, openLog } from './log.node.ts';
import { signNote } from './signed-note.ts';

const origin = 'plant.example/audit';
const signer = createSigner(origin, new Uint8Array(32).fill(4));
const base = mkdtempSync(join(tmpdir(), 'shinrai-audit-'));
const sound = join(base, 'sound');
after(() => rmSync(base, { recursive: true }));

/** 600 entries, with old partial tiles beside the new ones, closed properly. */
before(async () => {
  await initLog(sound, origin, signer);
  const log = await openLog(sound, { signer, checkpointMs: 60_000 });
  for (const end of [520, 560, 600]) {
    await log.append(Array.from({ length: end - log.size }, (_, index) => toUtf8(`entry ${index} ${end}`)));
    await log.checkpoint();
  }
  await log.close();
});

const listFiles = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(path.length + 1));

test('a sound log has nothing to report but whose key it was checked against', async () => {
  const report = await auditLog(sound);
  assert.deepEqual([report.ok, report.size, report.origin, report.unsigned, report.trust], [true, 600, origin, 0, 'folder']);
  assert.match(report.notes.join(), /checked against its own plant\.example\/audit\+[0-9a-f]{8}; compare it/);
  const given = await auditLog(sound, { vkey: `${signer.vkey}\n` });
  assert.deepEqual([given.ok, given.trust, given.notes], [true, 'given', []]);
});

test('a change of any one bit in any file is found', async (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 4_711);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const path = join(base, 'flipped');
  cpSync(sound, path, { recursive: true });
  const files = listFiles(path).filter((name) => statSync(join(path, name)).size > 0);
  assert.ok(files.length >= 13, `${files.length} files`);
  for (let round = 0; round < 250; round += 1) {
    const name = files[round % files.length] ?? '';
    const whole = readFileSync(join(path, name));
    const changed = Buffer.from(whole);
    const offset = random.below(whole.length);
    changed[offset] = (whole[offset] ?? 0) ^ (1 << random.below(8));
    writeFileSync(join(path, name), changed);
    const report = await auditLog(path, { vkey: signer.vkey });
    assert.equal(report.ok, false, `seed ${seed}: byte ${offset} of ${name}`);
    if (/^tile\/\d/.test(name))
      assert.deepEqual(
        report.problems.map((problem) => problem.where),
        [name],
        'a tile alone is named',
      );
    writeFileSync(join(path, name), whole);
  }
  assert.equal((await auditLog(path, { vkey: signer.vkey })).ok, true);
});

const changes: readonly [string, (path: string) => void, string, RegExp][] = [
  ['a full tile is removed', (path) => rmSync(join(path, 'tile/0/001')), 'tile/0/001', /it is missing/],
  ['the partial tile of the checkpoint is removed', (path) => rmSync(join(path, 'tile/0/002.p/88')), 'tile/0/002.p/88', /it is missing/],
  ['a bundle is removed', (path) => rmSync(join(path, 'tile/entries/001')), 'tile/entries/001', /cannot be checked/],
  ['a tile is cut', (path) => truncateSync(join(path, 'tile/0/000'), 8_000), 'tile/0/000', /byte 8000 \(hash 250\)/],
  ['a tile goes on', (path) => appendFileSync(join(path, 'tile/0/000'), 'x'), 'tile/0/000', /1 bytes too many/],
  ['an older partial bundle goes on', (path) => appendFileSync(join(path, 'tile/entries/002.p/8'), 'x'), 'tile/entries/002.p/8', /1 bytes too many/],
  ['a bundle goes on', (path) => appendFileSync(join(path, 'tile/entries/000'), 'x'), 'tile/entries/000', /1 bytes after its last entry/],
  ['a tile is there that no entry is behind', (path) => cpSync(join(path, 'tile/0/000'), join(path, 'tile/0/007')), 'tile/0/007', /no entry of the log/],
  [
    'a partial tile is wider than the log',
    (path) => cpSync(join(path, 'tile/0/002.p/88'), join(path, 'tile/0/002.p/99')),
    'tile/0/002.p/99',
    /88 of its 99 hashes only/,
  ],
  ['a stray file is there', (path) => writeFileSync(join(path, 'tile/README'), 'x'), 'tile/README', /no file of a log/],
  ['a link is there', (path) => symlinkSync('checkpoint', join(path, 'link')), 'link', /neither a file nor a folder/],
  ['the lock has content', (path) => writeFileSync(join(path, 'lock'), 'x'), 'lock', /1 bytes, none are allowed/],
  ['a journal has another name', (path) => writeFileSync(join(path, 'journal/1'), ''), 'journal/1', /no journal has this name/],
  [
    'a journal begins after a gap',
    (path) => writeFileSync(join(path, 'journal/0000000000000700'), ''),
    'journal/0000000000000700',
    /entries 600 to 699 are missing/,
  ],
  ['the checkpoint is removed', (path) => rmSync(join(path, 'checkpoint')), 'checkpoint', /missing/],
  ['the identity is removed', (path) => rmSync(join(path, 'log.json')), 'log.json', /missing/],
];
for (const [name, change, where, what] of changes) {
  test(`the auditor says where: ${name}`, async () => {
    const path = mkdtempSync(join(base, 'changed-'));
    cpSync(sound, path, { recursive: true });
    mkdirSync(join(path, 'journal'), { recursive: true });
    change(path);
    const report = await auditLog(path, { vkey: signer.vkey });
    assert.equal(report.ok, false);
    const problem = report.problems.find((found) => found.where === where);
    assert.match(problem?.what ?? JSON.stringify(report.problems), what);
  });
}

test('a checkpoint that the key signed over other entries is found by its root', async () => {
  const path = join(base, 'rewritten');
  cpSync(sound, path, { recursive: true });
  const note = await signNote(formatCheckpoint({ origin, size: 600, root: new Uint8Array(32) }), [signer]);
  writeFileSync(join(path, 'checkpoint'), note);
  const report = await auditLog(path, { vkey: signer.vkey });
  assert.match(report.problems.map((problem) => problem.what).join(), /it signs the root AAAA.*, the entries give/);
});

test('a log that was made anew with another key passes its own check and fails against the key from elsewhere', async () => {
  const path = join(base, 'forged');
  const forger = createSigner(origin, new Uint8Array(32).fill(66));
  await initLog(path, origin, forger);
  assert.equal((await auditLog(path)).ok, true);
  const report = await auditLog(path, { vkey: signer.vkey });
  assert.deepEqual(
    report.problems.map((problem) => problem.where),
    ['log.json', 'checkpoint'],
  );
});

test('each entry is given to the judge, whose words become problems', async () => {
  const checkEntry = async (index: number, entry: Uint8Array): Promise<string | undefined> => (index === 599 ? `no: ${fromUtf8(entry)}` : undefined);
  assert.deepEqual((await auditLog(sound, { checkEntry })).problems, [{ where: 'entry 599', what: 'no: entry 39 600' }]);
});

test('damage in the journal of a killed writer is a problem before its last group and a note in it', async () => {
  const path = join(base, 'journaled');
  await initLog(path, origin, signer);
  const log = await openLog(path, { signer, checkpointMs: 60_000 });
  for (let group = 0; group < 3; group += 1) await log.append([toUtf8(`group ${group}`)]);
  const copy = join(base, 'killed');
  cpSync(path, copy, { recursive: true });
  await log.close();
  const name = join(copy, 'journal/0000000000000000');
  const whole = readFileSync(name);
  const report = await auditLog(copy);
  assert.deepEqual([report.problems, report.size, report.unsigned], [[], 0, 3]);
  const third = (whole.length / 3) * 2;
  for (let offset = 0; offset < whole.length; offset += 1) {
    writeFileSync(name, whole.with(offset, (whole[offset] ?? 0) ^ 0x10));
    const { problems, notes } = await auditLog(copy, { vkey: signer.vkey });
    assert.deepEqual([problems.length > 0, notes.length], offset < third ? [true, 0] : [false, 1], `byte ${offset}`);
  }
});
