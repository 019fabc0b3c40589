// SPDX-License-Identifier: Apache-2.0
import { assert } from './errors.ts';

/** Reads big-endian numbers; the caller has checked the length (out of range reads give garbage, never an exception). */
export function readUint16(bytes: Uint8Array, offset: number): number {
  // `as number`: the caller has checked that offset + 2 lies inside.
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** Reads a big-endian 32-bit number as 0 … 4,294,967,295; the caller has checked the length. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return ((readUint16(bytes, offset) << 16) | readUint16(bytes, offset + 2)) >>> 0;
}

export function writeUint16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = (value >>> 8) & 0xff;
  bytes[offset + 1] = value & 0xff;
}

export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  writeUint16(bytes, offset, (value >>> 16) & 0xffff);
  writeUint16(bytes, offset + 2, value & 0xffff);
}

const hexOf: readonly string[] = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal of the bytes in [start, end). */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let offset = start; offset < end; offset += 1) text += hexOf[bytes[offset] as number] as string; // a byte has an entry
  return text;
}

/** The bytes of a hexadecimal text, or undefined when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
/** Writes the text as UTF-8 at the start of the bytes, which the caller has made large enough for it, and returns how many it took. */
export function writeUtf8(bytes: Uint8Array, text: string): number {
  const { read, written } = encoder.encodeInto(text, bytes);
  assert(read === text.length, 'a text fits where it is written');
  return written;
}
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
