// SPDX-License-Identifier: Apache-2.0
/** Most problems that a report lists; all are counted. */
export const problemsMax = 100;

export interface AuditProblem {
  /** File below the audited folder, or an entry. */
  readonly where: string;
  readonly what: string;
}

/** What an audit found: `ok` means that every byte of every file was accounted for. */
export interface AuditReport {
  readonly ok: boolean;
  readonly origin: string | undefined;
  /** Name and id of the key under the checkpoint. */
  readonly signedBy: string | undefined;
  /** `given`: the key was brought by the reader. `folder`: it is the folder's own. */
  readonly trust: 'given' | 'folder';
  /** Entries under the signed checkpoint. */
  readonly size: number;
  /** Entries that are durable in the journal but not under a checkpoint yet: the writer was stopped within its last second. */
  readonly unsigned: number;
  readonly files: number;
  /** The first hundred. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
  /** What a reader should know though it is not wrong. */
  readonly notes: readonly string[];
}

export interface AuditOptions {
  /** The key that the log must be signed with, known from elsewhere. Without it the folder's own is used and the report says so. */
  readonly vkey?: string;
  /** Judges each entry; a returned text is a problem with it. */
  readonly checkEntry?: (index: number, entry: Uint8Array) => Promise<string | undefined>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Where the parts of an audit put what they find. */
export interface Findings {
  readonly problems: readonly AuditProblem[];
  readonly notes: readonly string[];
  problem(where: string, what: string): void;
  /** Something that is wrong unless the log went on while it was audited. */
  late(where: string, what: string): void;
  note(text: string): void;
  /** Decides what {@link late} found: with `hasMoved` it is newer than the audit, else it is wrong. */
  settle(hasMoved: boolean): void;
  problemCount(): number;
}

/** Empty findings; more than a hundred problems are counted but not kept. */
export function createFindings(): Findings {
  const problems: AuditProblem[] = [];
  const notes: string[] = [];
  const late: AuditProblem[] = [];
  let count = 0;
  return {
    problems,
    notes,
    problem(where, what) {
      count += 1;
      if (problems.length < problemsMax) problems.push({ where, what });
    },
    late(where, what) {
      if (late.length < problemsMax) late.push({ where, what });
    },
    settle(hasMoved) {
      if (hasMoved && late.length > 0)
        notes.push(`the log went on during the audit: ${late.length === problemsMax ? 'many' : late.length} newer files were left to the next one`);
      if (!hasMoved) for (const { where, what } of late) this.problem(where, what);
    },
    note(text) {
      if (notes.length < problemsMax) notes.push(text);
    },
    problemCount: () => count,
  };
}
