// SPDX-License-Identifier: Apache-2.0
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Schema } from '../../base/schema.ts';

// `format` is a note for readers and clients here: what must hold is said with `pattern` and lengths.
const strict = { strict: true, strictTypes: false, strictRequired: false, validateFormats: false, allErrors: false } as const;
/** Bodies and answers: JSON has types, nothing is coerced, filled in or taken away. */
const exact = new Ajv2020(strict);
/** Path and query are text: "50" becomes 50, and a missing value its default. */
const coercing = new Ajv2020({ ...strict, coerceTypes: true, useDefaults: true });

/** A compiled check of one schema. It returns what is wrong in words, or undefined. `params` and `query` may be changed in place by coercion. */
export type Check = (value: unknown) => string | undefined;

/** Compiles the schema once; `part` decides whether text is coerced. Throws where the schema itself is wrong: that is a mistake of ours. */
export function compileCheck(schema: Schema<unknown>, part: 'body' | 'params' | 'query' | 'response'): Check {
  const validate: ValidateFunction = (part === 'params' || part === 'query' ? coercing : exact).compile(schema);
  return (value) => (validate(value) ? undefined : describe(part, validate.errors?.[0]));
}

function describe(part: string, error: ErrorObject | undefined): string {
  if (error === undefined) return `${part} is not as declared`;
  const place = `${part}${error.instancePath}`;
  const params: Readonly<Record<string, unknown>> = error.params;
  if (error.keyword === 'additionalProperties') return `${place} must not have the member "${String(params['additionalProperty']).slice(0, 80)}"`;
  if (error.keyword === 'enum' && Array.isArray(params['allowedValues'])) return `${place} must be one of ${params['allowedValues'].join(', ')}`;
  return `${place} ${error.message ?? 'is not as declared'}`;
}
