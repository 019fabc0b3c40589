// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A passkey in software that behaves as a browser with a platform authenticator does: ES256, attestation `none`, user verified. */
export interface SoftwareAuthenticator {
  readonly id: string;
  /** As navigator.credentials.create(). */
  register(options: { readonly [name: string]: unknown }): { readonly [name: string]: unknown };
  /** As navigator.credentials.get(). */
  authenticate(options: { readonly [name: string]: unknown }): { readonly [name: string]: unknown };
  /** As after restoring a backup: the counter goes back. */
  rewind(): void;
}

/** Source: WebAuthn level 3, sections 6.1 (authenticator data), 6.5.1 (attested credential data), 5.8.1 (client data). */
export function createSoftwareAuthenticator(place: { readonly origin: string; readonly host: string; readonly isVerified?: boolean }): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const credentialId = randomBytes(32);
  const id = credentialId.toString('base64url');
  let counter = 0;
  let userHandle = '';
  const coseKey = Buffer.concat([map(5), int(1), int(2), int(3), int(-7), int(-1), int(1), int(-2), bytes(fromUrl(x)), int(-3), bytes(fromUrl(y))]);
  const authenticatorData = (flags: number, attested: Uint8Array): Buffer => {
    counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const verified = place.isVerified === false ? 0 : 0x04;
    return Buffer.concat([createHash('sha256').update(place.host).digest(), Buffer.from([flags | 0x01 | verified]), count, attested]);
  };
  const clientData = (type: string, challenge: unknown): Buffer => Buffer.from(JSON.stringify({ type, challenge, origin: place.origin, crossOrigin: false }));
  const envelope = (response: object) => ({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: 'platform', response });
  return {
    id,
    register: (options) => {
      const user = options['user'];
      userHandle = typeof user === 'object' && user !== null && 'id' in user ? String(user.id) : '';
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const data = authenticatorData(0x40, Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey]));
      const attestationObject = Buffer.concat([map(3), word('fmt'), word('none'), word('attStmt'), map(0), word('authData'), bytes(data)]);
      const client = clientData('webauthn.create', options['challenge']);
      return envelope({ clientDataJSON: toUrl(client), attestationObject: toUrl(attestationObject), transports: ['internal'] });
    },
    authenticate: (options) => {
      const client = clientData('webauthn.get', options['challenge']);
      const data = authenticatorData(0, new Uint8Array());
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(client).digest()]), privateKey);
      return envelope({ clientDataJSON: toUrl(client), authenticatorData: toUrl(data), signature: toUrl(signature), userHandle });
    },
    rewind: () => {
      counter = 0;
    },
  };
}

function toUrl(value: Uint8Array): string {
  return Buffer.from(value).toString('base64url');
}
function fromUrl(value: string): Buffer {
  return Buffer.from(value, 'base64url');
}

// As much of CBOR (RFC 8949, section 3) as these structures need.
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  return value < 256 ? Buffer.from([(major << 5) | 24, value]) : Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}
function map(size: number): Buffer {
  return head(5, size);
}
function int(value: number): Buffer {
  return value >= 0 ? head(0, value) : head(1, -1 - value);
}
function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([head(2, value.length), value]);
}
function word(value: string): Buffer {
  return Buffer.concat([head(3, value.length), Buffer.from(value)]);
}
