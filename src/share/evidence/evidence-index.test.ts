// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvidenceIndex, searchMax } from './evidence-index.ts';

/** An index of one entry a name, in this order; each entry names `from`. */
function indexOf(names: readonly string[], from: readonly string[] = []): EvidenceIndex {
  const index = new EvidenceIndex();
  for (const [place, name] of names.entries()) {
    index.add({ entry: { id: `evd-${place}`, index: place, atMs: place, about: 'finding', name, from, summary: name }, packets: '', files: [] });
  }
  return index;
}
const places = (index: EvidenceIndex, name: string): readonly number[] => index.about(name).map((entry) => entry.index);

test('everything about a record is found newest first, however much else names it or has a longer name', () => {
  const others = Array.from({ length: 600 }, (_, number) => `inc-${number}`);
  const index = indexOf(['fnd-1', ...others, 'fnd-10', 'fnd-1'], ['fnd-1']);
  assert.deepEqual(places(index, 'fnd-1'), [602, 0]);
  assert.deepEqual(places(index, 'fnd-10'), [601]);
});

test('nothing is about a record that no entry has, nor about an id that is only named', () => {
  assert.deepEqual(places(indexOf(['fnd-1'], ['fnd-2']), 'fnd-2'), []);
  assert.deepEqual(places(indexOf(['fnd-1']), 'evd-0'), []);
});

test('of a record that is said again and again the newest entries are told, up to the limit', () => {
  const index = indexOf(Array.from({ length: searchMax + 50 }, () => 'fnd-1'));
  assert.equal(places(index, 'fnd-1').length, searchMax);
  assert.equal(places(index, 'fnd-1')[0], searchMax + 49);
});
