// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, fieldAt, hexRows } from './hex-rows.ts';

test('bytes stand in rows of sixteen with their offsets and printable signs', () => {
  const rows = hexRows('000102030405060708090a0b0c0d0e0f4d6f647f');
  assert.deepEqual(
    rows.map((row) => [row.offset, row.bytes.length]),
    [
      [0, 16],
      [16, 4],
    ],
  );
  assert.equal(rows[1]?.bytes.map((byte) => byte.sign).join(''), 'Mod·');
  assert.equal(rows[1]?.bytes[0]?.offset, 16);
});

test('no bytes give no rows, and half a byte is left out', () => {
  assert.deepEqual(hexRows(''), []);
  assert.deepEqual(
    hexRows('4d6')[0]?.bytes.map((byte) => byte.hex),
    ['4d'],
  );
});

test('a span covers its first byte and not the one behind its last', () => {
  assert.deepEqual(
    [3, 4, 5, 6].map((offset) => covers({ offset: 4, length: 2 }, offset)),
    [false, true, true, false],
  );
  assert.equal(covers(null, 0), false);
});

test('pointing at a byte finds the narrowest field that holds it', () => {
  const fields = [
    { name: 'header', offset: 0, length: 20 },
    { name: 'flags', offset: 6, length: 2 },
  ];
  assert.equal(fieldAt(fields, 6)?.name, 'flags');
  assert.equal(fieldAt(fields, 8)?.name, 'header');
  assert.equal(fieldAt(fields, 20), null);
});
