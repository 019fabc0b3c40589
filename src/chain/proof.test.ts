// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, toUtf8 } from '../base/bytes.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { signEnvelope } from './dsse.ts';
import { createSigner } from './keys.node.ts';
import { hashLeaf, hashNode } from './merkle.ts';
import { nodePrimitives, sha256Now } from './primitives.node.ts';
import type { Signer } from './primitives.ts';
import { checkProof, formatProof, formatTlogProof, type Proof, parseProof } from './proof.ts';
import { signNote } from './signed-note.ts';
import { formatStatement, statementPayloadType, statementType } from './statement.ts';

const origin = 'plant.example/proof';
const log = createSigner(origin, new Uint8Array(32).fill(1));
const recorder = createSigner('plant.example/recorder', new Uint8Array(32).fill(2));
const stranger = createSigner(origin, new Uint8Array(32).fill(3));
const statement = {
  _type: statementType,
  subject: [{ name: 'fnd-1', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'https://example.com/v1',
  predicate: {},
};

/** A proof of the second of two entries, each part signed by the given key. */
async function makeProof(options: { checkpointBy?: Signer; entryBy?: Signer; type?: string; payload?: Uint8Array; origin?: string } = {}): Promise<Proof> {
  const entry = await signEnvelope(options.type ?? statementPayloadType, options.payload ?? formatStatement(statement), [options.entryBy ?? recorder]);
  const other = hashLeaf(toUtf8('other'), sha256Now);
  const root = hashNode(other, hashLeaf(entry, sha256Now), sha256Now);
  const checkpoint = await signNote(formatCheckpoint({ origin: options.origin ?? origin, size: 2, root }), [options.checkpointBy ?? log]);
  return { index: 1, entry, path: [other], checkpoint, keys: [log.vkey, recorder.vkey] };
}
const trusted = [log.vkey, recorder.vkey];

test('a proof is accepted against given keys, and tells who signed', async () => {
  const verdict = await checkProof(formatProof(await makeProof()), trusted, nodePrimitives);
  assert.equal(verdict.ok, true);
  assert.equal(verdict.trust, 'given');
  assert.deepEqual(
    verdict.checks.map((check) => check.name),
    ['form', 'keys', 'checkpoint', 'inclusion', 'envelope', 'statement'],
  );
  assert.deepEqual(
    verdict.signedBy.map((name) => name.split('+')[0]),
    [origin, 'plant.example/recorder'],
  );
  assert.deepEqual(verdict.proven?.statement, statement);
});

test('without a given key the verdict says that the key is only the one of the proof', async () => {
  const verdict = await checkProof(formatProof(await makeProof()), [], nodePrimitives);
  assert.deepEqual([verdict.ok, verdict.trust], [true, 'proof']);
  assert.match(verdict.checks[1]?.detail ?? '', /no key was given: .* compare it/);
});

test('a proof of a stranger is consistent in itself and refused against the given key', async () => {
  const forged = { ...(await makeProof({ checkpointBy: stranger, entryBy: stranger })), keys: [stranger.vkey] };
  assert.equal((await checkProof(formatProof(forged), [], nodePrimitives)).ok, true);
  const verdict = await checkProof(formatProof(forged), trusted, nodePrimitives);
  assert.equal(verdict.ok, false);
  assert.equal(verdict.proven, undefined);
});

const refusals: readonly [string, () => Promise<string>, string, RegExp][] = [
  ['it is not JSON', async () => 'x', 'form', /not a JSON object/],
  ['it has another format', async () => formatProof(await makeProof()).replace('proof/v1', 'proof/v2'), 'form', /proof\/v2/],
  ['its index is negative', async () => formatProof({ ...(await makeProof()), index: -1 }), 'form', /index/],
  ['its entry is not base64', async () => formatProof(await makeProof()).replace('"entry": "', '"entry": "!'), 'form', /entry is not base64/],
  ['its path is too long', async () => formatProof({ ...(await makeProof()), path: Array(54).fill(new Uint8Array(32)) }), 'form', /at most 53/],
  ['its keys are no texts', async () => formatProof(await makeProof()).replace(`"${recorder.vkey}"`, '1'), 'form', /keys are not a list/],
  ['its checkpoint is missing', async () => formatProof(await makeProof()).replace('"checkpoint"', '"checkpoin"'), 'form', /checkpoint is not a text/],
  ['its checkpoint is no note', async () => formatProof({ ...(await makeProof()), checkpoint: 'x' }), 'checkpoint', /no blank line/],
  ['its log has another name', async () => formatProof(await makeProof({ origin: 'other.example' })), 'checkpoint', /no trusted key has the name of the log/],
  ['the checkpoint is signed by the recorder', async () => formatProof(await makeProof({ checkpointBy: recorder })), 'checkpoint', /none of the trusted keys/],
  [
    'the checkpoint is signed by a stranger of that name',
    async () => formatProof(await makeProof({ checkpointBy: stranger })),
    'checkpoint',
    /none of the trusted keys/,
  ],
  ['it claims another place', async () => formatProof({ ...(await makeProof()), index: 0 }), 'inclusion', /another root/],
  ['its path lacks a hash', async () => formatProof({ ...(await makeProof()), path: [] }), 'inclusion', /fewer/],
  ['its entry is signed by a stranger', async () => formatProof(await makeProof({ entryBy: stranger })), 'envelope', /0 of the 2 trusted keys/],
  ['its entry has another type', async () => formatProof(await makeProof({ type: 'text/plain' })), 'envelope', /payload type/],
  ['its statement is not canonical', async () => formatProof(await makeProof({ payload: toUtf8('{ }') })), 'statement', /canonical/],
];
for (const [name, make, failed, reason] of refusals) {
  test(`a proof is refused when ${name}`, async () => {
    const verdict = await checkProof(await make(), trusted, nodePrimitives);
    const last = verdict.checks.at(-1);
    assert.deepEqual([verdict.ok, last?.name, last?.ok], [false, failed, false]);
    assert.match(last?.detail ?? '', reason);
  });
}

test('a given key that cannot be read refuses the proof', async () => {
  const verdict = await checkProof(formatProof(await makeProof()), ['nonsense'], nodePrimitives);
  assert.deepEqual(verdict.checks.at(-1)?.name, 'keys');
  assert.equal(verdict.ok, false);
});

test('a proof is read as it was written, with a detached record too', async () => {
  const proof = { ...(await makeProof()), detached: '{"a":1}' };
  const read = parseProof(formatProof(proof));
  assert.ok(read.ok);
  assert.equal(formatProof(read.value), formatProof(proof));
  assert.equal(read.value.detached, '{"a":1}');
  assert.deepEqual([toHex(read.value.entry), ...read.value.path.map((hash) => toHex(hash))], [toHex(proof.entry), ...proof.path.map((hash) => toHex(hash))]);
});

test('the form for other tools has the lines that C2SP tlog-proof names', async () => {
  const proof = await makeProof();
  const lines = formatTlogProof(proof).split('\n');
  assert.deepEqual([lines[0], lines[2], lines[4], lines[5]], ['c2sp.org/tlog-proof@v1', 'index 1', '', origin]);
  assert.deepEqual(Buffer.from(lines[1]?.slice('extra '.length) ?? '', 'base64'), Buffer.from(proof.entry));
  assert.deepEqual(Buffer.from(lines[3] ?? '', 'base64'), Buffer.from(proof.path[0] ?? []));
  assert.ok(formatTlogProof(proof).endsWith(`\n\n${proof.checkpoint}`));
});
