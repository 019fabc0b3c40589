// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { ShinraiError } from '../base/errors.ts';

/** For `.catch`: says which file could not be read or written, and why. Raises ShinraiError `file`. */
export function fileFailure(verb: 'read' | 'write', path: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof ShinraiError) throw cause; // what was to be written could not be made
    throw new ShinraiError('file', `Cannot ${verb} "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  };
}

/** The text of a file that a person named. */
export function readTextFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(fileFailure('read', path));
}

/** Writes a file that a person named. With `isNew` it must not be there yet: nothing is overwritten. */
export function writeTextFile(path: string, content: string, isNew = false): Promise<void> {
  return writeFile(path, content, isNew ? { flag: 'wx' } : {}).catch(fileFailure('write', path));
}
