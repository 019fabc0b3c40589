// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from './audit-report.ts';
import { parseJournalName, readJournal } from './journal.ts';
import { logFiles } from './log-folder.node.ts';
import { sha256Now } from './primitives.node.ts';

/** What the journal holds: entries by index, some of which may be in tiles already. */
export interface JournalAudit {
  readonly entries: ReadonlyMap<number, Uint8Array>;
  /** Entries of the log with those in the journal. */
  readonly end: number;
}

/** Reads all journal files; they must continue one another and begin at or below the checkpoint. */
export async function auditJournals(path: string, files: readonly string[], size: number, findings: Findings): Promise<JournalAudit> {
  const entries = new Map<number, Uint8Array>();
  let end: number | undefined;
  for (const file of files.filter((name) => name.startsWith(`${logFiles.journal}/`)).sort()) {
    const first = parseJournalName(file.slice(logFiles.journal.length + 1));
    if (first === undefined) {
      findings.problem(file, 'no journal has this name');
      continue;
    }
    const bytes = await readFile(join(path, file)).catch(() => undefined);
    if (bytes === undefined) {
      // The writer does so after a checkpoint; were its entries needed, they would be missed below.
      findings.note(`"${file}" was removed during the audit`);
      continue;
    }
    const read = readJournal(bytes, sha256Now);
    if (read.end === 'damaged') findings.problem(file, `a group at byte ${read.wholeBytes} is damaged and others follow it`);
    if (read.end === 'unfinished') {
      findings.note(`"${file}" ends at byte ${read.wholeBytes} in a group that is not whole: nobody was told of it, or the last of it was damaged since`);
    }
    if (first > Math.max(size, end ?? 0)) {
      findings.late(file, `entries ${Math.max(size, end ?? 0)} to ${first - 1} are missing before it`);
      continue;
    }
    let next = first;
    for (const group of read.groups) {
      if (group.first !== next) findings.problem(file, `a group begins at entry ${group.first}, ${next} is required`);
      for (const [place, entry] of group.entries.entries()) entries.set(group.first + place, entry);
      next = group.first + group.entries.length;
    }
    end = Math.max(next, end ?? 0);
  }
  return { entries, end: Math.max(size, end ?? 0) };
}
