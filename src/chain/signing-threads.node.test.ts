// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { createRandom } from '../base/random.ts';
import { createSigner } from './keys.node.ts';
import { createSigningThreads } from './signing-threads.node.ts';

const childRole = process.env['SHINRAI_SIGNING_CHILD'];
const skip = childRole !== undefined;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const code = (expected: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === expected;
const messagesOf = (count: number, seed = 1): readonly Uint8Array[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => Uint8Array.from({ length: random.below(300) }, () => random.below(256)));
};

/** Every thread that this process starts, newest last. */
const started: Worker[] = [];
const remember = (worker: Worker): void => void started.push(worker);
process.on('worker', remember);
after(() => process.off('worker', remember));

if (childRole !== undefined) {
  const threads = createSigningThreads(privateKey);
  console.log((await threads.sign(messagesOf(100))).length);
}

test('threads give the signature of each message, in order, for any number of messages and for empty ones', { skip }, async () => {
  const threads = createSigningThreads(privateKey);
  for (const count of [0, 1, 63, 64, 65, 129, 500]) {
    const messages = messagesOf(count, count);
    assert.deepEqual(
      await threads.sign(messages),
      messages.map((message) => new Uint8Array(sign(null, message, privateKey))),
      `${count} messages`,
    );
  }
  const [signature] = await threads.sign([new Uint8Array(0)]);
  assert.ok(signature !== undefined && verify(null, new Uint8Array(0), publicKey, signature));
  await threads.close();
});

test('calls at the same time each get their own signatures, and a few threads serve them all', { skip }, async () => {
  const before = started.length;
  const threads = createSigningThreads(privateKey);
  assert.equal(started.length, before, 'no thread before there is work');
  const calls = Array.from({ length: 20 }, (_, call) => messagesOf(40 + call * 7, call));
  const signed = await Promise.all(calls.map((messages) => threads.sign(messages)));
  for (const [call, messages] of calls.entries()) {
    for (const [place, message] of messages.entries()) assert.ok(verify(null, message, publicKey, signed[call]?.[place] ?? new Uint8Array(0)));
  }
  assert.ok(started.length > before && started.length <= before + 4);
  await threads.close();
});

test('the messages may be changed as soon as the call has returned', { skip }, async () => {
  const threads = createSigningThreads(privateKey);
  const message = Uint8Array.of(1, 2, 3);
  const signing = threads.sign([message]);
  message.fill(9);
  const [signature] = await signing;
  assert.ok(signature !== undefined && verify(null, Uint8Array.of(1, 2, 3), publicKey, signature));
  await threads.close();
});

test('when a thread ends, all that it had to sign is refused and the next call starts another', { skip }, async () => {
  const threads = createSigningThreads(privateKey);
  await threads.sign(messagesOf(1));
  const signing = threads.sign(messagesOf(60));
  const thread = started.at(-1);
  assert.ok(thread !== undefined);
  await Promise.all([assert.rejects(signing, code('chain-signing')), thread.terminate()]);
  const messages = messagesOf(60, 2);
  assert.deepEqual(
    (await threads.sign(messages)).map((signature, place) => verify(null, messages[place] ?? new Uint8Array(0), publicKey, signature)),
    Array(60).fill(true),
  );
  assert.notEqual(started.at(-1), thread);
  await threads.close();
});

test('close refuses what is not signed yet and all that comes later, and ends every thread', { skip }, async () => {
  const before = started.length;
  const threads = createSigningThreads(privateKey);
  await threads.sign(messagesOf(200));
  const ended = started.slice(before).map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
  const signing = threads.sign(messagesOf(2_000));
  await Promise.all([assert.rejects(signing, code('chain-closed')), threads.close()]);
  await assert.rejects(threads.sign(messagesOf(1)), code('chain-closed'));
  assert.ok(ended.length > 0);
  await Promise.all(ended);
  await threads.close();
});

test('a process that has nothing left to sign ends without close', { skip }, async () => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, SHINRAI_SIGNING_CHILD: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
  assert.match(output, /^100$/m);
});

test('threads take no key but an Ed25519 signing key', { skip }, () => {
  assert.throws(() => createSigningThreads(publicKey), /Assertion failed/);
  assert.throws(() => createSigningThreads(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /Assertion failed/);
});

test('a signer signs many messages as it signs one, whether they are few or many', { skip }, async () => {
  const signer = createSigner('plant.example/a', new Uint8Array(32).fill(7));
  for (const count of [0, 1, 31, 32, 200]) {
    const messages = messagesOf(count, count);
    const [many, single] = await Promise.all([signer.signMany?.(messages), Promise.all(messages.map((message) => signer.sign(message)))]);
    assert.deepEqual(
      many?.map((signature) => Buffer.from(signature).toString('hex')),
      single.map((signature) => Buffer.from(signature).toString('hex')),
    );
  }
  await signer.close?.();
  await assert.rejects(signer.signMany?.(messagesOf(200)) ?? Promise.resolve(), code('chain-closed'));
});
