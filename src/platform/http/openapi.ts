// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { assert } from '../../base/errors.ts';
import { integer, object, type Schema, text } from '../../base/schema.ts';
import type { RouteDeclaration } from './route.ts';

/** What every refusal answers, as `application/problem+json`. Source: RFC 9457, section 3. */
export const ProblemDetails = object('ProblemDetails', {
  type: text({ description: 'about:blank: `code` says which problem it is.' }),
  title: text(),
  status: integer(),
  detail: text({ description: 'For people: what was attempted, what was found, what is required.' }),
  code: text({ description: 'For programs: from a closed list.' }),
  requestId: text({ description: 'Finds the line in the log.' }),
});

type Plain = { readonly [key: string]: unknown };

/**
 * The OpenAPI 3.1 document of the routes, as plain data. Schemas with a title become components, so that the console's
 * client has one type for each noun. Asserts that no two different schemas have the same title and no two routes the same name.
 */
export function buildOpenApi(routes: readonly RouteDeclaration[], about: { readonly version: string }): Plain {
  const components = new Map<string, { readonly schema: Plain; readonly source: unknown }>();
  const paths: Record<string, Record<string, Plain>> = {};
  const names = new Set<string>();
  const problem = hoist(ProblemDetails, components);
  for (const route of routes) {
    assert(!names.has(route.name), `the route name "${route.name}" is used once`);
    names.add(route.name);
    const operations = paths[route.path] ?? {};
    paths[route.path] = operations;
    const method = route.method.toLowerCase();
    assert(operations[method] === undefined, `${route.method} ${route.path} is declared once`);
    operations[method] = operationOf(route, components, problem);
  }
  const schemas = Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)).map(([title, { schema }]) => [title, schema]));
  return {
    openapi: '3.1.0',
    info: { title: 'Shinrai', version: about.version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'shinrai_session', description: 'Other methods than GET also need the header x-shinrai-csrf.' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

type Components = Map<string, { readonly schema: Plain; readonly source: unknown }>;

function operationOf(route: RouteDeclaration, components: Components, problem: unknown): Plain {
  const tag = /^\/api\/([^/]+)/.exec(route.path)?.[1];
  const parameters = [...parametersOf(route.params, 'path', components), ...parametersOf(route.query, 'query', components)];
  const success =
    route.response === undefined && route.media === undefined
      ? { 204: { description: 'Done.' } }
      : {
          200: {
            description: 'Success.',
            content: { [route.media ?? 'application/json']: { schema: route.response ? hoist(route.response, components) : {} } },
          },
        };
  return {
    operationId: route.name,
    summary: route.summary,
    ...(tag === undefined ? {} : { tags: [tag] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: hoist(route.body, components) } } } }),
    responses: { ...success, default: { description: 'Refused.', content: { 'application/problem+json': { schema: problem } } } },
    security: route.access === 'anyone' ? [] : [{ session: [] }, { token: [] }],
    'x-shinrai-access': route.access,
  };
}

function parametersOf(schema: Schema<unknown> | undefined, place: 'path' | 'query', components: Components): Plain[] {
  if (schema === undefined) return [];
  const properties = schema['properties'];
  const required = schema['required'];
  assert(isPlain(properties) && Array.isArray(required), `${place} parameters are declared as an object`);
  return Object.entries(properties).map(([name, member]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: hoist(member, components),
  }));
}

/** Replaces each schema that has a title, at any depth, by a reference to its component. */
function hoist(source: unknown, components: Components): unknown {
  if (Array.isArray(source)) return source.map((item) => hoist(item, components));
  if (!isPlain(source)) return source;
  const title = source['title'];
  const isNoun = typeof title === 'string' && source['type'] === 'object';
  if (!isNoun) return hoistMembers(source, components);
  const known = components.get(title);
  assert(known === undefined || isDeepStrictEqual(known.source, source), `the title "${title}" names one schema only`);
  if (known === undefined) components.set(title, { schema: hoistMembers(source, components), source });
  return { $ref: `#/components/schemas/${title}` };
}

function hoistMembers(source: Plain, components: Components): Plain {
  // `const`, `enum`, `default` hold values, not schemas.
  const isValue = (key: string): boolean => key === 'const' || key === 'enum' || key === 'default';
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, isValue(key) ? value : hoist(value, components)]));
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
