// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../base/bytes.ts';
import { hex } from './fixture.ts';
import { cutText, formatIpv4, formatIpv6, formatMac, indexOfByte, textCharactersMax, textOf } from './wire-text.ts';

const show = (bytes: Uint8Array): string => textOf(bytes, 0, bytes.length);

test('texts from the wire keep safe letters and escape everything else', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['ASCII', 'PLC 1_a~', 'PLC 1_a~'],
    ['a backslash, so that escapes cannot be forged', 'a\\x41', 'a\\x5cx41'],
    ['terminal codes and line breaks', '\u001b[2J\r\n', '\\x1b[2J\\x0d\\x0a'],
    ['Japanese', '操作端末ー１号'.normalize('NFKC'), '操作端末ー1号'],
    ['Latin letters with marks', 'Zürich', 'Zürich'],
    ['Cyrillic letters that look Latin', 'рlс', '\\xd1\\x80l\\xd1\\x81'],
    ['full-width letters', 'ＰＬＣ', '\\xef\\xbc\\xb0\\xef\\xbc\\xac\\xef\\xbc\\xa3'],
    ['reversed text', '\u202eabc', '\\xe2\\x80\\xaeabc'],
    ['invisible space', 'a\u200bb', 'a\\xe2\\x80\\x8bb'],
  ];
  for (const [what, text, expected] of cases) assert.equal(show(toUtf8(text)), expected, what);
  assert.equal(show(hex('ff41c0')), '\\xffA\\xc0', 'bytes that are no UTF-8');
});

test('texts are cut at 256 characters, never inside a character', () => {
  assert.equal(show(toUtf8('x'.repeat(1000))).length, textCharactersMax);
  assert.equal(show(new Uint8Array(1000)).length, textCharactersMax);
  // U+20000 is a letter of Han that counts two.
  const cut = show(toUtf8(`a${'\u{20000}'.repeat(200)}`));
  assert.ok(cut.isWellFormed());
  assert.equal(cut.length, textCharactersMax - 1);
  assert.equal(cutText('ab\u{20000}', 3), 'ab');
  assert.equal(cutText('ab\u{20000}', 4), 'ab\u{20000}');
});

test('addresses are written in their one canonical form', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['fe800000000000000000000000000000', 'fe80::'],
  ];
  for (const [bytes, expected] of cases) assert.equal(formatIpv6(hex(bytes), 0), expected);
  assert.equal(formatIpv4(hex('000a0102ff'), 1), '10.1.2.255');
  assert.equal(formatMac(hex('00020000abcdef'), 1), '02:00:00:ab:cd:ef');
});

test('a byte is looked for inside the range only', () => {
  assert.equal(indexOfByte(hex('0a000a'), 0x0a, 1, 2), -1);
  assert.equal(indexOfByte(hex('0a000a'), 0x0a, 1, 3), 2);
});
