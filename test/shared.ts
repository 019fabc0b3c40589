// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../shared/data/', import.meta.url);

/** Path of a file of the shared test data (beside the checkout), or undefined where it is not there: skip by name then. */
export function sharedPath(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, root));
  return existsSync(path) ? path : undefined;
}

/** Reason to skip a test, or false: `test('…', { skip: needsShared('ot-traffic') }, …)`. */
export function needsShared(name: string): string | false {
  return sharedPath(name) === undefined ? `needs ../shared/data/${name}` : false;
}
