// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { formatStatement, parseStatement, parseStatementToList, statementType } from './statement.ts';

const statement = {
  _type: statementType,
  subject: [{ name: 'fnd-1', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'https://example.com/p/v1',
  predicate: { a: 1 },
};
const text = fromUtf8(formatStatement(statement));

test('a statement is read as it was written', () => {
  assert.deepEqual(parseStatement(toUtf8(text)), { ok: true, value: statement });
  assert.deepEqual(parseStatementToList(toUtf8(` ${text}`)), { ok: true, value: statement });
});

const refusals: readonly [string, string | Uint8Array, RegExp][] = [
  ['bytes that are not UTF-8', Uint8Array.of(0xff), /not UTF-8/],
  ['text that is not JSON', 'x', /not a JSON object/],
  ['a space', ` ${text}`, /canonical form/],
  ['a name that occurs twice', text.replace('{"_type"', '{"_type":"x","_type"'), /canonical form/],
  ['a lone surrogate', text.replace('"a":1', '"a":"\\ud800"'), /canonical form/],
  ['depth', text.replace('"a":1', `"a":${'['.repeat(80)}${']'.repeat(80)}`), /canonical form/],
  ['another _type', text.replace('Statement/v1', 'Statement/v0.1'), /_type ".*v0.1"/],
  ['no predicateType', text.replace('https://example.com/p/v1', ''), /no predicateType/],
  ['no subject', fromUtf8(formatStatement({ ...statement, subject: [] })), /not 1 to 1000 subjects/],
  ['a subject without digest', fromUtf8(formatStatement({ ...statement, subject: [{ name: 'x', digest: {} }] })), /subject 0 .* no digest/],
  ['a digest in capitals', fromUtf8(formatStatement({ ...statement, subject: [{ name: 'x', digest: { sha256: 'AB' } }] })), /no digest/],
];
for (const [name, input, reason] of refusals) {
  test(`a statement is refused for ${name}`, () => {
    const read = parseStatement(typeof input === 'string' ? toUtf8(input) : input);
    assert.ok(!read.ok);
    assert.match(read.reason, reason);
  });
}
