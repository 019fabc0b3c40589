// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSubject } from './subject.ts';

const cases: readonly (readonly [string, string, boolean])[] = [
  ['a', 'a', true],
  ['a', 'b', false],
  ['a.b', 'a', false],
  ['a', 'a.b', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a', false],
  ['a.*', 'a.b.c', false],
  ['*.b', 'a.b', true],
  ['*.*', 'a.b', true],
  ['*', 'a', true],
  ['a.>', 'a.b', true],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['>', 'a.b.c', true],
  ['a.*.>', 'a.b', false],
  ['a.*.>', 'a.b.c', true],
];
for (const [pattern, subject, expected] of cases) {
  test(`${pattern} ${expected ? 'takes' : 'does not take'} ${subject}`, () => {
    assert.equal(compileSubject(pattern)(subject), expected);
  });
}
