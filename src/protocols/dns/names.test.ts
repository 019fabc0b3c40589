// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, toUtf8 } from '../../base/bytes.ts';
import { hex } from '../fixture.ts';
import { broken, cut, readName } from './names.ts';

/** A message of 12 header bytes and what is given; the name is read at offset `at`. */
function read(body: string, at = 12): { readonly name: string; readonly next: number } {
  const bytes = hex(`${'00'.repeat(12)}${body}`);
  return readName(bytes, 0, at, bytes.length);
}

test('names are read plain and compressed, in lower case, with unsafe letters escaped', () => {
  const cases: readonly (readonly [string, string, number, string, number])[] = [
    ['plain', '0141 0262 63 00', 12, 'a.bc', 18],
    ['root', '00', 12, '.', 13],
    ['pointer', '0161 00 0162 c00c', 15, 'b.a', 19],
    ['a pointer alone', '0161 00 c00c', 15, 'a', 17],
    ['a dot inside a label', '03612e62 00', 12, 'a\\.b', 17],
    ['a control byte', '021b41 00', 12, '\\027a', 16],
    ['Japanese in UTF-8', `06${toHex(toUtf8('工場'))}00`, 12, '工場', 20],
  ];
  for (const [what, body, at, name, next] of cases) assert.deepEqual(read(body, at), { name, next }, what);
});

test('names that cannot be are refused, those that end early are cut', () => {
  const cases: readonly (readonly [string, string, number, number])[] = [
    ['a pointer to itself', 'c00c', 12, broken],
    ['a pointer forwards', 'c010 0000 0161 00', 12, broken],
    ['a pointer back into its own name', '0161 c00c', 12, broken],
    ['a reserved label type', '4161 00', 12, broken],
    ['more than 255 octets', `${`3f${'61'.repeat(63)}`.repeat(4)}00`, 12, broken],
    ['no end', '0161', 12, cut],
    ['half a label', '0361', 12, cut],
    ['half a pointer', 'c0', 12, cut],
  ];
  for (const [what, body, at, next] of cases) assert.deepEqual(read(body, at), { name: '', next }, what);
});

test('a chain of pointers is followed 32 steps, each further back, and no further', () => {
  const chain = Array.from({ length: 60 }, (_, index) => (index === 0 ? '0000' : `c0${(12 + (index - 1) * 2).toString(16).padStart(2, '0')}`)).join('');
  assert.equal(read(chain, 12 + 32 * 2).name, '.');
  assert.equal(read(chain, 12 + 33 * 2).next, broken);
});
