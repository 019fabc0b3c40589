// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';

/**
 * The closed list of this room.
 * packets-disk: the disk refused; packets-damaged: a segment file is not what was written; packets-limit: more was asked for than
 * a named limit allows; packets-gone: none of the packets is kept any more; packets-pin: the name is not allowed or taken.
 */
export type PacketsErrorCode = 'packets-disk' | 'packets-damaged' | 'packets-limit' | 'packets-gone' | 'packets-pin';

/** The one way to make an error of this room: the compiler checks the code. */
export function packetsError(code: PacketsErrorCode, message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}): ShinraiError {
  return new ShinraiError(code, message, options);
}

/** Runs a piece of work with the disk, and tells its failure in this room's words. */
export async function onDisk<T>(attempt: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ShinraiError) throw cause;
    throw packetsError('packets-disk', `Cannot ${attempt}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
