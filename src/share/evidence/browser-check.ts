// SPDX-License-Identifier: Apache-2.0
import type { Primitives } from '../../chain/primitives.ts';
import type { ProofVerdict } from '../../chain/proof.ts';
import { checkEvidenceProof, splitVkeys } from './proof-check.ts';

/**
 * Checks a proof file in the page itself, with WebCrypto and without asking any server: the answer does not depend on who served the log.
 * `trustedVkey` is the key that the reader has from elsewhere. Never throws; a browser without Ed25519 gives a verdict that says so
 * by a failed `checkpoint`.
 */
export function checkProofInBrowser(text: string, trustedVkey?: string): Promise<ProofVerdict> {
  return checkEvidenceProof(text, splitVkeys(trustedVkey), webPrimitives);
}

/** The checks of the chain with WebCrypto. Source: Web Cryptography Level 2, Ed25519. */
const webPrimitives: Primitives = {
  sha256: async (bytes) => new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', copy(bytes))),
  verifyEd25519: async (publicKey, message, signature) => {
    try {
      const key = await globalThis.crypto.subtle.importKey('raw', copy(publicKey), { name: 'Ed25519' }, false, ['verify']);
      return await globalThis.crypto.subtle.verify({ name: 'Ed25519' }, key, copy(signature), copy(message));
    } catch {
      return false; // not a key, not a signature, or a browser that has no Ed25519
    }
  },
};

/** WebCrypto takes bytes that are not shared with other threads; a copy never is. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
