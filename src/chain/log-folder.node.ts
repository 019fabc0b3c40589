// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../base/bytes.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { accept, type Read, refuse, ShinraiError } from '../base/errors.ts';
import { type Checkpoint, isOrigin, parseCheckpoint } from './checkpoint.ts';
import type { Disk } from './disk.node.ts';
import { parseJsonObject } from './dsse.ts';
import type { Primitives } from './primitives.ts';
import { decodeStrictly, type NoteKey, parseNote, parseVkey, verifyNote } from './signed-note.ts';

/** Files of a log's folder beside its tiles; the names of `checkpoint` and `tile/` are those of C2SP tlog-tiles. */
export const logFiles = { identity: 'log.json', checkpoint: 'checkpoint', lock: 'lock', journal: 'journal', tile: 'tile' } as const;
const identityFormat = 'https://shinrai.dev/log/v1';

/** Who a log is: its name and the key of its checkpoints. Whoever can write the folder can change it, so checks from outside bring the key. */
export interface LogIdentity {
  readonly origin: string;
  readonly vkey: string;
}

/** `log.json`: one line of canonical JSON. */
export function formatIdentity(identity: LogIdentity): Uint8Array {
  return toUtf8(`${canonicalJson({ format: identityFormat, origin: identity.origin, vkey: identity.vkey })}\n`);
}

/** Reads `log.json`; refuses all but the exact text that {@link formatIdentity} writes. */
export function parseIdentity(bytes: Uint8Array): Read<LogIdentity> {
  const text = decodeStrictly(bytes) ?? '';
  const json = parseJsonObject(text);
  const { origin, vkey, format } = json ?? {};
  if (format !== identityFormat) return refuse(0, `the format is ${JSON.stringify(format)}, "${identityFormat}" is required`);
  if (typeof origin !== 'string' || typeof vkey !== 'string' || !isOrigin(origin)) return refuse(0, 'origin or vkey is missing');
  if (decodeStrictly(formatIdentity({ origin, vkey })) !== text) return refuse(0, 'it is not written in its exact form');
  return accept({ origin, vkey });
}

export interface SignedCheckpoint extends Checkpoint {
  /** The signed note as it lies on disk. */
  readonly note: string;
}

/** Reads a checkpoint note that must be signed by the key and name the origin. */
export async function readCheckpoint(bytes: Uint8Array, origin: string, key: NoteKey, primitives: Primitives): Promise<Read<SignedCheckpoint>> {
  const note = parseNote(bytes);
  if (!note.ok) return note;
  const signed = await verifyNote(note.value, [key], primitives);
  if (!signed.ok) return signed;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.value.origin !== origin) return refuse(0, `the origin is "${checkpoint.value.origin}", "${origin}" is required`);
  return accept({ ...checkpoint.value, note: decodeStrictly(bytes) ?? '' });
}

/** Opens identity and checkpoint of a folder. Throws `chain-missing` where there is no log and `chain-damaged` where one of the two is refused. */
export async function openFolder(
  disk: Disk,
  path: string,
  primitives: Primitives,
): Promise<{ readonly identity: LogIdentity; readonly key: NoteKey; readonly checkpoint: SignedCheckpoint }> {
  const [identityBytes, checkpointBytes] = await Promise.all([disk.read(logFiles.identity), disk.read(logFiles.checkpoint)]);
  if (identityBytes === undefined || checkpointBytes === undefined) {
    const missing = identityBytes === undefined ? logFiles.identity : logFiles.checkpoint;
    throw new ShinraiError('chain-missing', `Cannot open the log "${path}": "${missing}" is missing`, { hint: 'a log is created once by init' });
  }
  const identity = parseIdentity(identityBytes);
  if (!identity.ok) throw damaged(path, logFiles.identity, identity.reason);
  const key = await parseVkey(identity.value.vkey, primitives.sha256);
  if (!key.ok) throw damaged(path, logFiles.identity, key.reason);
  const checkpoint = await readCheckpoint(checkpointBytes, identity.value.origin, key.value, primitives);
  if (!checkpoint.ok) throw damaged(path, logFiles.checkpoint, checkpoint.reason);
  return { identity: identity.value, key: key.value, checkpoint: checkpoint.value };
}

/** The error for a folder that was found other than a log can leave it. */
export function damaged(path: string, where: string, reason: string): ShinraiError {
  return new ShinraiError('chain-damaged', `Cannot open the log "${path}": ${where}: ${reason}`, { hint: 'audit the folder to see what else is wrong' });
}
