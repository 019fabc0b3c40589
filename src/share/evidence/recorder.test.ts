// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8 } from '../../base/bytes.ts';
import { createSigner } from '../../chain/keys.node.ts';
import { hashTextNow } from '../../chain/primitives.node.ts';
import type { Signer } from '../../chain/primitives.ts';
import { formatStatement } from '../../chain/statement.ts';
import { EvidenceIndex } from './evidence-index.ts';
import { createRecorder, draftStatement, type Recorder, type RecordItem } from './recorder.ts';

const signer = createSigner('plant.example/evidence', new Uint8Array(32).fill(3));
const { signMany: _, close: __, ...signerOfOne } = signer;
const item = (id: string, more: Partial<RecordItem> = {}): RecordItem => ({
  about: 'finding',
  id,
  atMs: 1_000,
  from: ['capture:a'],
  record: { id, text: 'é "x"' },
  summary: `Summary of ${id}`,
  ...more,
});
const tooLarge = item('too-large', { from: Array(200).fill('f'.repeat(400)) });

/** A recorder over a log in memory that keeps what a log on disk would. */
function createTestRecorder(by: Signer): { readonly recorder: Recorder; readonly logged: Uint8Array[]; readonly index: EvidenceIndex } {
  const logged: Uint8Array[] = [];
  const index = new EvidenceIndex();
  const log = {
    origin: 'plant.example/evidence',
    append: async (entries: readonly Uint8Array[]) => {
      const first = logged.length;
      logged.push(...entries);
      await new Promise((resolve) => setImmediate(resolve));
      return first;
    },
  };
  return { recorder: createRecorder({ log, detached: { put: async () => {} }, index, signer: by, hashText: hashTextNow }), logged, index };
}

const drafted: readonly [string, Partial<RecordItem>][] = [
  ['a record of an object', {}],
  ['a record of a list', { record: [1, { b: 2, a: 1 }] }],
  ['a record of a text', { record: 'a "quoted" text' }],
  ['names that need escapes', { id: 'a"b\\c\n', from: ['\u0001', '日本'], summary: 'line\nbreak' }],
  ['pinned files', { digests: [{ name: 'pinned/a.pcap', sha256: 'ab'.repeat(32) }] }],
  ['nothing that it was made of', { from: [] }],
  ['a summary that is cut inside a character', { summary: `${'x'.repeat(499)}\u{1f600}` }],
  ['a record that stays outside, with packets', { record: { packets: [3, 4, 5], fill: 'x'.repeat(60_000) } }],
  ['a record that stays outside, without packets', { record: 'x'.repeat(60_000) }],
];
for (const [name, more] of drafted) {
  test(`a statement drafted with ${name} is byte for byte its canonical form`, () => {
    const draft = draftStatement(item('fnd-1', more), hashTextNow);
    assert.equal(fromUtf8(draft.payload), fromUtf8(formatStatement(draft.statement)));
  });
}

test('entries are the same, and in the order of the items, whether the signer takes one message or many', async () => {
  const items = Array.from({ length: 300 }, (_value, place) => item(`fnd-${place}`));
  const many = createTestRecorder(signer);
  const single = createTestRecorder(signerOfOne);
  const added = await many.recorder.record(items);
  await single.recorder.record(items);
  assert.deepEqual(many.logged, single.logged);
  assert.deepEqual(
    added.map((entry) => [entry.index, entry.name]),
    items.map(({ id }, place) => [place, id]),
  );
  await signer.close?.();
});

test('a call that fails early lets no later call overtake an earlier one', async () => {
  const slow: Signer = {
    ...signerOfOne,
    sign: async (message) => {
      if (fromUtf8(message).includes('"slow"')) await new Promise((resolve) => setTimeout(resolve, 20));
      return signer.sign(message);
    },
  };
  const { recorder, index } = createTestRecorder(slow);
  const calls = await Promise.allSettled([recorder.record([item('slow')]), recorder.record([tooLarge]), recorder.record([item('last')])]);
  assert.deepEqual(
    calls.map((call) => call.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(
    index.search({}).map((entry) => entry.name),
    ['last', 'slow'],
  );
});

test('of a call that the signer fails nothing is recorded, whatever else was signed of it, and the next call is', async () => {
  const failing: Signer = {
    ...signerOfOne,
    signMany: (messages) =>
      messages.some((message) => fromUtf8(message).includes('"fnd-250"'))
        ? Promise.reject(new Error('the key is gone'))
        : Promise.all(messages.map(signer.sign)),
  };
  const { recorder, logged } = createTestRecorder(failing);
  await assert.rejects(recorder.record(Array.from({ length: 400 }, (_value, place) => item(`fnd-${place}`))), /the key is gone/);
  assert.equal(logged.length, 0);
  assert.deepEqual(
    (await recorder.record([item('next')])).map((entry) => [entry.index, entry.name]),
    [[0, 'next']],
  );
});

test('one item that fits no entry refuses its whole call by name', async () => {
  const { recorder, logged } = createTestRecorder(signerOfOne);
  const items = [...Array.from({ length: 200 }, (_value, place) => item(`fnd-${place}`)), tooLarge];
  await assert.rejects(recorder.record(items), /Cannot record "too-large": its ids and files take \d+ bytes, at most 48500 are allowed/);
  assert.equal(logged.length, 0);
});

const mistakes: readonly [string, Partial<RecordItem>][] = [
  ['no id', { id: '' }],
  ['no time', { atMs: Number.NaN }],
  ['a pinned file without its hash', { digests: [{ name: 'a', sha256: 'short' }] }],
];
for (const [name, more] of mistakes) {
  test(`an item with ${name} is a mistake of the caller`, async () => {
    await assert.rejects(createTestRecorder(signerOfOne).recorder.record([item('fnd-1', more)]), /Assertion failed/);
  });
}
