// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { encodePreAuthentication, formatEnvelope, parseEnvelope, signEnvelope, signEnvelopes, verifyEnvelope } from './dsse.ts';
import { createSigner } from './keys.node.ts';
import { nodePrimitives, sha256Now } from './primitives.node.ts';
import { type NoteKey, parseVkey } from './signed-note.ts';

const body = toUtf8('hello world');
const type = 'http://example.com/HelloWorld';
const ann = createSigner('ann', new Uint8Array(32).fill(1));
const bob = createSigner('bob', new Uint8Array(32).fill(2));
async function keyOf(vkey: string): Promise<NoteKey> {
  const key = await parseVkey(vkey, sha256Now);
  assert.ok(key.ok);
  return key.value;
}

test('the example of the specification is encoded as it says, lengths in bytes', () => {
  assert.equal(fromUtf8(encodePreAuthentication(type, body)), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  assert.equal(fromUtf8(encodePreAuthentication('日', toUtf8('本語'))), 'DSSEv1 3 日 6 本語');
});

test('the signature of the specification, by its P-256 key, verifies over what we read and encode', async () => {
  const text =
    '{"payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld", "signatures": [{"sig": ' +
    '"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}';
  const coordinate = (decimal: string): string => Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
  const x = coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160');
  const y = coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const p256 = {
    ...nodePrimitives,
    verifyEd25519: (_: Uint8Array, message: Uint8Array, sig: Uint8Array) => verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, sig),
  };
  const envelope = parseEnvelope(toUtf8(text));
  assert.ok(envelope.ok);
  const someKey = await keyOf(ann.vkey);
  assert.equal((await verifyEnvelope(envelope.value, [someKey], p256)).ok, true);
  assert.equal((await verifyEnvelope({ ...envelope.value, payload: toUtf8('hello World') }, [someKey], p256)).ok, false);
});

test('an envelope of ours is canonical JSON, and every signer of it is found', async () => {
  const bytes = await signEnvelope(type, body, [ann, bob]);
  assert.equal(fromUtf8(bytes), canonicalJson(JSON.parse(fromUtf8(bytes))));
  const envelope = parseEnvelope(bytes);
  assert.ok(envelope.ok);
  const keys = [await keyOf(ann.vkey), await keyOf(bob.vkey)];
  assert.deepEqual(await verifyEnvelope(envelope.value, keys, nodePrimitives, 2), { ok: true, value: keys });
});

test('a threshold counts keys, not signatures', async () => {
  const envelope = parseEnvelope(await signEnvelope(type, body, [ann, ann, ann]));
  assert.ok(envelope.ok);
  const keys = [await keyOf(ann.vkey), await keyOf(bob.vkey)];
  const verdict = await verifyEnvelope(envelope.value, keys, nodePrimitives, 2);
  assert.ok(!verdict.ok && /1 of the 2 trusted keys signed the envelope, 2 must/.test(verdict.reason));
  const twice = await verifyEnvelope(envelope.value, [keys[0] as NoteKey, { ...(keys[0] as NoteKey), name: 'ann again' }], nodePrimitives, 2); // two keys are there
  assert.equal(twice.ok, false, 'one key under two names');
});

test('a key id decides nothing: a stranger who names a trusted key is refused', async () => {
  const stranger = createSigner('ann', new Uint8Array(32).fill(66));
  const envelope = parseEnvelope(await signEnvelope(type, body, [{ ...stranger, keyId: ann.keyId }]));
  assert.ok(envelope.ok);
  assert.equal((await verifyEnvelope(envelope.value, [await keyOf(ann.vkey)], nodePrimitives)).ok, false);
});

test('another type over the same bytes is refused, and so is a threshold of none', async () => {
  const envelope = parseEnvelope(await signEnvelope(type, body, [ann]));
  assert.ok(envelope.ok);
  const keys = [await keyOf(ann.vkey)];
  assert.equal((await verifyEnvelope({ ...envelope.value, payloadType: `${type}2` }, keys, nodePrimitives)).ok, false);
  assert.equal((await verifyEnvelope(envelope.value, keys, nodePrimitives, 0)).ok, false);
});

test('the base64 of addresses, without padding, is read too', () => {
  const envelope = parseEnvelope(toUtf8('{"payload":"_-8","payloadType":"t","signatures":[{"sig":"_w"}]}'));
  assert.ok(envelope.ok);
  assert.deepEqual(envelope.value.payload, Uint8Array.of(0xff, 0xef).with(1, 0xef));
  assert.equal(fromUtf8(formatEnvelope(envelope.value)), '{"payload":"/+8=","payloadType":"t","signatures":[{"keyid":"","sig":"/w=="}]}');
});

const refusals: readonly [string, string | Uint8Array, RegExp][] = [
  ['bytes that are not UTF-8', Uint8Array.of(0xff), /not UTF-8/],
  ['text that is not JSON', '{', /not a JSON object/],
  ['a list', '[]', /not a JSON object/],
  ['no type', '{"payload":"","signatures":[{"sig":"AA=="}]}', /no payloadType/],
  ['an empty type', '{"payloadType":"","payload":"","signatures":[{"sig":"AA=="}]}', /no payloadType/],
  ['a payload that is not base64', '{"payloadType":"t","payload":"!","signatures":[{"sig":"AA=="}]}', /payload of the envelope/],
  ['no payload', '{"payloadType":"t","signatures":[{"sig":"AA=="}]}', /payload of the envelope/],
  ['no signature', '{"payloadType":"t","payload":"","signatures":[]}', /no signature/],
  ['signatures that are no list', '{"payloadType":"t","payload":"","signatures":{}}', /no signature/],
  ['an empty signature', '{"payloadType":"t","payload":"","signatures":[{"sig":""}]}', /signature 0/],
  ['a signature that is null', '{"payloadType":"t","payload":"","signatures":[null]}', /signature 0/],
  ['seventeen signatures', JSON.stringify({ payloadType: 't', payload: '', signatures: Array(17).fill({ sig: 'AA==' }) }), /17 signatures, at most 16/],
];
for (const [name, input, reason] of refusals) {
  test(`an envelope is refused for ${name}`, () => {
    const read = parseEnvelope(typeof input === 'string' ? toUtf8(input) : input);
    assert.ok(!read.ok);
    assert.match(read.reason, reason);
  });
}

test('many payloads become the envelopes that each would become alone, in their order, whatever letters the type and the name have', async () => {
  const payloads = ['', 'a', '本語', 'x'.repeat(1_000)].map((text) => toUtf8(text));
  for (const name of ['ann', '鍵']) {
    const signer = createSigner(name, new Uint8Array(32).fill(1));
    const { signMany: _, ...single } = signer;
    for (const payloadType of [type, '日']) {
      const expected = await Promise.all(payloads.map(async (payload) => fromUtf8(await signEnvelope(payloadType, payload, [signer]))));
      for (const by of [signer, single]) assert.deepEqual((await signEnvelopes(payloadType, payloads, by)).map(fromUtf8), expected);
    }
  }
  assert.deepEqual(await signEnvelopes(type, [], ann), []);
});
