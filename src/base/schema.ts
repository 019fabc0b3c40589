// SPDX-License-Identifier: Apache-2.0
/**
 * Nouns and routes are described once, as JSON Schema (2020-12, the dialect of OpenAPI 3.1), with a TypeScript type
 * that is derived from the same description. This file only builds plain schema objects: validation is Ajv's work.
 */
export interface Schema<T> {
  readonly [keyword: string]: unknown;
  /** Carries the type only; never present at run time. */
  readonly $type?: T;
}
export type Static<S> = S extends Schema<infer T> ? T : never;

interface Words {
  readonly description?: string;
  readonly title?: string;
}

export function text(
  words: Words & { readonly minLength?: number; readonly maxLength?: number; readonly pattern?: string; readonly format?: string } = {},
): Schema<string> {
  return { type: 'string', ...words };
}
export function number(words: Words & { readonly minimum?: number; readonly maximum?: number } = {}): Schema<number> {
  return { type: 'number', ...words };
}
export function integer(words: Words & { readonly minimum?: number; readonly maximum?: number; readonly default?: number } = {}): Schema<number> {
  return { type: 'integer', ...words };
}
export function flag(words: Words = {}): Schema<boolean> {
  return { type: 'boolean', ...words };
}
export function oneOf<const V extends string>(values: readonly V[], words: Words = {}): Schema<V> {
  return { type: 'string', enum: values, ...words };
}
export function exactly<const V extends string>(value: V): Schema<V> {
  return { type: 'string', const: value };
}
export function list<T>(items: Schema<T>, words: Words & { readonly maxItems?: number } = {}): Schema<readonly T[]> {
  return { type: 'array', items, ...words };
}
export function record<T>(values: Schema<T>, words: Words = {}): Schema<{ readonly [key: string]: T }> {
  return { type: 'object', additionalProperties: values, ...words };
}
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return { anyOf: [schema, { type: 'null' }] };
}
export function union<A, B, C = never, D = never>(a: Schema<A>, b: Schema<B>, c?: Schema<C>, d?: Schema<D>): Schema<A | B | C | D> {
  return { anyOf: [a, b, c, d].filter((schema) => schema !== undefined) };
}
/** The whole answer as bytes of the route's media type. */
export function bytes(): Schema<Uint8Array> {
  return { type: 'string', format: 'binary' };
}
/** Any JSON value. */
export function anything(words: Words = {}): Schema<unknown> {
  return { ...words };
}

type Members = { readonly [name: string]: Schema<unknown> };
type Wholes<M extends Members, O extends keyof M> = { readonly [K in Exclude<keyof M, O>]: Static<M[K]> } & { readonly [K in O]?: Static<M[K]> };

/**
 * An object with exactly these members: unknown ones are refused. `optional` names the members that may be missing.
 * @example const point = object('Point', { x: number(), y: number(), label: text() }, ['label']);
 */
export function object<const M extends Members, const O extends keyof M & string = never>(
  title: string,
  members: M,
  optional: readonly O[] = [],
): Schema<Wholes<M, O>> {
  const missing: readonly string[] = optional;
  return {
    title,
    type: 'object',
    properties: members,
    required: Object.keys(members).filter((name) => !missing.includes(name)),
    additionalProperties: false,
  };
}
