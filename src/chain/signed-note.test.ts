// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromHex, toUtf8 } from '../base/bytes.ts';
import { toBase64 } from './base64.ts';
import { createSigner, parseSigningKey } from './keys.node.ts';
import { nodePrimitives, sha256Now } from './primitives.node.ts';
import { type Note, type NoteKey, parseNote, parseVkey, signNote, verifyNote } from './signed-note.ts';

/** The example of the documentation of golang.org/x/mod/sumdb/note. */
const peterKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const peterSecret = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const peterText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterNote = `${peterText}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
/** The example of C2SP signed-note; its public key is not published. */
const specNote =
  'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
  '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';

async function readKey(text: string): Promise<NoteKey> {
  const key = await parseVkey(text, sha256Now);
  assert.ok(key.ok);
  return key.value;
}
function readNote(text: string): Note {
  const note = parseNote(toUtf8(text));
  assert.ok(note.ok, JSON.stringify(note));
  return note.value;
}

test('the note of the Go documentation verifies, and its key signs it again byte for byte', async () => {
  const key = await readKey(peterKey);
  const verified = await verifyNote(readNote(peterNote), [key], nodePrimitives);
  assert.deepEqual(verified, { ok: true, value: [key] });
  const signer = parseSigningKey(peterSecret);
  assert.ok(signer);
  assert.equal(signer.vkey, peterKey);
  assert.equal(await signNote(peterText, [signer]), peterNote);
});

test('the example of the specification is read with its blank line and its key id', () => {
  const note = readNote(specNote);
  assert.equal(note.text, specNote.slice(0, specNote.indexOf('\n— ')));
  assert.equal(note.signatures[0]?.name, 'quasimodo.example/salvatore');
  assert.equal(note.signatures[0]?.keyId, 0x367ba04b);
  assert.equal(note.signatures[0]?.signature.length, 64);
});

const openssl = spawnSync('openssl', ['version']).status === 0 ? false : 'needs openssl';
test('openssl accepts the signature of a note that we made', { skip: openssl }, async () => {
  const signer = createSigner('plant.example', new Uint8Array(32).fill(3));
  const note = readNote(await signNote('hello\n', [signer]));
  const key = await readKey(signer.vkey);
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-note-'));
  try {
    const spki = Buffer.concat([fromHex('302a300506032b6570032100') as Uint8Array, key.publicKey]); // the constant is hexadecimal
    writeFileSync(join(folder, 'key.pem'), createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(folder, 'text'), note.text);
    writeFileSync(join(folder, 'signature'), note.signatures[0]?.signature ?? '');
    const args = ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'text', '-sigfile', 'signature'];
    assert.match(execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' }), /Signature Verified Successfully/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('signatures of unknown keys are ignored, also with the name or the id of a known one', async () => {
  const key = await readKey(peterKey);
  const stranger = createSigner('PeterNeumann', new Uint8Array(32).fill(9));
  const two = readNote(`${peterNote}${(await signNote(peterText, [stranger])).slice(peterText.length + 1)}`);
  assert.deepEqual(await verifyNote(two, [key], nodePrimitives), { ok: true, value: [key] });
  const alone = await verifyNote(readNote(await signNote(peterText, [stranger])), [key], nodePrimitives);
  assert.ok(!alone.ok && /none of the trusted keys \(PeterNeumann\+c74f20a3\)/.test(alone.reason), JSON.stringify(alone));
});

test('a wrong signature under a known name and id refuses the whole note, even beside a right one', async () => {
  const key = await readKey(peterKey);
  const right = readNote(peterNote);
  const [first] = right.signatures;
  assert.ok(first);
  const wrong = { ...first, signature: first.signature.with(5, 0) };
  const verdict = await verifyNote({ ...right, signatures: [first, wrong] }, [key], nodePrimitives);
  assert.ok(!verdict.ok && /signature of "PeterNeumann\+c74f20a3" is wrong/.test(verdict.reason));
  const otherText = await verifyNote({ ...right, text: `${right.text}x\n` }, [key], nodePrimitives);
  assert.equal(otherText.ok, false);
  assert.equal((await verifyNote(right, [], nodePrimitives)).ok, false);
});

const line = '— a x08go/ZJkuA=\n';
const badNotes: readonly [string, Uint8Array, number, RegExp][] = [
  ['no blank line', toUtf8('text\n'), 5, /no blank line/],
  ['no signature', toUtf8('text\n\n'), 6, /no signature/],
  ['no last newline', toUtf8(`text\n\n${line.slice(0, -1)}`), 24, /does not end with a newline/],
  ['a control character', toUtf8(`te\txt\n\n${line}`), 2, /control character/],
  ['bytes that are not UTF-8', Uint8Array.of(0xff, 10, 10), 0, /not UTF-8/],
  ['a hyphen for the dash', toUtf8('text\n\n- a x08go/ZJkuA=\n'), 6, /not "— name signature"/],
  ['a name with a plus', toUtf8('text\n\n— a+b x08go/ZJkuA=\n'), 6, /"\+" are not allowed/],
  ['a name with a wide space', toUtf8('text\n\n— a\u3000b x08go/ZJkuA=\n'), 6, /spaces and/],
  ['a second signature that is not base64', toUtf8(`text\n\n${line}— a x08go/ZJkuA\n`), 25, /not base64/],
  ['a signature that is an id only', toUtf8('text\n\n— a x08goA==\n'), 6, /4 bytes, at least 5/],
  ['more than a hundred signatures', toUtf8(`text\n\n${line.repeat(101)}`), 6 + 100 * toUtf8(line).length, /more than 100 signatures/],
  ['more than a megabyte', new Uint8Array(1_000_001).fill(65), 1_000_000, /at most 1000000 are read/],
];
for (const [name, bytes, offset, reason] of badNotes) {
  test(`a note is refused for ${name}`, () => {
    const read = parseNote(bytes);
    assert.ok(!read.ok);
    assert.match(read.reason, reason);
    assert.equal(read.offset, offset);
  });
}

const keyOf = (type: number, size: number): string => toBase64(new Uint8Array(size + 1).fill(type, 0, 1));
const badKeys: readonly [string, string, RegExp][] = [
  ['two parts', 'name+c74f20a3', /not "name\+keyid\+base64"/],
  ['an id in capitals', peterKey.replace('c74f20a3', 'C74F20A3'), /not "name/],
  ['a name with a space', peterKey.replace('Peter', 'Peter '), /spaces and/],
  ['another id', peterKey.replace('c74f20a3', 'c74f20a4'), /id c74f20a4, its name and bytes give c74f20a3/],
  ['another name', peterKey.replace('Peter', 'Petra'), /its name and bytes give/],
  ['a type that is not Ed25519', `n+00000000+${keyOf(4, 32)}`, /type 4, 1 \(Ed25519\)/],
  ['31 bytes', `n+00000000+${keyOf(1, 31)}`, /31 bytes, 32 are required/],
  ['a key that is not base64', 'n+00000000+ARp', /not base64/],
];
for (const [name, text, reason] of badKeys) {
  test(`a public key is refused for ${name}`, async () => {
    const read = await parseVkey(text, sha256Now);
    assert.ok(!read.ok);
    assert.match(read.reason, reason);
  });
}
