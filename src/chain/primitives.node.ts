// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import type { Primitives, Sha256Now } from './primitives.ts';

/** SHA-256 by node:crypto, one shot. By way of a text: bytes that come out of `hash` itself have memory of their own, which costs twice as much. */
export const sha256Now: Sha256Now = (bytes) => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

/** SHA-256 of a text in UTF-8, in lower-case hexadecimal. */
export function hashTextNow(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The checks of this folder with node:crypto. Signatures are verified on the thread pool: an audit uses all cores, and nothing else waits. */
export const nodePrimitives: Primitives = {
  sha256: sha256Now,
  verifyEd25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = readPublicKey(publicKey);
    if (key === undefined) return false;
    return new Promise((resolve) => {
      verify(null, message, key, signature, (error, isRight) => resolve(error === null && isRight));
    });
  },
};

/** SubjectPublicKeyInfo up to the key itself. Source: RFC 8410, section 4. */
const spkiHead = fromHex('302a300506032b6570032100') as Uint8Array; // the constant is hexadecimal
/** Reading a key costs as much as verifying with it, and a log has few. */
const keysByHex = new Map<string, KeyObject>();
const keysMax = 64;

function readPublicKey(publicKey: Uint8Array): KeyObject | undefined {
  const name = toHex(publicKey);
  const known = keysByHex.get(name);
  if (known !== undefined) return known;
  try {
    const key = createPublicKey({ key: Buffer.from(concatBytes([spkiHead, publicKey])), format: 'der', type: 'spki' });
    if (keysByHex.size >= keysMax) keysByHex.clear();
    keysByHex.set(name, key);
    return key;
  } catch {
    return undefined; // not a key that OpenSSL accepts: nothing can be signed by it
  }
}
