// SPDX-License-Identifier: Apache-2.0
import { concatBytes, toUtf8 } from '../base/bytes.ts';

// Small parts that the generators of fixtures put messages together from.

/** A text as its bytes in UTF-8. */
export function ascii(text: string): Uint8Array {
  return toUtf8(text);
}
/** The numbers as one byte each. */
export function uint8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}
/** The numbers as two bytes each, big-endian. */
export function uint16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >>> 8) & 0xff, value & 0xff]));
}
/** The numbers as four bytes each, big-endian. */
export function uint32(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]));
}
/** The parts with their joint size before them, in so many bytes. */
export function sized(sizeBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  return concatBytes([uint32(body.length).subarray(4 - sizeBytes), body]);
}
