// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { toHex } from '../../base/bytes.ts';
import { type ClientHello, extensionTypes, isGrease } from './hello.ts';

/**
 * The JA4 fingerprint of a TLS client over TCP, e.g. `t13d1516h2_8daaf6152771_e5627efa2ab1`: the same program gives the
 * same text whatever the order of its ciphers and extensions. Only this part of JA4+ is free to use.
 * Source: FoxIO, JA4 technical details (BSD-3-Clause), "JA4: TLS Client Fingerprint".
 */
export function fingerprintClient(hello: ClientHello): string {
  const ciphers = hello.ciphers.filter((cipher) => !isGrease(cipher));
  const extensions = hello.extensions.filter((type) => !isGrease(type));
  const isNamed = extensions.includes(extensionTypes.serverName);
  const head = `t${versionCode(hello)}${isNamed ? 'd' : 'i'}${twoDigits(ciphers.length)}${twoDigits(extensions.length)}${alpnCode(hello.alpn[0])}`;
  const sorted = ciphers.map(toHex4).sort().join(',');
  // Server name and application protocol depend on the target, not on the program.
  const kept = extensions.filter((type) => type !== extensionTypes.serverName && type !== extensionTypes.alpn);
  const algorithms = hello.signatureAlgorithms.filter((algorithm) => !isGrease(algorithm)).map(toHex4);
  const tail = kept.map(toHex4).sort().join(',') + (algorithms.length > 0 ? `_${algorithms.join(',')}` : '');
  return `${head}_${digest(ciphers.length > 0, sorted)}_${digest(extensions.length > 0, tail)}`;
}

const versionCodes: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

function versionCode(hello: ClientHello): string {
  const offered = hello.versions.filter((version) => !isGrease(version));
  return versionCodes.get(offered.length > 0 ? Math.max(...offered) : hello.legacyVersion) ?? '00';
}

function twoDigits(count: number): string {
  return Math.min(count, 99).toString().padStart(2, '0');
}

/** First and last letter of the first protocol; of its hexadecimal form when either is no ASCII letter or digit; 00 without one. */
function alpnCode(name: Uint8Array | undefined): string {
  if (name === undefined || name.length === 0) return '00';
  // `as number`: the name is not empty.
  const first = name[0] as number;
  const last = name[name.length - 1] as number;
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  const hex = toHex(name);
  return `${hex.charAt(0)}${hex.charAt(hex.length - 1)}`;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function toHex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function digest(hasAny: boolean, text: string): string {
  return hasAny ? createHash('sha256').update(text).digest('hex').slice(0, 12) : '000000000000';
}
