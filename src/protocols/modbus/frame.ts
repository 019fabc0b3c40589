// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { Recognition } from '../protocol.ts';

/** MBAP header (transaction, protocol, length) up to the unit. Source: MODBUS Messaging on TCP/IP V1.0b, section 3.1.3. */
export const headerBytes = 6;
/** The length field counts the unit and the PDU: at least a function code, at most the 253 bytes of a PDU (section 4.1 of V1.1b3). */
export const lengthMin = 2;
export const lengthMax = 254;

/** Bytes after the function code of requests and responses with a fixed size; absent = variable. V1.1b3, section 6. */
const requestSize: readonly (number | undefined)[] = sizes({ 1: 4, 2: 4, 3: 4, 4: 4, 5: 4, 6: 4, 7: 0, 11: 0, 12: 0, 17: 0, 22: 6, 24: 2 });
const responseSize: readonly (number | undefined)[] = sizes({ 5: 4, 6: 4, 7: 1, 11: 4, 15: 4, 16: 4, 22: 6 });
/** Where the byte count stands (offset after the function code) in those of variable size; the count covers the rest. */
const requestCountAt: readonly (number | undefined)[] = sizes({ 15: 4, 16: 4, 20: 0, 21: 0, 23: 8 });
const responseCountAt: readonly (number | undefined)[] = sizes({ 1: 0, 2: 0, 3: 0, 4: 0, 12: 0, 17: 0, 20: 0, 21: 0, 23: 0 });

function sizes(bySize: Readonly<Record<number, number>>): readonly (number | undefined)[] {
  return Array.from({ length: 128 }, (_, code) => bySize[code]);
}

/**
 * Judges by content whether an ADU begins at `start`. Attacker-controlled. `yes`: header and the function's own lengths agree;
 * `maybe`: the header fits and the function is not public, or its lengths disagree (a broken or hostile sender);
 * `wait`: no contradiction yet, too short to tell.
 */
export function recogniseAdu(bytes: Uint8Array, start: number, end: number, fromClient: boolean): Recognition {
  const size = end - start;
  if (size > 2 && bytes[start + 2] !== 0) return 'no';
  if (size > 3 && bytes[start + 3] !== 0) return 'no';
  if (size > 4 && bytes[start + 4] !== 0) return 'no';
  if (size < headerBytes) return 'wait';
  const length = readUint16(bytes, start + 4);
  if (length < lengthMin || length > lengthMax) return 'no';
  if (size < headerBytes + 2) return 'wait';
  const code = bytes[start + 7] as number; // size was checked
  if (code === 0 || code === 0x80) return 'no';
  // The side that opened the connection may still be the one that answers: odd, and worth seeing.
  if (code > 0x80) return length > 4 ? 'no' : fromClient || length !== 3 ? 'maybe' : 'yes';
  return recogniseSize(bytes, start + 8, end, code, length - 2, fromClient);
}

function recogniseSize(bytes: Uint8Array, at: number, end: number, code: number, size: number, fromClient: boolean): Recognition {
  const fixed = (fromClient ? requestSize : responseSize)[code];
  if (fixed !== undefined) return size === fixed ? 'yes' : 'maybe';
  const countAt = (fromClient ? requestCountAt : responseCountAt)[code];
  if (countAt !== undefined) {
    if (size <= countAt) return 'maybe';
    if (at + countAt >= end) return 'wait';
    return size === countAt + 1 + (bytes[at + countAt] as number) ? 'yes' : 'maybe'; // countAt lies before end
  }
  if (code === 8) return size >= 2 && size % 2 === 0 ? 'yes' : 'maybe';
  if (code === 24) return size < 2 ? 'maybe' : at + 2 > end ? 'wait' : size === 2 + readUint16(bytes, at) ? 'yes' : 'maybe';
  if (code === 43) {
    if (size === 0) return 'maybe';
    if (at >= end) return 'wait';
    return bytes[at] === 13 || bytes[at] === 14 ? 'yes' : 'maybe';
  }
  return 'maybe';
}
