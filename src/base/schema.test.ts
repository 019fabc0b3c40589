// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anything, bytes, exactly, flag, integer, list, nullable, number, object, oneOf, record, type Schema, type Static, text, union } from './schema.ts';

/** Both types accept just what the other one does. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

const Point = object('Point', { x: number(), y: number({ minimum: 0 }), label: text({ maxLength: 10 }), kind: oneOf(['pump', 'valve']) }, ['label']);
type Point = Static<typeof Point>;

const forms: readonly [string, Schema<unknown>, unknown][] = [
  ['a text', text({ minLength: 1, pattern: '^a', description: 'd' }), { type: 'string', minLength: 1, pattern: '^a', description: 'd' }],
  ['a number', number({ minimum: 0, maximum: 1 }), { type: 'number', minimum: 0, maximum: 1 }],
  ['a whole number', integer({ default: 5 }), { type: 'integer', default: 5 }],
  ['a flag', flag({ title: 't' }), { type: 'boolean', title: 't' }],
  ['one of some words', oneOf(['a', 'b'], { description: 'd' }), { type: 'string', enum: ['a', 'b'], description: 'd' }],
  ['exactly one word', exactly('finding'), { type: 'string', const: 'finding' }],
  ['a list', list(integer(), { maxItems: 3 }), { type: 'array', items: { type: 'integer' }, maxItems: 3 }],
  ['a record of any names', record(flag()), { type: 'object', additionalProperties: { type: 'boolean' } }],
  ['a value or null', nullable(text()), { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  ['one of two forms', union(text(), number()), { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  [
    'one of four forms',
    union(text(), number(), flag(), exactly('x')),
    { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'string', const: 'x' }] },
  ],
  ['raw bytes', bytes(), { type: 'string', format: 'binary' }],
  ['anything', anything({ description: 'd' }), { description: 'd' }],
  [
    'an object that refuses unknown members and requires all but the optional ones',
    Point,
    {
      title: 'Point',
      type: 'object',
      properties: {
        x: { type: 'number' },
        y: { type: 'number', minimum: 0 },
        label: { type: 'string', maxLength: 10 },
        kind: { type: 'string', enum: ['pump', 'valve'] },
      },
      required: ['x', 'y', 'kind'],
      additionalProperties: false,
    },
  ],
  [
    'an object in which nothing is optional',
    object('One', { a: flag() }),
    { title: 'One', type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'], additionalProperties: false },
  ],
];
for (const [name, schema, expected] of forms) {
  test(`${name} is plain JSON Schema, with no trace of the type`, () => {
    assert.deepEqual(schema, expected);
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), expected);
  });
}

test('types follow from the schemas (judged by the compiler)', () => {
  const right: Same<Point, { readonly x: number; readonly y: number; readonly kind: 'pump' | 'valve'; readonly label?: string }> = true;
  const nested = object('Nested', { at: Point, all: list(Point), named: record(integer()), maybe: nullable(oneOf(['a'])), raw: bytes(), any: anything() });
  type Nested = Static<typeof nested>;
  const all: readonly true[] = [
    right,
    true satisfies Same<Nested['at'], Point>,
    true satisfies Same<Nested['all'], readonly Point[]>,
    true satisfies Same<Nested['named'], { readonly [name: string]: number }>,
    true satisfies Same<Nested['maybe'], 'a' | null>,
    true satisfies Same<Nested['raw'], Uint8Array>,
    true satisfies Same<Static<Schema<unknown>>, unknown>,
    true satisfies Same<Static<ReturnType<typeof union<string, number>>>, string | number>,
  ];
  assert.ok(all.every((one) => one));

  const point: Point = { x: 1, y: 2, kind: 'pump' };
  assert.equal(point.label, undefined);
  // @ts-expect-error x is required
  const withoutX = { y: 2, kind: 'pump' } satisfies Point;
  // @ts-expect-error tank is no kind
  const otherKind = { x: 1, y: 2, kind: 'tank' } satisfies Point;
  // @ts-expect-error z is unknown
  const unknownMember = { x: 1, y: 2, kind: 'pump', z: 3 } satisfies Point;
  // @ts-expect-error what a schema describes is read only
  const change = (some: Point): unknown => (some.x = 5);
  // @ts-expect-error only members can be optional
  object('Wrong', { a: flag() }, ['b']);
  assert.equal([withoutX, otherKind, unknownMember, change].length, 4);
});
