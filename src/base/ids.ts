// SPDX-License-Identifier: Apache-2.0
import { hash, randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u

/** First letters of ids, so that a person and `shinrai trace` see what an id names. */
export const idKinds = {
  finding: 'fnd',
  incident: 'inc',
  response: 'rsp',
  evidence: 'evd',
  asset: 'ast',
  account: 'acc',
  token: 'tok',
  session: 'ses',
} as const;
export type IdKind = keyof typeof idKinds;

/**
 * The id of a record that is made of other data: equal content gives an equal id on every machine, so that the same
 * capture judged twice gives the same findings. 80 bits of SHA-256 over the canonical JSON, e.g. `fnd-8h2k…` (16 characters).
 */
export function idOf(kind: IdKind, content: Json): string {
  return `${idKinds[kind]}-${toBase32(Buffer.from(hash('sha256', canonicalJson(content), 'latin1'), 'latin1'), 16)}`;
}

/** A new id that nobody can guess (accounts, sessions, tokens): 125 bits of randomness. */
export function newId(kind: IdKind): string {
  return `${idKinds[kind]}-${toBase32(randomBytes(16), 25)}`;
}

function toBase32(bytes: Uint8Array, length: number): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
    }
  }
  return text;
}
