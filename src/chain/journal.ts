// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint32, writeUint32 } from '../base/bytes.ts';
import { isEqual } from './merkle.ts';
import type { Sha256Now } from './primitives.ts';
import { parseBundle } from './tiles.ts';

/**
 * The journal holds what was acknowledged but is not in tiles under a signed checkpoint yet. It is a sequence of groups, each made
 * durable by one sync: `SHJ1`, index of the first entry (8 bytes), number of entries (4), bytes of the entries (4), SHA-256 of this head
 * and the entries (32), then the entries behind 16-bit lengths as in a bundle.
 */
export interface JournalGroup {
  readonly first: number;
  readonly entries: readonly Uint8Array[];
  /** The entries with their lengths, as in a bundle. */
  readonly bundle: Uint8Array;
}

/** How a journal ends: cleanly, in a group that was not finished when the writer died, or in damage that a dying writer cannot leave. */
export interface JournalRead {
  readonly groups: readonly JournalGroup[];
  /** Bytes up to the end of the last whole group. */
  readonly wholeBytes: number;
  readonly end: 'clean' | 'unfinished' | 'damaged';
}

const magic = 0x53484a31; // SHJ1
const headBytes = 20;
const sumBytes = 32;

/** One group as it is appended to the journal. The caller ensures that `bundle` holds exactly `count` entries behind their lengths. */
export function formatJournalGroup(first: number, count: number, bundle: Uint8Array, sha256: Sha256Now): Uint8Array {
  const head = new Uint8Array(headBytes);
  writeUint32(head, 0, magic);
  writeUint32(head, 4, Math.floor(first / 2 ** 32));
  writeUint32(head, 8, first % 2 ** 32);
  writeUint32(head, 12, count);
  writeUint32(head, 16, bundle.length);
  return concatBytes([head, sha256(concatBytes([head, bundle])), bundle]);
}

/**
 * The groups of a journal file in order. A whole group after the first bad byte means damage: a writer adds a group only when the one
 * before is durable, so that dying can spoil nothing but the end.
 */
export function readJournal(bytes: Uint8Array, sha256: Sha256Now): JournalRead {
  const groups: JournalGroup[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const read = readGroup(bytes, offset, sha256);
    if (read === undefined) return { groups, wholeBytes: offset, end: hasGroupAfter(bytes, offset, sha256) ? 'damaged' : 'unfinished' };
    groups.push(read.group);
    offset = read.end;
  }
  return { groups, wholeBytes: offset, end: 'clean' };
}

function readGroup(bytes: Uint8Array, offset: number, sha256: Sha256Now): { readonly group: JournalGroup; readonly end: number } | undefined {
  const bundleAt = offset + headBytes + sumBytes;
  if (bundleAt > bytes.length || readUint32(bytes, offset) !== magic) return undefined;
  const end = bundleAt + readUint32(bytes, offset + 16);
  if (end > bytes.length) return undefined;
  const bundle = bytes.subarray(bundleAt, end);
  const sum = sha256(concatBytes([bytes.subarray(offset, offset + headBytes), bundle]));
  if (!isEqual(sum, bytes.subarray(offset + headBytes, bundleAt))) return undefined;
  const entries = parseBundle(bundle, readUint32(bytes, offset + 12));
  if (!entries.ok) return undefined;
  return { group: { first: readUint32(bytes, offset + 4) * 2 ** 32 + readUint32(bytes, offset + 8), entries: entries.value, bundle }, end };
}

function hasGroupAfter(bytes: Uint8Array, offset: number, sha256: Sha256Now): boolean {
  for (let at = offset + 1; at + headBytes + sumBytes <= bytes.length; at += 1) {
    if (bytes[at] === 0x53 && readUint32(bytes, at) === magic && readGroup(bytes, at, sha256) !== undefined) return true;
  }
  return false;
}

/** Name of the journal file whose first group begins at this entry. */
export function formatJournalName(first: number): string {
  return String(first).padStart(16, '0');
}
/** The first entry of a journal file, or undefined for other names. */
export function parseJournalName(name: string): number | undefined {
  return /^[0-9]{16}$/.test(name) && Number.isSafeInteger(Number(name)) ? Number(name) : undefined;
}
