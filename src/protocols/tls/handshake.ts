// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import { isRecordHeader, recordHeaderBytes, recordTypes } from './record.ts';

/** A hello that is longer is refused: the largest honest ones (post-quantum keys) have about 2 KB. */
const helloBytesMax = 32_768;
const messageHeaderBytes = 4;

/** The first handshake message of the record at `at`, put together from as many records as it spans. */
export type Gathered =
  | {
      readonly kind: 'message';
      /** 1 = ClientHello, 2 = ServerHello … RFC 8446, section 4. */
      readonly type: number;
      /** The body lies in [start, end) of bytes: of the piece's own, or of a copy where it spans records. */
      readonly bytes: Uint8Array;
      readonly start: number;
      readonly end: number;
      /** Where the record in which it ended ends: a receiver takes records as a whole, and so do we. */
      readonly next: number;
    }
  | { readonly kind: 'wait' }
  | { readonly kind: 'broken' };

/**
 * Nothing is kept between calls: until the message is there in full the answer is `wait`, and the driver offers the bytes
 * again. Attacker-controlled. `broken`: another kind of record in between, or a message longer than a hello can be.
 * Source: RFC 8446, section 5.1.
 */
export function gatherHandshake(bytes: Uint8Array, at: number, end: number): Gathered {
  if (end - at < recordHeaderBytes + messageHeaderBytes) return { kind: 'wait' };
  const first = at + recordHeaderBytes;
  const firstBytes = readUint16(bytes, at + 3);
  // A message header that is itself cut over records is no honest hello.
  if (firstBytes < messageHeaderBytes) return { kind: 'broken' };
  // `as number`: the header is there.
  const type = bytes[first] as number;
  const size = ((bytes[first + 1] as number) << 16) | readUint16(bytes, first + 2);
  if (size > helloBytesMax) return { kind: 'broken' };
  const total = messageHeaderBytes + size;
  if (total <= firstBytes) {
    const next = first + firstBytes;
    if (next > end) return { kind: 'wait' };
    return { kind: 'message', type, bytes, start: first + messageHeaderBytes, end: first + total, next };
  }
  return gatherRecords(bytes, at, end, type, total);
}

function gatherRecords(bytes: Uint8Array, at: number, end: number, type: number, total: number): Gathered {
  const whole = new Uint8Array(total);
  let used = 0;
  let offset = at;
  while (used < total) {
    if (end - offset < recordHeaderBytes) return { kind: 'wait' };
    if (!isRecordHeader(bytes, offset) || bytes[offset] !== recordTypes.handshake) return { kind: 'broken' };
    const recordBytes = readUint16(bytes, offset + 3);
    const taken = Math.min(recordBytes, total - used);
    const start = offset + recordHeaderBytes;
    if (start + recordBytes > end) return { kind: 'wait' };
    whole.set(bytes.subarray(start, start + taken), used);
    used += taken;
    offset = start + recordBytes;
  }
  return { kind: 'message', type, bytes: whole, start: messageHeaderBytes, end: total, next: offset };
}
