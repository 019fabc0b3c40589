// SPDX-License-Identifier: Apache-2.0
import { family } from './flow-key.ts';

/** Dotted form of an IPv4 address held in one 32-bit word. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Canonical text of an IPv6 address held in four 32-bit words. Source: RFC 5952, section 4. */
export function ipv6Text(w0: number, w1: number, w2: number, w3: number): string {
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${ipv4Text(w3)}`;
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (bestStart < 0) return hex(0, 8);
  return `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`;
}

/** `00:1b:1b:01:02:03` of a hardware address held in 32 + 16 bits. */
export function macText(high: number, low: number): string {
  const digits = (high >>> 0).toString(16).padStart(8, '0') + (low & 0xffff).toString(16).padStart(4, '0');
  return digits.replace(/(..)(?!$)/g, '$1:');
}

/** Text of the endpoint whose four words start at `at`. */
export function endpointText(kind: number, words: Int32Array, at: number): string {
  const w0 = words[at] as number; // rows are within their columns
  const w1 = words[at + 1] as number;
  if (kind === family.ipv4) return ipv4Text(w0);
  if (kind === family.ipv6) return ipv6Text(w0, w1, words[at + 2] as number, words[at + 3] as number);
  return macText(w0, w1);
}

/** Multicast and broadcast addresses of each family. Sources: RFC 5771, RFC 4291 section 2.7, IEEE 802 group bit. */
export function isGroupAddress(kind: number, word: number): boolean {
  if (kind === family.ipv4) return word >>> 28 === 14 || word === -1;
  if (kind === family.ipv6) return word >>> 24 === 0xff;
  return ((word >>> 24) & 1) === 1;
}
