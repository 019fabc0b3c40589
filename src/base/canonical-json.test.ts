// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needsShared, sharedPath } from '../../test/shared.ts';
import { toHex, toUtf8 } from './bytes.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { createRandom, type Random } from './random.ts';

test('the example of RFC 8785, section 3.2.2, is written as it says', () => {
  const input =
    '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], ' +
    '"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}';
  assert.equal(
    canonicalJson(JSON.parse(input)),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('every vector of the RFC 8785 test data is written byte for byte', { skip: needsShared('trust/jcs-rfc8785') }, () => {
  const folder = sharedPath('trust/jcs-rfc8785') ?? '';
  const names = readdirSync(`${folder}/input`);
  for (const name of names) {
    const written = canonicalJson(JSON.parse(readFileSync(`${folder}/input/${name}`, 'utf8')));
    const expected = readFileSync(`${folder}/outhex/${name.replace('.json', '.txt')}`, 'latin1').replaceAll(/\s/g, '');
    assert.equal(toHex(toUtf8(written)), expected, name);
    assert.equal(written, readFileSync(`${folder}/output/${name}`, 'utf8'), name);
  }
  assert.ok(names.length >= 4);
});

// IEEE 754 bits and what they are written as. Source: RFC 8785, appendix B.
for (const [bits, expected] of [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const) {
  test(`the number ${bits} is written as ${expected}`, () => {
    assert.equal(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), expected);
  });
}

const manyNames = `{${Array.from({ length: 40 }, (_, place) => `"${`n${place}`.padEnd(4, '_')}":0`)
  .sort()
  .join(',')}}`;
const written: readonly [string, Json, string][] = [
  ['names in order of code units, not of characters', { '\ufb33': 1, '\u{1f600}': 2, a: 3, '': 4 }, '{"":4,"a":3,"\u{1f600}":2,"\ufb33":1}'],
  ['names that look like numbers as texts', { 10: 1, 9: 2, '-1': 3 }, '{"-1":3,"10":1,"9":2}'],
  ['a name that begins another one first', { ab: 1, a: 2 }, '{"a":2,"ab":1}'],
  [
    'names with digits in front among others',
    { a: { '1a': 1, '!': 2, '01': 3, 4294967295: 4 }, b: [{ 2: 1, 10: 2 }] },
    '{"a":{"!":2,"01":3,"1a":1,"4294967295":4},"b":[{"10":2,"2":1}]}',
  ],
  ['many names in order', Object.fromEntries(Array.from({ length: 40 }, (_, place) => [`n${(place * 7) % 40}`.padEnd(4, '_'), 0])), manyNames],
  ['the name __proto__ like any other', JSON.parse('{"b":1,"__proto__":{"x":2}}'), '{"__proto__":{"x":2},"b":1}'],
  ['nothing for a member that is undefined', { b: undefined, a: 1, c: undefined }, '{"a":1}'],
  ['nothing but braces for an object of undefined members', { a: undefined }, '{}'],
  ['empty lists and objects', [[], {}, ''], '[[],{},""]'],
  ['a text alone', 'x', '"x"'],
  ['an escape in a name', { '"\n': 1 }, '{"\\"\\n":1}'],
  ['control characters in their short form where there is one', '\b\t\n\f\r\u0000\u001f\u007f', '"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f"'],
  ['line and paragraph separators as they are', '\u2028\u2029', '"\u2028\u2029"'],
];
for (const [name, value, expected] of written) {
  test(`canonical JSON has ${name}`, () => assert.equal(canonicalJson(value), expected));
}

const nest = (depth: number): Json => (depth === 0 ? 1 : [nest(depth - 1)]);
const refusals: readonly [string, Json, RegExp][] = [
  ['not a number', Number.NaN, /found NaN, a finite number is required/],
  ['infinity inside a list', [1, Number.NEGATIVE_INFINITY], /found -Infinity/],
  ['a lone surrogate in a text', { a: 'x\ud800' }, /lone surrogate/],
  ['a lone surrogate in a name', { '\udc00': 1 }, /lone surrogate/],
  ['surrogates in the wrong order', '\udc00\ud800', /lone surrogate/],
  ['lists nested 65 deep', nest(65), /deeper than 64/],
  ['a lone surrogate beside a name that looks like a number', { 1: 'x\ud800' }, /lone surrogate/],
  ['undefined in a list', [undefined] as unknown as Json, /found undefined/], // what the types forbid
  ['a big integer', 1n as unknown as Json, /found bigint/], // as above
];
for (const [name, value, reason] of refusals) {
  test(`canonical JSON refuses ${name}`, () => assert.throws(() => canonicalJson(value), reason));
}

test('lists nested 64 deep are written', () => {
  assert.equal(canonicalJson(nest(64)), `${'['.repeat(64)}1${']'.repeat(64)}`);
});

test('whatever was written means the same, is written the same again, and does not depend on the order of the names', (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 8_785);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let round = 0; round < 3_000; round += 1) {
    const value = randomJson(random, 0);
    const text = canonicalJson(value);
    const again: Json = JSON.parse(text);
    assert.deepEqual(again, JSON.parse(JSON.stringify(value)), `seed ${seed}, round ${round}`);
    assert.equal(text, writePlainly(value), `seed ${seed}, round ${round}`);
    assert.equal(canonicalJson(again), text, `seed ${seed}, round ${round}`);
    assert.equal(canonicalJson(turnNames(value)), text, `seed ${seed}, round ${round}`);
    assert.doesNotMatch(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, ''), /\s/, `seed ${seed}, round ${round}`);
  }
});

const namePieces = ['a', 'B', '0', '10', '_', '"', '\n', '\u0001', 'é', '日', '\u{1f600}', '\ufb33'];
// Not in names: the JSON.parse of V8 14.6 takes the name "a\n" for "a\\" when an object read before had that one in the same place.
const textPieces = [...namePieces, '\\'];
function randomText(random: Random, pieces: readonly string[]): string {
  return Array.from({ length: random.below(4) }, () => pieces[random.below(pieces.length)]).join('');
}
function randomJson(random: Random, depth: number): Json {
  const choice = random.below(depth > 4 ? 4 : 7);
  if (choice === 0) return random.below(3) - 1;
  if (choice === 1) return (random.next() - 0.5) * 10 ** random.below(40);
  if (choice === 2) return randomText(random, textPieces);
  if (choice === 3) return [null, true, false][random.below(3)] ?? null;
  if (choice === 4) return Array.from({ length: random.below(5) }, () => randomJson(random, depth + 1));
  return Object.fromEntries(Array.from({ length: random.below(6) }, () => [randomText(random, namePieces), randomJson(random, depth + 1)]));
}
/** RFC 8785 word for word, as short as it can be said. */
function writePlainly(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(writePlainly).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writePlainly(member ?? null)}`).join(',')}}`;
}
function turnNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(turnNames);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]): [string, Json] => [name, turnNames(member ?? null)]),
  );
}
