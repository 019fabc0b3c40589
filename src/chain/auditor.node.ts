// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { auditJournals } from './audit-journal.node.ts';
import { type AuditOptions, type AuditReport, createFindings, type Findings } from './audit-report.ts';
import { auditTiles } from './audit-tiles.node.ts';
import { toBase64 } from './base64.ts';
import { unfinishedFolder } from './disk.node.ts';
import { logFiles, parseIdentity, readCheckpoint, type SignedCheckpoint } from './log-folder.node.ts';
import { isEqual } from './merkle.ts';
import { nodePrimitives } from './primitives.node.ts';
import { formatKeyId, type NoteKey, parseVkey } from './signed-note.ts';
import { parseTilePath } from './tiles.ts';

/** A log that is written to is audited anew at most so often. */
const attemptsMax = 5;

/**
 * Reads every file of a log's folder and says what is wrong with it, and where. It shares no state and no reading code with the writer:
 * each tile is computed anew from the entries. Works on a live log too: it judges the checkpoint that it finds first, and begins anew
 * (with its calls of `checkEntry`) when files that it needed were replaced meanwhile. Throws only where the folder cannot be read at all.
 */
export async function auditLog(path: string, options: AuditOptions = {}): Promise<AuditReport> {
  for (let attempt = 1; ; attempt += 1) {
    const { report, hasMoved } = await auditOnce(path, options);
    if (report.ok || !hasMoved || attempt === attemptsMax) return report;
  }
}

async function auditOnce(path: string, options: AuditOptions): Promise<{ readonly report: AuditReport; readonly hasMoved: boolean }> {
  const findings = createFindings();
  // The checkpoint is read before the folder is listed: what it rests on was there before it.
  const head = await readHead(path, options.vkey, findings);
  const files = await listFiles(path, '');
  const report = (parts: Partial<AuditReport> = {}): AuditReport => ({
    ok: findings.problems.length === 0,
    origin: undefined,
    signedBy: undefined,
    trust: options.vkey === undefined ? 'folder' : 'given',
    size: 0,
    unsigned: 0,
    files: files.size,
    problems: findings.problems,
    problemCount: findings.problemCount(),
    notes: findings.notes,
    ...parts,
  });
  auditNames(files, findings);
  if (head === undefined) return { report: report(), hasMoved: false };
  const { checkpoint, key } = head;
  if (options.vkey === undefined) findings.note(`no key was given: the log is checked against its own ${formatKeyId(key)}; compare it`);
  const journal = await auditJournals(path, [...files.keys()], checkpoint.size, findings);
  const root = await auditTiles(path, files, checkpoint.size, journal, options, findings);
  if (root !== undefined && !isEqual(root, checkpoint.root)) {
    findings.problem(logFiles.checkpoint, `it signs the root ${toBase64(checkpoint.root)}, the entries give ${toBase64(root)}`);
  }
  const now = await readFile(join(path, logFiles.checkpoint)).catch(() => new Uint8Array(0));
  const newer = await readCheckpoint(now, checkpoint.origin, key, nodePrimitives);
  const hasMoved = newer.ok && newer.value.size > checkpoint.size;
  findings.settle(hasMoved);
  const unsigned = journal.end - checkpoint.size;
  return { report: report({ origin: checkpoint.origin, signedBy: formatKeyId(key), size: checkpoint.size, unsigned }), hasMoved };
}

async function readHead(
  path: string,
  vkey: string | undefined,
  findings: Findings,
): Promise<{ readonly checkpoint: SignedCheckpoint; readonly key: NoteKey } | undefined> {
  const identityBytes = await readFile(join(path, logFiles.identity)).catch(() => undefined);
  const checkpointBytes = await readFile(join(path, logFiles.checkpoint)).catch(() => undefined);
  if (identityBytes === undefined) findings.problem(logFiles.identity, 'it is missing or cannot be read');
  if (checkpointBytes === undefined) findings.problem(logFiles.checkpoint, 'it is missing or cannot be read');
  if (identityBytes === undefined || checkpointBytes === undefined) return undefined;
  const identity = parseIdentity(identityBytes);
  if (!identity.ok) {
    findings.problem(logFiles.identity, identity.reason);
    return undefined;
  }
  if (vkey !== undefined && identity.value.vkey !== vkey.trim())
    findings.problem(logFiles.identity, `it names the key ${identity.value.vkey}, given is ${vkey}`);
  const key = await parseVkey((vkey ?? identity.value.vkey).trim(), nodePrimitives.sha256);
  if (!key.ok) {
    findings.problem(vkey === undefined ? logFiles.identity : 'the given key', key.reason);
    return undefined;
  }
  const checkpoint = await readCheckpoint(checkpointBytes, identity.value.origin, key.value, nodePrimitives);
  if (!checkpoint.ok) {
    findings.problem(logFiles.checkpoint, checkpoint.reason);
    return undefined;
  }
  return { checkpoint: checkpoint.value, key: key.value };
}

/** Every name in the folder must be one that a log has. What the files hold is judged elsewhere. */
function auditNames(files: ReadonlyMap<string, number>, findings: Findings): void {
  for (const [name, size] of files) {
    if (size < 0) findings.problem(name, 'it is neither a file nor a folder');
    else if (name === logFiles.identity || name === logFiles.checkpoint) continue;
    // Not opened: closing it would drop the lock of a writer in this process, which is how fcntl locks work.
    else if (name === logFiles.lock) size === 0 || findings.problem(name, `it has ${size} bytes, none are allowed`);
    else if (name.startsWith(`${unfinishedFolder}/`)) findings.note(`"${name}" was not finished when the writer ended; the next open removes it`);
    else if (!name.startsWith(`${logFiles.journal}/`) && parseTilePath(name) === undefined) findings.problem(name, 'no file of a log has this name');
  }
}

/** Sizes of all files by path below the folder; -1 for what is neither file nor folder (links are not followed). */
async function listFiles(root: string, below: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  const items = await readdir(join(root, below), { withFileTypes: true }).catch((error: unknown) => (below === '' ? Promise.reject(error) : []));
  for (const item of items) {
    const name = below === '' ? item.name : `${below}/${item.name}`;
    if (item.isDirectory()) for (const [path, size] of await listFiles(root, name)) files.set(path, size);
    else if (!item.isFile()) files.set(name, -1);
    else {
      const size = (await stat(join(root, name)).catch(() => undefined))?.size;
      if (size !== undefined) files.set(name, size); // else removed meanwhile; whoever needs it misses it
    }
  }
  return files;
}
