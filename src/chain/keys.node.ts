// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { concatBytes, fromHex, toUtf8 } from '../base/bytes.ts';
import { ShinraiError } from '../base/errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { syncFolder } from './disk.node.ts';
import { sha256Now } from './primitives.node.ts';
import type { Signer } from './primitives.ts';
import { createNoteKey, decodeStrictly, formatKeyId, isKeyName } from './signed-note.ts';
import { createSigningThreads } from './signing-threads.node.ts';

const keyFileBytesMax = 1_000;
/** So many messages at once go to threads of their own; fewer are signed sooner on Node's pool. */
const threadedMin = 32;
/** PKCS#8 up to the 32 secret bytes. Source: RFC 8410, section 7. */
const pkcs8Head = fromHex('302e020100300506032b657004220420') as Uint8Array; // the constant is hexadecimal

/**
 * Makes a new Ed25519 key and writes it to a file that only its owner can read (mode 0600), durable when this resolves.
 * Throws `chain-exists` where the file is already there: a key is never overwritten.
 */
export async function createKeyFile(path: string, name: string): Promise<Signer> {
  if (!isKeyName(name)) throw new ShinraiError('chain-key', `Cannot create a key: found the name "${name}", a name without spaces and "+" is required`);
  const { privateKey } = generateKeyPairSync('ed25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const signer = createSigner(name, secret);
  const text = `PRIVATE+KEY+${formatKeyId(signer)}+${toBase64(concatBytes([Uint8Array.of(1), secret]))}\n`;
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = hasCode(cause, 'EEXIST') ? 'chain-exists' : 'chain-key';
    throw new ShinraiError(code, `Cannot create the key file "${path}": ${code === 'chain-exists' ? 'it exists already' : 'it cannot be written'}`, { cause });
  }
  await syncFolder(dirname(path));
  return signer;
}

/**
 * Opens a key file. Throws `chain-missing` where there is none and `chain-key` where others than its owner may read or change it
 * or where its content is not a signing key of the form `PRIVATE+KEY+name+keyid+base64`.
 */
export async function openKeyFile(path: string): Promise<Signer> {
  let bytes: Uint8Array;
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        const found = (mode & 0o777).toString(8).padStart(4, '0');
        throw new ShinraiError('chain-key', `Cannot open the key file "${path}": its mode is ${found}, 0600 is required`, { hint: `chmod 600 ${path}` });
      }
      if (size > keyFileBytesMax)
        throw new ShinraiError('chain-key', `Cannot open the key file "${path}": it has ${size} bytes, at most ${keyFileBytesMax} are read`);
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof ShinraiError) throw cause;
    throw new ShinraiError(hasCode(cause, 'ENOENT') ? 'chain-missing' : 'chain-key', `Cannot open the key file "${path}": it cannot be read`, { cause });
  }
  const signer = parseSigningKey(decodeStrictly(bytes)?.trimEnd() ?? '');
  if (signer === undefined) throw new ShinraiError('chain-key', `Cannot open the key file "${path}": its content is not a signing key`);
  return signer;
}

/** The signer of a text `PRIVATE+KEY+name+keyid+base64`, or undefined. Source: golang.org/x/mod/sumdb/note, "Signing Notes". */
export function parseSigningKey(text: string): Signer | undefined {
  const parts = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (parts === null) return undefined;
  const [, name = '', idText, base64 = ''] = parts;
  const typed = fromBase64(base64);
  if (typed === undefined || typed.length !== 33 || typed[0] !== 1 || !isKeyName(name)) return undefined;
  const signer = createSigner(name, typed.subarray(1));
  return formatKeyId(signer) === `${name}+${idText}` ? signer : undefined;
}

/** A signer with a key that lives in memory only: for tests and for keys that come from elsewhere. `secret` is the 32-byte seed of RFC 8032. */
export function createSigner(name: string, secret: Uint8Array): Signer {
  const privateKey = createPrivateKey({ key: Buffer.from(concatBytes([pkcs8Head, secret])), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const { vkey, keyId } = createNoteKey(name, publicKey, sha256Now);
  const threads = createSigningThreads(privateKey);
  const signOne = (message: Uint8Array): Promise<Uint8Array> => signInPool(message, privateKey);
  return {
    name,
    vkey,
    keyId,
    sign: signOne,
    signMany: (messages) => (messages.length < threadedMin ? Promise.all(messages.map(signOne)) : threads.sign(messages)),
    close: () => threads.close(),
  };
}

/** On Node's pool, so that the main thread stays free. Each message costs that thread a job of its own. */
function signInPool(message: Uint8Array, privateKey: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(null, message, privateKey, (error, signature) => (error === null ? resolve(signature) : reject(error)));
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The text of a public key file: the key in one word and a newline. */
export function formatVkeyFile(signer: Signer): Uint8Array {
  return toUtf8(`${signer.vkey}\n`);
}
