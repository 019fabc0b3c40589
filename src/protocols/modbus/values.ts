// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';

/** Names the range a PDU acts on. */
export function setRange(row: MessageRow, object: string, first: number, count: number): void {
  row.object = object;
  row.objectFirst = first;
  row.objectCount = count;
}

/** Appends `count` bits, lowest of the first byte first, as 0 or 1; the caller has checked that they lie inside. */
export function addBits(bytes: Uint8Array, at: number, count: number, row: MessageRow, out: MessageBatch): void {
  for (let bit = 0; bit < count; bit += 1) {
    // `as number`: the caller has checked the length.
    out.addValue(row, ((bytes[at + (bit >>> 3)] as number) >>> (bit & 7)) & 1);
  }
}

/** Appends the unsigned 16-bit words in [at, end); an odd last byte is left out. */
export function addWords(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): void {
  for (let offset = at; offset + 2 <= end; offset += 2) out.addValue(row, readUint16(bytes, offset));
}

/** Appends the bytes in [at, end) as numbers. */
export function addBytes(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): void {
  for (let offset = at; offset < end; offset += 1) out.addValue(row, bytes[offset] as number); // inside [at, end)
}
