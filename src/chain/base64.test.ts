// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../base/random.ts';
import { decodeBase64, encodeBase64, fromBase64, toBase64 } from './base64.ts';

test('base64 agrees with the one of Node for every length up to 300', (t) => {
  const seed = 64;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let length = 0; length <= 300; length += 1) {
    const bytes = Uint8Array.from({ length }, () => random.below(256));
    const text = Buffer.from(bytes).toString('base64');
    assert.equal(toBase64(bytes), text);
    assert.equal(encodeBase64(bytes), text);
    assert.deepEqual(fromBase64(text), bytes);
    assert.deepEqual(decodeBase64(text), bytes);
  }
});

for (const [name, text] of [
  ['a missing padding', 'QQ'],
  ['bits left over behind one byte', 'QR=='],
  ['bits left over behind two bytes', 'QUF='],
  ['padding inside', 'QQ==QQ=='],
  ['a line break', 'QUJD\nQUJ'],
  ['a space too many', 'QUJD '],
  ['spaces that fill a group', 'QUJD    '],
  ['a space inside', 'QU JD'],
  ['the letters for addresses', 'QUJ_'],
  ['letters beyond ASCII', 'QUJ\u0151'],
  ['padding alone', '===='],
  ['three paddings', 'Q==='],
] as const) {
  test(`base64 is refused for ${name}`, () => {
    assert.equal(fromBase64(text), undefined);
    assert.equal(decodeBase64(text), undefined);
  });
}

test('our own reader and that of the engine agree on texts with any letter changed, added or lost', (t) => {
  const seed = 46;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const letters = 'AB+/=-_ \n\0é日';
  for (let round = 0; round < 20_000; round += 1) {
    const text = toBase64(Uint8Array.from({ length: random.below(8) }, () => random.below(256)));
    const place = random.below(text.length + 1);
    const changed = text.slice(0, place) + (letters[random.below(letters.length + 1)] ?? '') + text.slice(place + random.below(2));
    assert.deepEqual(fromBase64(changed), decodeBase64(changed), `seed ${seed}, round ${round}: ${JSON.stringify(changed)}`);
    const bytes = fromBase64(changed);
    if (bytes !== undefined) assert.equal(toBase64(bytes), changed, `seed ${seed}, round ${round}`);
  }
});
