// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../base/bytes.ts';
import { accept, type Read, refuse } from '../base/errors.ts';
import type { Statement } from '../model/evidence.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { parseEnvelope, parseJsonObject, verifyEnvelope } from './dsse.ts';
import { checkInclusion, leafInput } from './merkle.ts';
import type { Primitives } from './primitives.ts';
import { formatKeyId, type NoteKey, parseNote, parseVkey, verifyNote } from './signed-note.ts';
import { parseStatement, statementPayloadType } from './statement.ts';

/** Names form and version of a proof file. */
export const proofFormat = 'https://shinrai.dev/proof/v1';
/** Largest proof file that is read, in characters. */
export const proofCharactersMax = 8_000_000;
/** A tree of 2^53 entries is 53 high. */
const pathMax = 53;
const keysMax = 16;

/**
 * Everything that is needed to check, with no network and no log at hand, that an entry is in a log:
 * one JSON object `{ format, index, entry, path, checkpoint, keys, detached? }`, bytes in base64.
 */
export interface Proof {
  readonly index: number;
  /** The entry as it was hashed: a DSSE envelope. */
  readonly entry: Uint8Array;
  /** Hashes from the leaf's sibling up to the root's child. */
  readonly path: readonly Uint8Array[];
  /** The signed note of the tree that the path leads to. */
  readonly checkpoint: string;
  /** Keys that the maker of the proof says it is to be checked against, in text form. Not to be trusted for being here. */
  readonly keys: readonly string[];
  /** A record that is too large for an entry, which names it by its hash only. */
  readonly detached?: string;
}

/** One check and its result, for showing. `name` is fixed, `detail` is an English sentence. */
export interface ProofCheck {
  readonly name: 'form' | 'keys' | 'checkpoint' | 'inclusion' | 'envelope' | 'statement' | 'record';
  readonly ok: boolean;
  readonly detail: string;
}
export interface ProofVerdict {
  /** All checks were made and passed. */
  readonly ok: boolean;
  /** `given`: against keys that the reader brought. `proof`: against the keys in the proof, so it shows who claims to have signed, not that they may. */
  readonly trust: 'given' | 'proof';
  /** Names and ids of the keys that signed the checkpoint and the envelope. */
  readonly signedBy: readonly string[];
  readonly checks: readonly ProofCheck[];
  /** Only from a proof whose signatures hold. */
  readonly proven?: { readonly proof: Proof; readonly checkpoint: Checkpoint; readonly statement: Statement };
}

/** The proof as a file: readable JSON, one member a line. */
export function formatProof(proof: Proof): string {
  const { index, entry, path, checkpoint, keys, detached } = proof;
  const members = { format: proofFormat, index, entry: toBase64(entry), path: path.map(toBase64), checkpoint, keys, detached };
  return `${JSON.stringify(members, null, 2)}\n`;
}

/**
 * The same proof in the text form that other tools read; it carries the entry as extra bytes, which nobody may trust before hashing them.
 * Source: C2SP tlog-proof, "Format".
 */
export function formatTlogProof(proof: Pick<Proof, 'index' | 'entry' | 'path' | 'checkpoint'>): string {
  const hashes = proof.path.map((hash) => `${toBase64(hash)}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nextra ${toBase64(proof.entry)}\nindex ${proof.index}\n${hashes}\n${proof.checkpoint}`;
}

/** Reads a proof file without checking it. attacker-controlled: refuses other formats, wrong types, and more than 53 hashes or 16 keys. */
export function parseProof(text: string): Read<Proof> {
  if (text.length > proofCharactersMax) return refuse(proofCharactersMax, `the proof has ${text.length} characters, at most ${proofCharactersMax} are read`);
  const json = parseJsonObject(text);
  if (json === undefined) return refuse(0, 'the proof is not a JSON object');
  const { format, index, checkpoint, detached } = json;
  if (format !== proofFormat) return refuse(0, `the format is ${JSON.stringify(format)}, "${proofFormat}" is required`);
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return refuse(0, 'the index is not a number from 0');
  const entry = readBase64(json['entry']);
  if (entry === undefined) return refuse(0, 'the entry is not base64');
  const path = readList(json['path'], pathMax, readBase64);
  if (path === undefined) return refuse(0, `the path is not a list of at most ${pathMax} hashes in base64`);
  if (typeof checkpoint !== 'string') return refuse(0, 'the checkpoint is not a text');
  const keys = readList(json['keys'], keysMax, (key) => (typeof key === 'string' ? key : undefined));
  if (keys === undefined) return refuse(0, `the keys are not a list of at most ${keysMax} texts`);
  if (detached !== undefined && typeof detached !== 'string') return refuse(0, 'the detached record is not a text');
  return accept({ index, entry, path, checkpoint, keys, ...(detached === undefined ? {} : { detached }) });
}

/**
 * Checks a proof file. `trustedVkeys` are the keys that the reader brings from elsewhere; with none, the keys in the proof are used and
 * the verdict says so. Never throws, whatever the text holds; the first check that fails ends it, since the later ones would rest on it.
 */
export async function checkProof(text: string, trustedVkeys: readonly string[], primitives: Primitives): Promise<ProofVerdict> {
  const trust = trustedVkeys.length > 0 ? 'given' : 'proof';
  const checks: ProofCheck[] = [];
  const signedBy = new Set<string>();
  const note = (name: ProofCheck['name'], detail: string): void => {
    checks.push({ name, ok: true, detail });
  };
  const fail = (name: ProofCheck['name'], detail: string): ProofVerdict => ({
    ok: false,
    trust,
    signedBy: [...signedBy],
    checks: [...checks, { name, ok: false, detail }],
  });

  const proof = parseProof(text);
  if (!proof.ok) return fail('form', proof.reason);
  note('form', `a proof of entry ${proof.value.index} in the form ${proofFormat}`);
  const keys = await readKeys(trust === 'given' ? trustedVkeys : proof.value.keys, primitives);
  if (!keys.ok) return fail('keys', keys.reason);
  const keyNames = keys.value.map(formatKeyId).join(', ');
  note('keys', trust === 'given' ? `checked against the given key ${keyNames}` : `no key was given: checked against the proof's own ${keyNames}; compare it`);

  const checkpoint = await checkCheckpoint(proof.value.checkpoint, keys.value, primitives);
  if (!checkpoint.ok) return fail('checkpoint', checkpoint.reason);
  const { origin, size, root } = checkpoint.value.checkpoint;
  for (const key of checkpoint.value.signedBy) signedBy.add(formatKeyId(key));
  note('checkpoint', `the log ${origin} of ${size} entries, signed by ${checkpoint.value.signedBy.map(formatKeyId).join(', ')}`);

  const { index, entry, path } = proof.value;
  const leaf = await primitives.sha256(leafInput(entry));
  const inclusion = await checkInclusion({ leaf, index, size, path, root }, primitives.sha256);
  if (!inclusion.ok) return fail('inclusion', inclusion.reason);
  note('inclusion', `${path.length} hashes lead from entry ${index} to the signed root`);

  const statement = await checkEntry(entry, keys.value, primitives);
  if (!statement.ok) return fail(statement.name, statement.reason);
  for (const key of statement.signedBy) signedBy.add(formatKeyId(key));
  note('envelope', `the entry is signed by ${statement.signedBy.map(formatKeyId).join(', ')}`);
  note('statement', `it says ${statement.statement.predicateType} of ${statement.statement.subject.map((subject) => subject.name).join(', ')}`);
  const proven = { proof: proof.value, checkpoint: checkpoint.value.checkpoint, statement: statement.statement };
  return { ok: true, trust, signedBy: [...signedBy], checks, proven };
}

/** The statement in an entry, whose envelope one of the keys must have signed; otherwise which of the two was refused and why. */
export async function checkEntry(
  entry: Uint8Array,
  keys: readonly NoteKey[],
  primitives: Primitives,
): Promise<
  | { readonly ok: true; readonly statement: Statement; readonly signedBy: readonly NoteKey[] }
  | { readonly ok: false; readonly name: 'envelope' | 'statement'; readonly reason: string }
> {
  const envelope = parseEnvelope(entry);
  if (!envelope.ok) return { ok: false, name: 'envelope', reason: envelope.reason };
  const signed = await verifyEnvelope(envelope.value, keys, primitives);
  if (!signed.ok) return { ok: false, name: 'envelope', reason: signed.reason };
  const { payloadType, payload } = envelope.value;
  if (payloadType !== statementPayloadType) {
    return { ok: false, name: 'envelope', reason: `the payload type is ${JSON.stringify(payloadType)}, "${statementPayloadType}" is required` };
  }
  const statement = parseStatement(payload);
  if (!statement.ok) return { ok: false, name: 'statement', reason: statement.reason };
  return { ok: true, statement: statement.value, signedBy: signed.value };
}

async function checkCheckpoint(
  text: string,
  keys: readonly NoteKey[],
  primitives: Primitives,
): Promise<Read<{ readonly checkpoint: Checkpoint; readonly signedBy: readonly NoteKey[] }>> {
  const note = parseNote(toUtf8(text));
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  // A log signs under its own name: without this line, a key that is trusted for entries could sign checkpoints of a log that is not its own.
  const own = keys.filter((key) => key.name === checkpoint.value.origin);
  if (own.length === 0) return refuse(0, `no trusted key has the name of the log, "${checkpoint.value.origin}"`);
  const signed = await verifyNote(note.value, own, primitives);
  return signed.ok ? accept({ checkpoint: checkpoint.value, signedBy: signed.value }) : signed;
}

async function readKeys(texts: readonly string[], primitives: Primitives): Promise<Read<readonly NoteKey[]>> {
  if (texts.length === 0) return refuse(0, 'no key was given and the proof names none');
  const keys: NoteKey[] = [];
  for (const text of texts) {
    const key = await parseVkey(text.trim(), primitives.sha256);
    if (!key.ok) return refuse(key.offset, `"${text.slice(0, 80)}": ${key.reason}`);
    keys.push(key.value);
  }
  return accept(keys);
}

function readBase64(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? fromBase64(value) : undefined;
}

function readList<T>(value: unknown, itemsMax: number, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > itemsMax) return undefined;
  const items: T[] = [];
  for (const item of value as readonly unknown[]) {
    const found = read(item);
    if (found === undefined) return undefined;
    items.push(found);
  }
  return items;
}
