// SPDX-License-Identifier: Apache-2.0
import { integer, list, nullable, object, type Schema, type Static, text } from '../../base/schema.ts';

/** Parameters of a path with one id. */
export const idParams = object('IdParams', { id: text({ minLength: 1, maxLength: 120, pattern: '^[A-Za-z0-9._:-]+$' }) });

/** Every list is paged: newest first, `before` is the `next` of the page before. */
export const pageQuery = { limit: integer({ minimum: 1, maximum: 500, default: 50 }), before: text({ maxLength: 120 }) } as const;
export const PageQuery = object('PageQuery', pageQuery, ['limit', 'before']);

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}
/** The schema of a page of items. `title` names it in the OpenAPI document. */
export function pageOf<T>(title: string, item: Schema<T>): Schema<Page<T>> {
  // `Static` of this object is exactly Page<T>; inference does not see through the generic.
  return object(title, { items: list(item), next: nullable(text()), total: integer() }) as Schema<unknown> as Schema<Page<T>>;
}
export type PageQuery = Static<typeof PageQuery>;
