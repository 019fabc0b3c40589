// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint32, toUtf8, writeUint32 } from '../base/bytes.ts';
import { accept, assert, type Read, refuse } from '../base/errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Primitives, Sha256, Sha256Now, Signer } from './primitives.ts';

/** Largest note that is read, in bytes. */
export const noteBytesMax = 1_000_000;
/** Most signatures that are read; the specification requires at least 16. */
export const noteSignaturesMax = 100;
/** Signature type of plain Ed25519. Source: C2SP signed-note, "Signature types". */
const ed25519Type = 1;
const keyBytes = 32;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}
/** A text and who claims to have signed it: nothing is verified yet. */
export interface Note {
  /** Ends with a newline; the signatures are over its UTF-8 bytes. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}
/** An Ed25519 public key with its name. */
export interface NoteKey {
  readonly name: string;
  readonly keyId: number;
  readonly publicKey: Uint8Array;
  /** The key in one word: `name+keyid+base64`. */
  readonly vkey: string;
}

/**
 * Reads a signed note without verifying it. attacker-controlled: refuses what is not UTF-8, control characters, missing parts,
 * malformed signature lines and more than 100 of them, with the offset in bytes. Source: C2SP signed-note, "Format".
 */
export function parseNote(bytes: Uint8Array): Read<Note> {
  if (bytes.length > noteBytesMax) return refuse(noteBytesMax, `the note has ${bytes.length} bytes, at most ${noteBytesMax} are read`);
  const control = bytes.findIndex((byte) => byte < 0x20 && byte !== 0x0a);
  if (control >= 0) return refuse(control, 'the note has a control character');
  const whole = decodeStrictly(bytes);
  if (whole === undefined) return refuse(0, 'the note is not UTF-8');
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) return refuse(bytes.length, 'the note has no blank line between text and signatures');
  if (!whole.endsWith('\n')) return refuse(bytes.length, 'the note does not end with a newline');
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2, -1);
  let offset = toUtf8(text).length + 1;
  if (lines === '') return refuse(offset, 'the note has no signature');
  const signatures: NoteSignature[] = [];
  for (const line of lines.split('\n')) {
    if (signatures.length === noteSignaturesMax) return refuse(offset, `the note has more than ${noteSignaturesMax} signatures`);
    const signature = parseSignatureLine(line);
    if (typeof signature === 'string') return refuse(offset, signature);
    signatures.push(signature);
    offset += toUtf8(line).length + 1;
  }
  return accept({ text, signatures });
}

function parseSignatureLine(line: string): NoteSignature | string {
  const parts = /^— ([^ ]+) ([^ ]+)$/.exec(line);
  if (parts === null) return 'a signature line is not "— name signature"';
  const [, name = '', base64 = ''] = parts;
  if (!isKeyName(name)) return `a signature has the name "${name}": spaces and "+" are not allowed`;
  const bytes = fromBase64(base64);
  if (bytes === undefined) return 'a signature is not base64';
  if (bytes.length < 5) return `a signature has ${bytes.length} bytes, at least 5 are required`;
  return { name, keyId: readUint32(bytes, 0), signature: bytes.subarray(4) };
}

/** The note in its text form. The caller ensures that the text ends with a newline and holds no other control character. */
export function formatNote(note: Note): string {
  assert(note.text.endsWith('\n') && note.signatures.length > 0, 'a note has a text of whole lines and a signature');
  const lines = note.signatures.map(({ name, keyId, signature }) => {
    const head = new Uint8Array(4);
    writeUint32(head, 0, keyId);
    return `— ${name} ${toBase64(concatBytes([head, signature]))}\n`;
  });
  return `${note.text}\n${lines.join('')}`;
}

/** Signs a text with each signer; returns the note in its text form. The caller ensures that the text ends with a newline. */
export async function signNote(text: string, signers: readonly Signer[]): Promise<string> {
  const message = toUtf8(text);
  const signatures = await Promise.all(signers.map(async ({ name, keyId, sign }) => ({ name, keyId, signature: await sign(message) })));
  return formatNote({ text, signatures });
}

/**
 * The keys that signed the note, each once, in the order of `keys`. Signatures of other keys are ignored; a note with a wrong
 * signature under a known name and id is refused as a whole, and so is one that none of the keys signed.
 * Source: C2SP signed-note, "Signatures".
 */
export async function verifyNote(note: Note, keys: readonly NoteKey[], primitives: Primitives): Promise<Read<readonly NoteKey[]>> {
  const message = toUtf8(note.text);
  const signedBy = new Set<NoteKey>();
  for (const { name, keyId, signature } of note.signatures) {
    for (const key of keys.filter((known) => known.name === name && known.keyId === keyId)) {
      if (!(await primitives.verifyEd25519(key.publicKey, message, signature))) {
        return refuse(message.length + 1, `the signature of "${formatKeyId(key)}" is wrong`);
      }
      signedBy.add(key);
    }
  }
  if (signedBy.size > 0) return accept(keys.filter((key) => signedBy.has(key)));
  const found = note.signatures.map(formatKeyId).join(', ');
  return refuse(message.length + 1, `signed by ${found}; none of the trusted keys (${keys.map(formatKeyId).join(', ') || 'no key is trusted'})`);
}

/**
 * Reads a public key `name+keyid+base64(type, key)`. attacker-controlled: refuses other forms, other types than Ed25519 and a key id
 * that is not the one of name and key. Source: golang.org/x/mod/sumdb/note, "Verifying Notes"; C2SP signed-note, "Ed25519 signatures".
 */
export async function parseVkey(text: string, sha256: Sha256): Promise<Read<NoteKey>> {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (parts === null) return refuse(0, 'the key is not "name+keyid+base64"');
  const [, name = '', idText = '', base64 = ''] = parts;
  if (!isKeyName(name)) return refuse(0, `the key has the name "${name}": spaces and "+" are not allowed`);
  const typed = fromBase64(base64);
  if (typed === undefined) return refuse(name.length + 10, 'the key is not base64');
  if (typed[0] !== ed25519Type) return refuse(name.length + 10, `the key has the type ${typed[0]}, 1 (Ed25519) is required`);
  if (typed.length !== 1 + keyBytes) return refuse(name.length + 10, `the key has ${typed.length - 1} bytes, ${keyBytes} are required`);
  const keyId = readUint32(await sha256(keyIdInput(name, typed.subarray(1))), 0);
  if (keyId !== Number.parseInt(idText, 16)) return refuse(name.length + 1, `the key has the id ${idText}, its name and bytes give ${idHex(keyId)}`);
  return accept({ name, keyId, publicKey: typed.subarray(1), vkey: text });
}

/** The key of a name and 32 public bytes, with its id and text form. The caller ensures a valid name and length. */
export function createNoteKey(name: string, publicKey: Uint8Array, sha256: Sha256Now): NoteKey {
  assert(isKeyName(name) && publicKey.length === keyBytes, `"${name}" can name an Ed25519 key`);
  const keyId = readUint32(sha256(keyIdInput(name, publicKey)), 0);
  return { name, keyId, publicKey, vkey: `${name}+${idHex(keyId)}+${toBase64(concatBytes([Uint8Array.of(ed25519Type), publicKey]))}` };
}

/** Name and id of a key as a person compares them: `plant-1.example+1f2e3d4c`. */
export function formatKeyId(key: { readonly name: string; readonly keyId: number }): string {
  return `${key.name}+${idHex(key.keyId)}`;
}

/** Whether a key may have this name: not empty, no Unicode space, no plus, no control character, well-formed, at most 200 characters. */
export function isKeyName(name: string): boolean {
  return name.length <= 200 && name.isWellFormed() && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);
}

function keyIdInput(name: string, publicKey: Uint8Array): Uint8Array {
  return concatBytes([toUtf8(`${name}\n`), Uint8Array.of(ed25519Type), publicKey]);
}

function idHex(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes, or undefined when they are not UTF-8. A byte order mark stays: it is part of what was signed. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
