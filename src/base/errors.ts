// SPDX-License-Identifier: Apache-2.0
/**
 * An error of the world (disk, network, peer, wrong use), with a code from the closed list of the room that raises it.
 * Bytes from outside never raise this: their readers return a {@link Refusal}.
 */
export class ShinraiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ShinraiError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The command line was used wrongly: exit code 2. */
export class UsageError extends ShinraiError {
  constructor(message: string, hint?: string) {
    super('usage', message, hint === undefined ? {} : { hint });
    this.name = 'UsageError';
  }
}

/** Why bytes from outside were not accepted: the offset in bytes from the start of the input, and the reason in words. */
export interface Refusal {
  readonly ok: false;
  readonly offset: number;
  readonly reason: string;
}

/** What a reader of outside bytes returns: never an exception. */
export type Read<T> = { readonly ok: true; readonly value: T } | Refusal;

export function refuse(offset: number, reason: string): Refusal {
  return { ok: false, offset, reason };
}

export function accept<T>(value: T): Read<T> {
  return { ok: true, value };
}

/** Stops the room when a promise of our own code is broken; never for input from outside. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}

/** Makes a `switch` over a tagged union exhaustive: a missing case is a type error. */
export function unreachable(value: never): never {
  throw new Error(`Assertion failed: unexpected case ${JSON.stringify(value)}`);
}
