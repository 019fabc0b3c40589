// SPDX-License-Identifier: Apache-2.0
import type { DeadLetter } from './bus.ts';

/** A message as it is kept: the payload as JSON text, with its size in bytes. */
export interface Entry {
  readonly sequence: number;
  readonly subject: string;
  readonly atMs: number;
  readonly text: string;
}
export type NewEntry = Omit<Entry, 'sequence'> & { readonly sizeBytes: number };

/** The place of a group: everything up to `cursor` is done. */
export interface GroupRecord {
  readonly group: string;
  readonly cursor: number;
  /** How often the next message of the group has failed. */
  readonly failures: number;
  readonly lostCount: number;
}

/** What one write holds: all of it is stored, or nothing. */
export interface JournalWrite {
  readonly entries: readonly NewEntry[];
  readonly groups: readonly GroupRecord[];
  readonly deadLetters: readonly DeadLetter[];
  /** Messages that are no longer kept: older than this, and the oldest above this many bytes. */
  readonly keep: { readonly sinceMs: number; readonly bytesMax: number };
}

/**
 * Where a bus keeps its messages. `write` returns when everything is durable (for a journal that is) and throws where nothing was stored.
 * The bus calls it from one place only, never twice at the same time.
 */
export interface Journal {
  /** Returns the sequence of the last message of the stream after the write, also where it added none. */
  write(write: JournalWrite): number;
  /** Messages after `sequence`, oldest first. */
  read(afterSequence: number, countMax: number): readonly Entry[];
  /** Sequence of the oldest message kept (one more than the last where none is), and of the last ever written. */
  range(): { readonly first: number; readonly last: number };
  group(name: string): GroupRecord | undefined;
  deadLetterCount(group: string): number;
  deadLetters(group: string, countMax: number): readonly DeadLetter[];
  close(): void;
}

/** How many dead letters of a group are kept; the oldest go first. */
export const deadLettersMax = 10_000;

/** A journal that forgets everything with the process: for tests. */
export function createMemoryJournal(): Journal {
  let entries: (Entry & NewEntry)[] = [];
  let last = 0;
  let bytes = 0;
  const groups = new Map<string, GroupRecord>();
  let letters: DeadLetter[] = [];
  const lettersOf = (group: string): DeadLetter[] => letters.filter((letter) => letter.group === group);
  const trim = ({ sinceMs, bytesMax }: JournalWrite['keep']): void => {
    let count = 0;
    for (const entry of entries) {
      if (entry.atMs >= sinceMs && bytes <= bytesMax) break;
      bytes -= entry.sizeBytes;
      count += 1;
    }
    entries = entries.slice(count);
  };
  return {
    write: (write) => {
      for (const entry of write.entries) {
        last += 1;
        bytes += entry.sizeBytes;
        entries.push({ ...entry, sequence: last });
      }
      for (const record of write.groups) groups.set(record.group, record);
      letters = [...letters, ...write.deadLetters].slice(-deadLettersMax);
      trim(write.keep);
      return last;
    },
    read: (after, countMax) => {
      const start = entries.findIndex((entry) => entry.sequence > after);
      return start < 0 ? [] : entries.slice(start, start + countMax);
    },
    range: () => ({ first: entries[0]?.sequence ?? last + 1, last }),
    group: (name) => groups.get(name),
    deadLetterCount: (group) => lettersOf(group).length,
    deadLetters: (group, countMax) => lettersOf(group).reverse().slice(0, countMax),
    close: () => {},
  };
}
