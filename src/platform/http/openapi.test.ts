// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integer, list, nullable, object, text } from '../../base/schema.ts';
import { accountRoutes } from '../accounts/routes.ts';
import { buildOpenApi } from './openapi.ts';
import { PageQuery } from './page.ts';
import { declareRoute, type RouteDeclaration } from './route.ts';
import { watchEvents } from './routes.ts';

const Valve = object('Valve', { id: text(), note: nullable(text()) }, ['note']);
const Plant = object('Plant', { valves: list(Valve), main: Valve });
const getPlant = declareRoute({
  method: 'GET',
  path: '/api/plants/{id}',
  name: 'getPlant',
  summary: 'Get a plant',
  access: ['viewer'],
  params: object('PlantParams', { id: text() }),
  query: PageQuery,
  response: Plant,
});

test('schemas with a title become components, at every depth, once', () => {
  const document = buildOpenApi([getPlant], { version: '1' });
  assert.deepEqual(pick(document, 'components', 'schemas', 'Plant', 'properties'), {
    valves: { type: 'array', items: { $ref: '#/components/schemas/Valve' } },
    main: { $ref: '#/components/schemas/Valve' },
  });
  assert.deepEqual(Object.keys(pick(document, 'components', 'schemas') as object), ['Plant', 'ProblemDetails', 'Valve']);
});

test('parameters say where they are and which are required', () => {
  const operation = pick(buildOpenApi([getPlant], { version: '1' }), 'paths', '/api/plants/{id}', 'get');
  assert.deepEqual(pick(operation, 'parameters'), [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
    { name: 'before', in: 'query', required: false, schema: { type: 'string', maxLength: 120 } },
  ]);
  assert.deepEqual(pick(operation, 'x-shinrai-access'), ['viewer']);
});

test('every reference of the real document leads to a component', () => {
  const document = buildOpenApi([...accountRoutes, watchEvents], { version: '1' });
  const names = Object.keys(pick(document, 'components', 'schemas') as object);
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
  assert.ok(found.length > 30);
  assert.deepEqual(
    found.filter((name) => !names.includes(name)),
    [],
  );
});

const mistakes: readonly (readonly [string, readonly RouteDeclaration[]])[] = [
  ['two different schemas with one title', [getPlant, { ...getPlant, name: 'b', path: '/b', response: object('Valve', { id: integer() }) }]],
  ['two routes with one name', [getPlant, { ...getPlant, path: '/other' }]],
  ['two routes with one method and path', [getPlant, { ...getPlant, name: 'other' }]],
];
for (const [what, routes] of mistakes) {
  test(`${what} are our mistake and stop the build of the document`, () => {
    assert.throws(() => buildOpenApi(routes, { version: '1' }), /Assertion failed/);
  });
}

function pick(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined), value);
}
