// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, fromHex, fromUtf8, readUint16, readUint32, toHex, toUtf8, writeUint16, writeUint32, writeUtf8 } from './bytes.ts';
import { createRandom } from './random.ts';

test('numbers are read and written with the highest byte first, and stay without a sign', () => {
  const bytes = Uint8Array.of(0xaa, 0xff, 0xfe, 0xfd, 0xfc, 0xaa);
  assert.equal(readUint16(bytes, 1), 0xfffe);
  assert.equal(readUint32(bytes, 1), 0xfffefdfc);
  const written = new Uint8Array(8).fill(0xaa);
  writeUint16(written, 1, 0x1234);
  writeUint32(written, 3, 0xfedcba98);
  assert.equal(toHex(written), 'aa1234fedcba98aa');
});

test('numbers of any size come back as they were written', (t) => {
  const seed = 16;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, ...Array.from({ length: 1_000 }, () => random.below(2 ** 32))]) {
    const offset = value % 4;
    writeUint32(bytes, offset, value);
    assert.equal(view.getUint32(offset), value);
    assert.equal(readUint32(bytes, offset), value);
    writeUint16(bytes, offset, value);
    assert.equal(view.getUint16(offset), value % 2 ** 16);
    assert.equal(readUint16(bytes, offset), value % 2 ** 16);
  }
});

test('hexadecimal is in lower case, of the whole or of a part', () => {
  const bytes = Uint8Array.of(0x00, 0x0f, 0xa0, 0xff);
  assert.equal(toHex(bytes), '000fa0ff');
  assert.equal(toHex(bytes, 1, 3), '0fa0');
  assert.equal(toHex(bytes, 4), '');
  assert.deepEqual(fromHex('000fA0Ff'), bytes);
  assert.deepEqual(fromHex(''), new Uint8Array(0));
});

for (const [name, value] of [
  ['half a byte', 'abc'],
  ['a letter beyond f', '0g'],
  ['a space', '0 '],
  ['a sign that parseInt would take', '+1'],
  ['a prefix', '0x12'],
  ['a line break at the end', 'ab\n'],
  ['digits of another alphabet', '１２'],
] as const) {
  test(`hexadecimal is refused for ${name}`, () => assert.equal(fromHex(value), undefined));
}

test('parts are put one behind the other into new bytes', () => {
  const part = Uint8Array.of(1, 2);
  const whole = concatBytes([part, new Uint8Array(0), Uint8Array.of(3)]);
  assert.deepEqual(whole, Uint8Array.of(1, 2, 3));
  part[0] = 9;
  assert.equal(whole[0], 1);
  assert.deepEqual(concatBytes([]), new Uint8Array(0));
});

test('texts become UTF-8 and come back', () => {
  assert.equal(toHex(toUtf8('aé日\u{1f600}')), '61c3a9e697a5f09f9880');
  assert.equal(fromUtf8(toUtf8('aé日\u{1f600}')), 'aé日\u{1f600}');
});

test('bytes that are no UTF-8 become the sign for it and never throw', () => {
  assert.equal(fromUtf8(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb');
});

test('a text is written in place, and one that does not fit is a mistake of the caller', () => {
  const bytes = new Uint8Array(5).fill(0x2e);
  assert.equal(writeUtf8(bytes, '日'), 3);
  assert.equal(fromUtf8(bytes), '日..');
  assert.equal(writeUtf8(bytes, ''), 0);
  assert.throws(() => writeUtf8(bytes, '日日'), /Assertion failed/);
});
