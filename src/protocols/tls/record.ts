// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';

export const recordHeaderBytes = 5;
export const recordTypes = { changeCipher: 20, alert: 21, handshake: 22, application: 23, heartbeat: 24 } as const;

/** 2^14 bytes of content, and what ciphers of TLS 1.2 and older may add. RFC 5246, section 6.2.3. */
const recordBytesMax = 16_384 + 2048;

/** Whether the five bytes at `at` are the header of a record; they must be there. Attacker-controlled. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  // `as number`: the caller has checked that five bytes are there.
  const type = bytes[at] as number;
  const size = readUint16(bytes, at + 3);
  return type >= 20 && type <= 24 && bytes[at + 1] === 3 && (bytes[at + 2] as number) <= 4 && size <= recordBytesMax && (size > 0 || type === 23);
}
