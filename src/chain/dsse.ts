// SPDX-License-Identifier: Apache-2.0
import { toUtf8, writeUtf8 } from '../base/bytes.ts';
import { accept, assert, type Read, refuse } from '../base/errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Primitives, Signer } from './primitives.ts';
import { decodeStrictly, formatKeyId, type NoteKey } from './signed-note.ts';

/** Most signatures of an envelope that are tried: each costs a verification per key. */
export const envelopeSignaturesMax = 16;

export interface EnvelopeSignature {
  /** A hint only; never decides anything. */
  readonly keyid: string;
  readonly sig: Uint8Array;
}
/** A signed payload: nothing is verified yet. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/** The bytes that are signed: type and body behind their lengths, so that neither can be taken for the other. Source: DSSE 1.0.0, "Signature Definition". */
export function encodePreAuthentication(payloadType: string, body: Uint8Array): Uint8Array {
  const typeBytes = isAscii.test(payloadType) ? payloadType.length : toUtf8(payloadType).length;
  const head = `DSSEv1 ${typeBytes} ${payloadType} ${body.length} `;
  const headBytes = head.length - payloadType.length + typeBytes;
  const message = new Uint8Array(headBytes + body.length);
  writeUtf8(message, head);
  message.set(body, headBytes);
  return message;
}
const isAscii = /^[ -~]*$/;

/** Signs a payload with each signer; returns the envelope as one line of canonical JSON in UTF-8. Source: DSSE 1.0.0, "Protocol"; DSSE envelope. */
export async function signEnvelope(payloadType: string, payload: Uint8Array, signers: readonly Signer[]): Promise<Uint8Array> {
  const message = encodePreAuthentication(payloadType, payload);
  const signatures = await Promise.all(signers.map(async (signer) => ({ keyid: formatKeyId(signer), sig: await signer.sign(message) })));
  return formatEnvelope({ payloadType, payload, signatures });
}

/** As {@link signEnvelope} for many payloads with one signer, in their order; at once where the signer can. Rejects with what the signer throws. */
export async function signEnvelopes(payloadType: string, payloads: readonly Uint8Array[], signer: Signer): Promise<readonly Uint8Array[]> {
  const messages = payloads.map((payload) => encodePreAuthentication(payloadType, payload));
  const signatures = signer.signMany === undefined ? await Promise.all(messages.map((message) => signer.sign(message))) : await signer.signMany(messages);
  assert(signatures.length === payloads.length, 'a signer gives one signature for each message');
  const keyid = formatKeyId(signer);
  const texts = payloads.map((payload, place) => writeEnvelope({ payloadType, payload, signatures: [{ keyid, sig: signatures[place] as Uint8Array }] })); // as many
  return encodeTexts(texts);
}

/** The UTF-8 of each text. Memory is taken once for all where one letter is one byte, as it is in base64. */
function encodeTexts(texts: readonly string[]): readonly Uint8Array[] {
  const all = texts.join('');
  const bytes = toUtf8(all);
  if (bytes.length !== all.length) return texts.map(toUtf8);
  let start = 0;
  return texts.map((text) => {
    start += text.length;
    return bytes.subarray(start - text.length, start);
  });
}

/** The envelope as one line of canonical JSON in UTF-8. */
export function formatEnvelope(envelope: Envelope): Uint8Array {
  return toUtf8(writeEnvelope(envelope));
}

function writeEnvelope(envelope: Envelope): string {
  const signatures = envelope.signatures.map(({ keyid, sig }) => `{"keyid":${JSON.stringify(keyid)},"sig":"${toBase64(sig)}"}`);
  return `{"payload":"${toBase64(envelope.payload)}","payloadType":${JSON.stringify(envelope.payloadType)},"signatures":[${signatures.join(',')}]}`;
}

/**
 * Reads an envelope without verifying it; accepts both alphabets of base64, as the specification demands.
 * attacker-controlled: refuses what is not JSON of the required form, and more than 16 signatures. Source: DSSE envelope, "Standard JSON envelope".
 */
export function parseEnvelope(bytes: Uint8Array): Read<Envelope> {
  const text = decodeStrictly(bytes);
  if (text === undefined) return refuse(0, 'the envelope is not UTF-8');
  const json = parseJsonObject(text);
  if (json === undefined) return refuse(0, 'the envelope is not a JSON object');
  if (typeof json['payloadType'] !== 'string' || json['payloadType'] === '') return refuse(0, 'the envelope has no payloadType');
  const payload = readEitherBase64(json['payload']);
  if (payload === undefined) return refuse(0, 'the payload of the envelope is not base64');
  const list: unknown = json['signatures'];
  if (!Array.isArray(list) || list.length === 0) return refuse(0, 'the envelope has no signature');
  if (list.length > envelopeSignaturesMax) return refuse(0, `the envelope has ${list.length} signatures, at most ${envelopeSignaturesMax} are read`);
  const signatures: EnvelopeSignature[] = [];
  for (const item of list as readonly unknown[]) {
    const member = isObject(item) ? item : {};
    const sig = readEitherBase64(member['sig']);
    if (sig === undefined || sig.length === 0) return refuse(0, `signature ${signatures.length} of the envelope is not base64`);
    signatures.push({ keyid: typeof member['keyid'] === 'string' ? member['keyid'] : '', sig });
  }
  return accept({ payloadType: json['payloadType'], payload, signatures });
}

/**
 * The trusted keys that signed the envelope, each once however often it signed. Refuses when they are fewer than `threshold`.
 * The key ids in the envelope decide nothing. Source: DSSE 1.0.0, "Multi-signature Verification".
 */
export async function verifyEnvelope(envelope: Envelope, keys: readonly NoteKey[], primitives: Primitives, threshold = 1): Promise<Read<readonly NoteKey[]>> {
  const message = encodePreAuthentication(envelope.payloadType, envelope.payload);
  const accepted = new Map<string, NoteKey>();
  for (const { sig } of envelope.signatures) {
    for (const key of keys) {
      if (await primitives.verifyEd25519(key.publicKey, message, sig)) accepted.set(toBase64(key.publicKey), key);
    }
  }
  if (threshold >= 1 && accepted.size >= threshold) return accept([...accepted.values()]);
  return refuse(0, `${accepted.size} of the ${keys.length} trusted keys signed the envelope, ${threshold} must`);
}

/** A JSON object from outside, or undefined. */
export function parseJsonObject(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value from JSON is an object, neither null nor a list. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEitherBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const standard = value.replaceAll('-', '+').replaceAll('_', '/');
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}
