// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idKinds, idOf, newId } from './ids.ts';

// Made with another implementation: the first 80 bits of SHA-256 over the text, in Crockford's base 32.
for (const [content, expected] of [
  [{ a: 1 }, 'fnd-05dbtztwrnx2vpab'],
  ['', 'fnd-2aq35jryr0pg3vd3'],
  [{ b: [1, 2.5], a: '日' }, 'fnd-00pzpgnbg2077xrn'],
] as const) {
  test(`the id of ${JSON.stringify(content)} is ${expected} on every machine`, () => assert.equal(idOf('finding', content), expected));
}

test('equal content has an equal id whatever the order of its names, other content and other kinds have others', () => {
  assert.equal(idOf('asset', { a: 1, b: { c: 2, d: 3 } }), idOf('asset', { b: { d: 3, c: 2 }, a: 1 }));
  assert.equal(new Set([idOf('asset', { a: 1 }), idOf('asset', { a: '1' }), idOf('asset', [{ a: 1 }]), idOf('incident', { a: 1 })]).size, 4);
});

test('every kind of id begins with letters of its own', () => {
  const heads = Object.values(idKinds);
  assert.equal(new Set(heads).size, heads.length);
  for (const head of heads) assert.match(head, /^[a-z]{3}$/);
});

test('new ids have 25 letters without i, l, o and u; none comes twice, and no letter is preferred in any place', () => {
  const count = 20_000;
  const letters = 25;
  const ids = Array.from({ length: count }, () => newId('session'));
  assert.equal(new Set(ids).size, count);
  const seen = Array.from({ length: letters }, () => new Map<string, number>());
  for (const id of ids) {
    assert.match(id, /^ses-[0-9a-hjkmnp-tv-z]{25}$/);
    for (const [place, letter] of [...id.slice(4)].entries()) seen[place]?.set(letter, (seen[place]?.get(letter) ?? 0) + 1);
  }
  // Chi-squared with 31 degrees of freedom: over 90 once in ten million; one lost bit alone would give 20,000.
  for (const [place, counts] of seen.entries()) {
    const expected = count / 32;
    const chiSquared = [...counts.values()].reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0) + (32 - counts.size) * expected;
    assert.ok(chiSquared < 110, `letter ${place}: ${chiSquared}`);
  }
});
