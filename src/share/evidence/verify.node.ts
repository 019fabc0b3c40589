// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8 } from '../../base/bytes.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { AuditReport } from '../../chain/audit-report.ts';
import { auditLog } from '../../chain/auditor.node.ts';
import { createDisk, unfinishedFolder } from '../../chain/disk.node.ts';
import { openFolder, parseIdentity } from '../../chain/log-folder.node.ts';
import { createLogReader } from '../../chain/log-reader.node.ts';
import { nodePrimitives, sha256Now } from '../../chain/primitives.node.ts';
import { checkEntry, formatProof, type ProofVerdict } from '../../chain/proof.ts';
import { type NoteKey, parseVkey } from '../../chain/signed-note.ts';
import { formatDetachedPath } from './detached.node.ts';
import { createProof, evidenceFiles } from './entry-proof.ts';
import { indexEntry } from './evidence-index.ts';
import { checkEvidenceProof, splitVkeys } from './proof-check.ts';
import { checkRecord, readPredicate } from './record.ts';

const entriesAtOnce = 4_096;

/**
 * Audits an evidence folder, or the folder of its log, offline: every file of the log, every entry's signature, statement and record, and
 * every record kept outside. With `vkey`, checkpoint and entries must be signed by that key. Throws only where the folder cannot be read.
 */
export async function auditFolder(
  path: string,
  options: { readonly vkey?: string; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<AuditReport> {
  const { logPath, recordsPath } = await findFolders(path);
  const vkey = options.vkey?.trim();
  const keys = await readEntryKeys(logPath, vkey);
  const named = new Set<string>();
  const report = await auditLog(logPath, {
    vkey,
    onProgress: options.onProgress,
    checkEntry: async (_index, entry) => {
      const checked = await checkEntry(entry, keys, nodePrimitives);
      if (!checked.ok) return `${checked.name}: ${checked.reason}`;
      const sha256 = checked.statement.subject[0]?.digest['sha256'] ?? '';
      const isOutside = readPredicate(checked.statement)?.record === undefined;
      if (isOutside) named.add(sha256);
      const text = isOutside ? await readFile(join(recordsPath, formatDetachedPath(sha256))).catch(() => undefined) : undefined;
      const record = await checkRecord(checked.statement, text === undefined ? undefined : fromUtf8(text), sha256Now);
      return record.ok ? undefined : `record: ${record.detail}`;
    },
  });
  const problems = [...report.problems];
  const notes = [...report.notes];
  await auditRecords(recordsPath, named, problems, notes);
  if (path !== logPath) await auditVkeyFile(path, keys, problems);
  const added = problems.length - report.problems.length;
  return { ...report, ok: report.ok && added === 0, problems, problemCount: report.problemCount + added, notes };
}

/**
 * A self-contained proof for an entry's id or a record's id (its newest entry), out of a folder that nobody need be writing.
 * Throws `evidence-unknown` for an id that is not under the signed checkpoint, `chain-missing`, `chain-damaged`.
 */
export async function proveEntry(path: string, id: string): Promise<string> {
  const { logPath, recordsPath } = await findFolders(path);
  const disk = createDisk(logPath);
  const { identity, checkpoint } = await openFolder(disk, logPath, nodePrimitives);
  const reader = createLogReader(disk);
  let index = -1;
  let found: Uint8Array | undefined;
  for (let start = 0; start < checkpoint.size; start += entriesAtOnce) {
    const entries = await reader.readEntries({ start, end: Math.min(checkpoint.size, start + entriesAtOnce) }, checkpoint.size);
    for (const [place, entry] of entries.entries()) {
      const { entry: listed } = indexEntry(entry, start + place, identity.origin);
      if (listed.id === id || listed.name === id) [index, found] = [start + place, entry];
    }
  }
  if (found === undefined) throw new ShinraiError('evidence-unknown', `Cannot prove "${id}": none of the ${checkpoint.size} signed entries has or names it`);
  const inclusion = await reader.proveInclusion(index, checkpoint.size);
  const records = createDisk(recordsPath);
  const getDetached = async (sha256: string): Promise<string | undefined> => {
    const bytes = await records.read(formatDetachedPath(sha256));
    return bytes === undefined ? undefined : fromUtf8(bytes);
  };
  return formatProof(await createProof({ index, entry: found, path: inclusion, checkpoint }, identity.vkey, getDetached));
}

/** Checks the text of a proof file against the given keys (several are separated by spaces), or against its own with a verdict that says so. Never throws. */
export function checkProofFile(text: string, options: { readonly vkey?: string } = {}): Promise<ProofVerdict> {
  return checkEvidenceProof(text, splitVkeys(options.vkey), nodePrimitives);
}

async function findFolders(path: string): Promise<{ readonly logPath: string; readonly recordsPath: string }> {
  const names = await readdir(path).catch((cause: unknown) => {
    throw new ShinraiError('chain-missing', `Cannot read "${path}": it is no folder that can be read`, { cause });
  });
  const isEvidence = names.includes(evidenceFiles.log);
  return {
    logPath: isEvidence ? join(path, evidenceFiles.log) : path,
    recordsPath: isEvidence ? join(path, evidenceFiles.records) : join(path, '..', evidenceFiles.records),
  };
}

/** Keys that entries must be signed with. An unreadable one gives none: then every entry fails, beside the problem with the key itself. */
async function readEntryKeys(logPath: string, vkey: string | undefined): Promise<readonly NoteKey[]> {
  const bytes = await createDisk(logPath).read('log.json');
  const identity = bytes === undefined ? undefined : parseIdentity(bytes);
  const text = vkey ?? (identity?.ok === true ? identity.value.vkey : '');
  const key = await parseVkey(text, sha256Now);
  return key.ok ? [key.value] : [];
}

async function auditRecords(path: string, named: ReadonlySet<string>, problems: { where: string; what: string }[], notes: string[]): Promise<void> {
  const names = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const item of names.filter((name) => !name.isDirectory())) {
    const where = `${evidenceFiles.records}/${item.name}`;
    if (item.parentPath.endsWith(unfinishedFolder)) {
      notes.push(`"${where}" was not finished when its writer ended`);
      continue;
    }
    const sha256 = createHash('sha256')
      .update(await readFile(join(item.parentPath, item.name)))
      .digest('hex');
    if (join(item.parentPath, item.name) !== join(path, formatDetachedPath(sha256)))
      problems.push({ where, what: 'its content has another SHA-256 than its name' });
    else if (!named.has(sha256)) notes.push(`no entry names "${where}": its writer ended before the entry was made`);
  }
}

async function auditVkeyFile(path: string, keys: readonly NoteKey[], problems: { where: string; what: string }[]): Promise<void> {
  const bytes = await readFile(join(path, evidenceFiles.vkey)).catch(() => undefined);
  if (bytes === undefined || keys.every((key) => `${key.vkey}\n` !== fromUtf8(bytes))) {
    problems.push({ where: evidenceFiles.vkey, what: 'it does not name the key of the log' });
  }
}
