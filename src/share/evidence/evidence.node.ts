// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ShinraiError } from '../../base/errors.ts';
import type { AuditReport } from '../../chain/audit-report.ts';
import { syncFolder } from '../../chain/disk.node.ts';
import { createKeyFile, formatVkeyFile, openKeyFile } from '../../chain/keys.node.ts';
import { initLog, type LoggedEntry, openLog } from '../../chain/log.node.ts';
import type { SignedCheckpoint } from '../../chain/log-folder.node.ts';
import { hashTextNow } from '../../chain/primitives.node.ts';
import type { Signer } from '../../chain/primitives.ts';
import { formatProof } from '../../chain/proof.ts';
import type { EvidenceEntry, Statement, TraceNode } from '../../model/evidence.ts';
import { type DetachedFiles, openDetachedFiles } from './detached.node.ts';
import { createProof, evidenceFiles, readStatement } from './entry-proof.ts';
import { EvidenceIndex, type EvidenceSearch, indexEntry } from './evidence-index.ts';
import { readPredicate } from './record.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { auditFolder } from './verify.node.ts';

const entriesAtOnce = 4_096;

/** The open evidence of a site: everything that was recorded, and the way to record more. */
export interface Evidence extends Recorder {
  /** Name of the log. */
  readonly origin: string;
  /** Key to check proofs with, in text form: the one thing that a reader must have from elsewhere. */
  readonly vkey: string;
  /** Entries that are durable. */
  readonly size: number;
  /** The newest signed checkpoint; it lags behind `size` by a second at most. */
  readonly signed: SignedCheckpoint;
  search(query: EvidenceSearch): readonly EvidenceEntry[];
  /** The entry of this id, or the newest one about the record of this id. */
  find(id: string): EvidenceEntry | undefined;
  /** Everything that was recorded about the record of this id, newest first; at most 500. */
  about(name: string): readonly EvidenceEntry[];
  /** The way back from a record; empty for an unknown id (see {@link EvidenceIndex.trace}). */
  trace(id: string): readonly TraceNode[];
  /** The statement of an entry or record, a large record put back in its place. Throws `evidence-unknown`. */
  statementOf(id: string): Promise<Statement>;
  /** A self-contained proof file for an entry or record, under a checkpoint that covers it. Throws `evidence-unknown`. */
  proofOf(id: string): Promise<string>;
  /** A signed checkpoint over everything that was acknowledged. */
  checkpoint(): Promise<SignedCheckpoint>;
  /** Audits the folder while it is in use (see {@link auditFolder}): records go on being durable, their checkpoint waits for the end of the audit. */
  audit(onProgress?: (done: number, total: number) => void): Promise<AuditReport>;
  close(): Promise<void>;
}

/**
 * Creates an evidence folder with a new signing key (mode 0600) and an empty log of that name, e.g. `plant-1.example/evidence`.
 * Returns the key that readers need. Throws `chain-exists` where one is already there.
 */
export async function initEvidence(folder: string, name: string): Promise<{ readonly vkey: string }> {
  const present = await readdir(folder).catch(() => []);
  if (present.length > 0) throw new ShinraiError('chain-exists', `Cannot create evidence in "${folder}": found "${present[0]}", an empty folder is required`);
  // Crash point: a folder beside it that nobody opens, with a key that signed nothing. The next init begins anew.
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const signer = await createKeyFile(join(unfinished, evidenceFiles.key), name);
  await writeFile(join(unfinished, evidenceFiles.vkey), formatVkeyFile(signer));
  await initLog(join(unfinished, evidenceFiles.log), name, signer);
  await rename(unfinished, folder);
  await syncFolder(dirname(folder));
  return { vkey: signer.vkey };
}

/**
 * Opens an evidence folder for recording; after any end of the last process everything acknowledged is there. The index is built from
 * the log. Throws `chain-missing`, `chain-locked`, `chain-key`, `chain-damaged`.
 */
export async function openEvidence(
  folder: string,
  options: {
    /** Signs instead of the folder's key file: a key in hardware or in another process. */
    readonly signer?: Signer;
    readonly checkpointMs?: number;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<Evidence> {
  const signer = options.signer ?? (await openKeyFile(join(folder, evidenceFiles.key)));
  const log = await openLog(join(folder, evidenceFiles.log), { signer, checkpointMs: options.checkpointMs });
  const close = async (): Promise<void> => {
    try {
      await log.close();
    } finally {
      if (options.signer === undefined) await signer.close?.();
    }
  };
  try {
    const detached = await openDetachedFiles(join(folder, evidenceFiles.records));
    const index = new EvidenceIndex();
    for (let start = 0; start < log.size; start += entriesAtOnce) {
      const entries = await log.readEntries(start, Math.min(log.size, start + entriesAtOnce));
      for (const entry of entries) index.add(indexEntry(entry, index.size, log.origin));
      options.onProgress?.(index.size, log.size);
    }
    const recorder = createRecorder({ log, detached, index, signer, hashText: hashTextNow });
    const prove = async (id: string): Promise<LoggedEntry> => {
      const entry = index.find(id);
      if (entry === undefined)
        throw new ShinraiError('evidence-unknown', `Cannot find evidence: "${id}" is neither an entry of ${log.origin} nor a record in it`);
      return log.prove(entry.index);
    };
    return {
      origin: log.origin,
      vkey: signer.vkey,
      get size() {
        return log.size;
      },
      get signed() {
        return log.signed;
      },
      record: (items) => recorder.record(items),
      search: (query) => index.search(query),
      find: (id) => index.find(id),
      about: (name) => index.about(name),
      trace: (id) => index.trace(id),
      statementOf: async (id) => restoreRecord(await prove(id), detached),
      proofOf: async (id) => formatProof(await createProof(await prove(id), signer.vkey, detached.get)),
      checkpoint: () => log.checkpoint(),
      audit: (onProgress) => log.holdStill(() => auditFolder(folder, { vkey: signer.vkey, onProgress })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function restoreRecord(logged: LoggedEntry, detached: DetachedFiles): Promise<Statement> {
  const statement = readStatement(logged.entry);
  if (statement === undefined) throw new ShinraiError('evidence-unknown', `Cannot read entry ${logged.index}: it holds no statement`);
  const predicate = readPredicate(statement);
  if (predicate === undefined || predicate.record !== undefined) return statement;
  const text = await detached.get(statement.subject[0]?.digest['sha256'] ?? '');
  const record: unknown = text === undefined ? undefined : JSON.parse(text); // our own file; a damaged one fails here and in the audit
  return { ...statement, predicate: { ...predicate, record } };
}
