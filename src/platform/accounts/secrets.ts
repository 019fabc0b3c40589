// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { accept, type Read, refuse } from '../../base/errors.ts';

/** A secret that is shown once and that nobody can guess: 256 bits as base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret. One SHA-256 is enough, as 256 random bits cannot be searched; a password needs more (password.ts). */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The CSRF value of a session follows from its cookie, so that it need not be stored; it does not lead back to the cookie. */
export function csrfOf(sessionSecret: string): string {
  return createHash('sha256').update('shinrai csrf 1\0').update(sessionSecret).digest('base64url');
}

/** Encrypts small secrets (of authenticator apps) that must be read again. `context` binds the box to its row: moved elsewhere it does not open. */
export interface Vault {
  seal(plain: Uint8Array, context: string): string;
  /** Refuses a box that was changed, was sealed with another key or for another context. */
  open(box: string, context: string): Read<Uint8Array>;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM with a random nonce. `key` has at least 32 bytes; fewer than 2^32 boxes are sealed with it. Source: NIST SP 800-38D, section 8.3. */
export function createVault(key: Uint8Array): Vault {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'shinrai accounts vault 1', 32));
  return {
    seal: (plain, context) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', derived, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open: (box, context) => {
      const bytes = Buffer.from(box, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return refuse(bytes.length, 'the sealed secret is too short');
      const decipher = createDecipheriv('aes-256-gcm', derived, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        return accept(new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])));
      } catch {
        return refuse(nonceBytes, 'the sealed secret was changed, or is of another account or key');
      }
    },
  };
}
