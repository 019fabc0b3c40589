// SPDX-License-Identifier: Apache-2.0
import { textOf } from '../wire-text.ts';
import { Cursor } from './cursor.ts';

export interface ClientHello {
  /** The version field of the hello itself: 0x0303 in all since TLS 1.2. */
  readonly legacyVersion: number;
  readonly ciphers: readonly number[];
  /** Extension types in their order. */
  readonly extensions: readonly number[];
  /** From the extension 43; empty before TLS 1.3. */
  readonly versions: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** Names of the application protocols offered, as bytes. */
  readonly alpn: readonly Uint8Array[];
  /** '' when the extension is absent. */
  readonly serverName: string;
  readonly isMalformed: boolean;
}

/** Extension types that are read. RFC 6066, 8446, 7301. */
export const extensionTypes = { serverName: 0, signatureAlgorithms: 13, alpn: 16, supportedVersions: 43 } as const;

/** RFC 8701: values that a client sends only so that servers learn to ignore what they do not know. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/** Reads the body of a ClientHello in [start, end). Attacker-controlled; what could be read stands in the answer. RFC 8446, section 4.1.2. */
export function readClientHello(bytes: Uint8Array, start: number, end: number): ClientHello {
  const cursor = new Cursor(bytes, start, end);
  const legacyVersion = cursor.take16();
  cursor.skip(32); // random
  cursor.takeVector(1); // session
  const ciphers = readNumbers(cursor.takeVector(2));
  cursor.takeVector(1); // compression
  const found = { versions: [] as number[], signatureAlgorithms: [] as number[], alpn: [] as Uint8Array[], serverName: '' };
  const extensions: number[] = [];
  let isBroken = false;
  // TLS 1.0 clients may end here.
  const list = cursor.hasMore ? cursor.takeVector(2) : new Cursor(bytes, end, end);
  while (list.hasMore) {
    const type = list.take16();
    const content = list.takeVector(2);
    if (list.isBroken) break;
    extensions.push(type);
    if (type === extensionTypes.serverName) found.serverName = readServerName(content);
    else if (type === extensionTypes.supportedVersions) found.versions = readNumbers(content.takeVector(1));
    else if (type === extensionTypes.signatureAlgorithms) found.signatureAlgorithms = readNumbers(content.takeVector(2));
    else if (type === extensionTypes.alpn) found.alpn = readNames(content.takeVector(2));
    isBroken ||= content.isBroken;
  }
  return { legacyVersion, ciphers, extensions, ...found, isMalformed: isBroken || cursor.isBroken || list.isBroken };
}

export interface ServerHello {
  readonly version: number;
  readonly cipher: number;
  readonly alpn: string;
  /** It asks for another ClientHello (RFC 8446, section 4.1.4). */
  readonly isRetry: boolean;
  readonly isMalformed: boolean;
}

/** SHA-256 of "HelloRetryRequest" begins so; it stands in place of the random. */
const retryRandom: readonly number[] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];

/** Reads the body of a ServerHello in [start, end). Attacker-controlled. RFC 8446, section 4.1.3. */
export function readServerHello(bytes: Uint8Array, start: number, end: number): ServerHello {
  const cursor = new Cursor(bytes, start, end);
  let version = cursor.take16();
  const isRetry = retryRandom.every((byte, index) => bytes[cursor.at + index] === byte);
  cursor.skip(32);
  cursor.takeVector(1);
  const cipher = cursor.take16();
  cursor.take8();
  let alpn = '';
  const list = cursor.hasMore ? cursor.takeVector(2) : new Cursor(bytes, end, end);
  while (list.hasMore) {
    const type = list.take16();
    const content = list.takeVector(2);
    if (list.isBroken) break;
    if (type === extensionTypes.supportedVersions) version = content.take16();
    else if (type === extensionTypes.alpn) alpn = readNames(content.takeVector(2)).map(formatName)[0] ?? '';
  }
  return { version, cipher, alpn, isRetry: isRetry && !cursor.isBroken, isMalformed: cursor.isBroken || list.isBroken };
}

/** An application protocol name as a safe text. */
export function formatName(name: Uint8Array): string {
  return textOf(name, 0, name.length);
}

function readNumbers(vector: Cursor): number[] {
  const numbers: number[] = [];
  while (vector.end - vector.at >= 2) numbers.push(vector.take16());
  return numbers;
}

function readNames(vector: Cursor): Uint8Array[] {
  const names: Uint8Array[] = [];
  while (vector.hasMore) {
    const name = vector.takeVector(1);
    if (!vector.isBroken) names.push(vector.bytes.slice(name.at, name.end));
  }
  return names;
}

/** The first host name of the list. RFC 6066, section 3. */
function readServerName(content: Cursor): string {
  const list = content.takeVector(2);
  const type = list.take8();
  const name = list.takeVector(2);
  return type === 0 && !list.isBroken ? textOf(name.bytes, name.at, name.end).toLowerCase() : '';
}
