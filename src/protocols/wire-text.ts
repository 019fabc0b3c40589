// SPDX-License-Identifier: Apache-2.0
import { toHex } from '../base/bytes.ts';

/** Texts of messages are cut at this length (see MessageRow). */
export const textCharactersMax = 256;

/**
 * The bytes in [start, end) as a text that is safe to show, log and store, at most 256 characters: printable ASCII as it is,
 * valid UTF-8 where its letters are Latin, Japanese, Chinese or Korean, every other byte as `\xNN`. Attacker-controlled:
 * without the escapes a name could carry terminal codes, line breaks, reversed text or look-alike letters of other scripts
 * into logs and pages. The caller must ensure that the range lies inside.
 */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  const last = Math.min(end, start + wireBytesMax);
  for (let offset = start; offset < last; offset += 1) {
    if ((bytes[offset] as number) >= 0x80) return wordsOf(bytes.subarray(start, last)) ?? escapeAll(bytes, start, last); // inside [start, end)
  }
  return escapeAll(bytes, start, last);
}

/** The text of valid UTF-8 in safe letters; undefined otherwise. */
export function wordsOf(bytes: Uint8Array): string | undefined {
  // What is not UTF-8 becomes U+FFFD, which is no safe letter: a strict decoder would throw, and throwing is slow for who is sent much of it.
  const text = utf8.decode(bytes);
  // A normal form that differs hides letters that look like others (full-width, ligatures).
  return safeWords.test(text) && text === text.normalize('NFKC') ? cutText(text) : undefined;
}

/** At most so many UTF-16 units, and never half a character: that would be no valid JSON text. */
export function cutText(text: string, charactersMax: number = textCharactersMax): string {
  if (text.length <= charactersMax) return text;
  const last = text.charCodeAt(charactersMax - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? charactersMax - 1 : charactersMax);
}

function escapeAll(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let offset = start; offset < end && text.length < textCharactersMax; offset += 1) {
    const byte = bytes[offset] as number; // inside [start, end)
    text += byte >= 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : (escapes[byte] as string); // a byte has an entry
  }
  return text.slice(0, textCharactersMax);
}

/** Four bytes make at most one character of UTF-8 that counts two. */
const wireBytesMax = textCharactersMax * 4;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const safeWords = /^[\x20-\x5b\x5d-\x7e\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3001\u3002\u30fb\u30fc]*$/u;
const escapes: readonly string[] = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

/** Dotted decimal of the four bytes at `at`. */
export function formatIpv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** The sixteen bytes at `at` in the one form of RFC 5952: lower case, the first longest run of two or more zero groups shortened. */
export function formatIpv6(bytes: Uint8Array, at: number): string {
  const groups: string[] = [];
  // `as number`: the caller has checked that sixteen bytes are there.
  for (let index = 0; index < 16; index += 2) groups.push((((bytes[at + index] as number) << 8) | (bytes[at + index + 1] as number)).toString(16));
  let bestStart = -1;
  let bestCount = 1;
  for (let first = 0; first < 8; first += 1) {
    let count = 0;
    while (first + count < 8 && groups[first + count] === '0') count += 1;
    if (count > bestCount) {
      bestStart = first;
      bestCount = count;
    }
  }
  if (bestStart < 0) return groups.join(':');
  return `${groups.slice(0, bestStart).join(':')}::${groups.slice(bestStart + bestCount).join(':')}`;
}

/** `aa:bb:cc:dd:ee:ff` of the six bytes at `at`. */
export function formatMac(bytes: Uint8Array, at: number): string {
  return toHex(bytes, at, at + 6).replace(/(..)(?=.)/g, '$1:');
}

/** Where `value` first stands in [start, end), or -1; unlike `indexOf` it never reads on through the rest of a shared buffer. */
export function indexOfByte(bytes: Uint8Array, value: number, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === value) return at;
  return -1;
}
