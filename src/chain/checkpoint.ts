// SPDX-License-Identifier: Apache-2.0
import { accept, assert, type Read, refuse } from '../base/errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { hashBytes } from './merkle.ts';

/** What a log says of itself: so many entries, with this root over them. */
export interface Checkpoint {
  /** Name of the log. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The text of a checkpoint, to be signed as a note. Source: C2SP tlog-checkpoint, "Note text". */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  assert(isOrigin(origin) && Number.isSafeInteger(size) && size >= 0 && root.length === hashBytes, 'a checkpoint has an origin, a size and a root');
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads the text of a checkpoint. attacker-controlled: refuses missing lines, an empty origin, sizes with leading zeros or above
 * 2^53 - 1, roots of other than 32 bytes, and empty extension lines; extension lines are otherwise ignored, as nobody can audit them.
 * Source: C2SP tlog-checkpoint, "Note text".
 */
export function parseCheckpoint(text: string): Read<Checkpoint> {
  if (!text.endsWith('\n')) return refuse(text.length, 'the checkpoint does not end with a newline');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin === '') return refuse(0, 'the checkpoint has no origin');
  const sizeAt = origin.length + 1;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(sizeText) || !Number.isSafeInteger(Number(sizeText))) {
    return refuse(sizeAt, `the checkpoint has the size "${sizeText}", a decimal number up to 2^53 - 1 is required`);
  }
  const rootAt = sizeAt + sizeText.length + 1;
  const root = fromBase64(rootText);
  if (root?.length !== hashBytes) return refuse(rootAt, `the root of the checkpoint is not ${hashBytes} bytes of base64`);
  if (extensions.includes('')) return refuse(rootAt + rootText.length + 1, 'the checkpoint has an empty extension line');
  return accept({ origin, size: Number(sizeText), root });
}

/**
 * Whether a log of ours may have this name: visible characters without space, at most 200. Without spaces no checkpoint text can
 * be taken for the signed form of an envelope, which begins with "DSSEv1 ": one key may therefore sign both.
 */
export function isOrigin(origin: string): boolean {
  return /^[!-*,-~]{1,200}$/.test(origin);
}
