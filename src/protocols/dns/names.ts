// SPDX-License-Identifier: Apache-2.0
import { wordsOf } from '../wire-text.ts';

/** A name has at most 255 octets on the wire, a label 63. RFC 1035, section 2.3.4. */
const nameBytesMax = 255;
const labelBytesMax = 63;
/** Honest names need one or two pointers; without this limit one packet could cost millions of steps. */
const pointersMax = 32;

export interface NameRead {
  /** Lower case, without the last dot; `.` for the root; '' when it could not be read. */
  readonly name: string;
  /** Offset of what follows the name where it stands, or why it could not be read. */
  readonly next: number;
}
export const cut = -1;
export const broken = -2;

/**
 * Reads a domain name at `at` of the message in [start, end). Attacker-controlled: compression pointers must lead
 * backwards, each further than the one before, so that a loop is impossible, and are few; the name ends at 255 octets.
 * `next` is {@link cut} when the message ends inside the name, {@link broken} when the name breaks a rule.
 * Letters are lower-cased because names are equal regardless of case (RFC 4343) and resolvers play with it.
 * Source: RFC 1035, sections 3.1 and 4.1.4.
 */
export function readName(bytes: Uint8Array, start: number, at: number, end: number): NameRead {
  let name = '';
  let offset = at;
  let lowest = at;
  let next = -1;
  let size = 0;
  let pointers = 0;
  for (;;) {
    if (offset >= end) return { name: '', next: cut };
    const length = bytes[offset] as number; // offset < end
    if (length === 0) return { name: name === '' ? '.' : name, next: next < 0 ? offset + 1 : next };
    if (length >= 0xc0) {
      if (offset + 1 >= end) return { name: '', next: cut };
      const target = start + (((length & 0x3f) << 8) | (bytes[offset + 1] as number)); // offset + 1 < end
      pointers += 1;
      if (target >= lowest || pointers > pointersMax) return { name: '', next: broken };
      if (next < 0) next = offset + 2;
      lowest = target;
      offset = target;
      continue;
    }
    size += length + 1;
    if (length > labelBytesMax || size > nameBytesMax) return { name: '', next: broken };
    if (offset + 1 + length > end) return { name: '', next: cut };
    if (name !== '') name += '.';
    name += labelOf(bytes, offset + 1, offset + 1 + length);
    offset += 1 + length;
  }
}

/** Printable ASCII as it is, dots and backslashes inside a label escaped as in RFC 1035 section 5.1, other bytes as \DDD. */
function labelOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let offset = start; offset < end; offset += 1) {
    const byte = bytes[offset] as number; // inside [start, end)
    if (byte >= 0x80) {
      // Multicast names are UTF-8 (RFC 6762, section 16).
      const words = wordsOf(bytes.subarray(start, end));
      if (words !== undefined) return words.toLowerCase().replaceAll('.', '\\.').replaceAll(' ', '\\032');
    }
    text += letters[byte] as string; // a byte has an entry
  }
  return text;
}
const letters: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  if (byte <= 0x20 || byte >= 0x7f) return `\\${byte.toString().padStart(3, '0')}`;
  return String.fromCharCode(byte).toLowerCase();
});
