// SPDX-License-Identifier: Apache-2.0
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const codeOf = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const sixBitsOf = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value += 1) sixBitsOf[codeOf[value] as number] = value; // codeOf has 64 entries
const padding = 0x3d;
const latin1 = new TextDecoder('latin1');

// Newer engines write and read base64 themselves, ten times faster; the types of ES2024 do not know it yet: members that may be missing.
const nativeWrite = (Uint8Array.prototype as { toBase64?: (this: Uint8Array) => string }).toBase64;
const nativeRead = (Uint8Array as { fromBase64?: (text: string, options: { readonly lastChunkHandling: 'strict' }) => Uint8Array }).fromBase64;

/** Standard base64 with padding. Source: RFC 4648, section 4. */
export function toBase64(bytes: Uint8Array): string {
  return nativeWrite === undefined ? encodeBase64(bytes) : nativeWrite.call(bytes);
}

/**
 * The bytes of a standard, padded base64 text, or undefined when it is not the one text that {@link toBase64} would write for them.
 * attacker-controlled: accepting stray letters or leftover bits would give one signature many texts.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (nativeRead === undefined) return decodeBase64(text);
  try {
    const bytes = nativeRead(text, { lastChunkHandling: 'strict' });
    return text.length === Math.ceil(bytes.length / 3) * 4 ? bytes : undefined; // else it had spaces, which the engine overlooks
  } catch {
    return undefined;
  }
}

/** {@link toBase64} where the engine has none of its own. */
export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    // `as number`: the first byte exists; a missing second or third one counts as 0 and is overwritten by padding below.
    const group = ((bytes[from] as number) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    out[to] = codeOf[group >>> 18] as number;
    out[to + 1] = codeOf[(group >>> 12) & 63] as number;
    out[to + 2] = codeOf[(group >>> 6) & 63] as number;
    out[to + 3] = codeOf[group & 63] as number;
    to += 4;
  }
  const rest = bytes.length % 3;
  if (rest === 1) out[to - 2] = padding;
  if (rest !== 0) out[to - 1] = padding;
  return latin1.decode(out);
}

/** {@link fromBase64} where the engine has none of its own. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padded = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padded);
  const wholeGroups = padded === 0 ? text.length : text.length - 4;
  let to = 0;
  for (let from = 0; from < wholeGroups; from += 4) {
    const group = (readSix(text, from) << 18) | (readSix(text, from + 1) << 12) | (readSix(text, from + 2) << 6) | readSix(text, from + 3);
    if (group < 0) return undefined; // -1 in any place makes the whole negative
    out[to] = group >>> 16;
    out[to + 1] = group >>> 8;
    out[to + 2] = group;
    to += 3;
  }
  if (padded === 0) return out;
  const second = readSix(text, wholeGroups + 1);
  const third = padded === 2 ? 0 : readSix(text, wholeGroups + 2);
  const group = (readSix(text, wholeGroups) << 18) | (second << 12) | (third << 6);
  const leftoverBits = padded === 2 ? second & 15 : third & 3;
  if (group < 0 || leftoverBits !== 0) return undefined;
  out[to] = group >>> 16;
  if (padded === 1) out[to + 1] = group >>> 8;
  return out;
}

/** The six bits of a letter, or -1. */
function readSix(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code < 128 ? (sixBitsOf[code] as number) : -1; // 128 entries
}
