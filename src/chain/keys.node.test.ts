// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createKeyFile, openKeyFile } from './keys.node.ts';
import { nodePrimitives, sha256Now } from './primitives.node.ts';
import { parseVkey } from './signed-note.ts';

const base = mkdtempSync(join(tmpdir(), 'shinrai-keys-'));
after(() => rmSync(base, { recursive: true }));
const code = (expected: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === expected;

test('a key file is readable by its owner only, opens as the same key, and signs what its vkey verifies', async () => {
  const path = join(base, 'a.key');
  const made = await createKeyFile(path, 'plant.example/a');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const signer = await openKeyFile(path);
  assert.equal(signer.vkey, made.vkey);
  const key = await parseVkey(signer.vkey, sha256Now);
  assert.ok(key.ok);
  const message = Buffer.from('message');
  const signature = await signer.sign(message);
  assert.equal(await nodePrimitives.verifyEd25519(key.value.publicKey, message, signature), true);
  assert.equal(await nodePrimitives.verifyEd25519(key.value.publicKey, Buffer.from('massage'), signature), false);
  assert.equal(await nodePrimitives.verifyEd25519(key.value.publicKey, message, signature.subarray(1)), false);
  assert.equal(await nodePrimitives.verifyEd25519(new Uint8Array(31), message, signature), false);
});

test('no two keys are the same, and none is written over', async () => {
  const one = await createKeyFile(join(base, 'one.key'), 'n');
  const two = await createKeyFile(join(base, 'two.key'), 'n');
  assert.notEqual(one.vkey, two.vkey);
  const before = readFileSync(join(base, 'one.key'), 'utf8');
  await assert.rejects(createKeyFile(join(base, 'one.key'), 'n'), code('chain-exists'));
  assert.equal(readFileSync(join(base, 'one.key'), 'utf8'), before);
});

test('a key is refused a name with a space', async () => {
  await assert.rejects(createKeyFile(join(base, 'spaced.key'), 'a b'), code('chain-key'));
});

const text = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n';
const refusals: readonly [string, string, number, string][] = [
  ['its group may read it', text, 0o640, 'chain-key'],
  ['others may write it', text, 0o602, 'chain-key'],
  ['it is empty', '', 0o600, 'chain-key'],
  ['its id is not that of its key', text.replace('c74f20a3', 'c74f20a4'), 0o600, 'chain-key'],
  ['it is a public key', text.replace('PRIVATE+KEY+', ''), 0o600, 'chain-key'],
  ['its key is too short', text.replace('AYEK', ''), 0o600, 'chain-key'],
  ['it is too large', text.padEnd(2_000, '\n'), 0o600, 'chain-key'],
];
for (const [name, content, mode, expected] of refusals) {
  test(`a key file is refused when ${name}`, { skip: process.platform === 'win32' ? 'needs file modes' : false }, async () => {
    const path = join(base, 'refused.key');
    writeFileSync(path, content);
    chmodSync(path, mode);
    await assert.rejects(openKeyFile(path), (error: unknown) => code(expected)(error) && !String(error).includes('AYEK'));
  });
}

test('a key file that is not there is missing, not broken', async () => {
  await assert.rejects(openKeyFile(join(base, 'none.key')), code('chain-missing'));
});
