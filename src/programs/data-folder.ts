// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandInput, Option } from './command.ts';
import { places } from './site/places.ts';

export const dataOption: Readonly<Record<string, Option>> = {
  data: { kind: 'text', value: 'FOLDER', help: 'folder of the site; SHINRAI_DATA or ./shinrai-data where missing' },
};

/** The folder of the site that a command works on. */
export function dataFolder(input: CommandInput): string {
  return input.text('data') ?? process.env['SHINRAI_DATA'] ?? join(process.cwd(), 'shinrai-data');
}

/** A log folder is given as it is, or as the folder of a site. */
export function evidenceFolder(path: string): string {
  const inside = join(path, places.evidence);
  return existsSync(inside) ? inside : path;
}
