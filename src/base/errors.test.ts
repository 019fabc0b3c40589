// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accept, assert as assertOurs, type Read, refuse, ShinraiError, UsageError, unreachable } from './errors.ts';

test('an error of the world has its code, its hint and its cause', () => {
  const cause = new Error('disk is full');
  const error = new ShinraiError('chain-failed', 'Cannot write', { cause, hint: 'free the disk' });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.name, error.code, error.message, error.hint, error.cause], ['ShinraiError', 'chain-failed', 'Cannot write', 'free the disk', cause]);
});

test('an error without a cause has none, not an undefined one', () => {
  const error = new ShinraiError('x', 'y');
  assert.equal('cause' in error, false);
  assert.equal(error.hint, undefined);
});

test('wrong use is an error of the world with a code of its own', () => {
  const error = new UsageError('Unknown word', 'shinrai --help');
  assert.ok(error instanceof ShinraiError);
  assert.deepEqual([error.name, error.code, error.hint], ['UsageError', 'usage', 'shinrai --help']);
  assert.equal(new UsageError('Unknown word').hint, undefined);
});

test('a reader of outside bytes answers with a value or with the offset and the reason', () => {
  const answers: readonly Read<number>[] = [accept(5), refuse(12, 'the length is 0')];
  assert.deepEqual(answers, [
    { ok: true, value: 5 },
    { ok: false, offset: 12, reason: 'the length is 0' },
  ]);
});

test('a broken promise of our own code stops with its words, a kept one does not', () => {
  assertOurs(1, 'one is true');
  for (const broken of [false, 0, '', null, undefined, Number.NaN]) assert.throws(() => assertOurs(broken, 'it holds'), /^Error: Assertion failed: it holds$/);
});

test('a case that no type allows stops with the case', () => {
  assert.throws(() => unreachable('fourth' as never), /unexpected case "fourth"/); // as if it came from outside of the types
});
