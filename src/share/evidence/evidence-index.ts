// SPDX-License-Identifier: Apache-2.0
import { idOf } from '../../base/ids.ts';
import { parseEnvelope } from '../../chain/dsse.ts';
import { parseStatementToList } from '../../chain/statement.ts';
import type { EvidenceEntry, Statement, TraceNode } from '../../model/evidence.ts';
import { formatPackets, readPredicate } from './record.ts';

/** Most entries that one search returns, and most nodes of one trace. */
export const searchMax = 500;
export const traceNodesMax = 1_000;

/** One entry as it is kept in memory. */
export interface IndexedEntry {
  readonly entry: EvidenceEntry;
  /** Packet numbers that the record rests on, e.g. `12-15, 19`; empty where it names none. */
  readonly packets: string;
  /** Pinned files, by name and SHA-256: the statement's further subjects. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

export interface EvidenceSearch {
  /** In id, name, summary or `from`; case does not matter. */
  readonly text?: string;
  readonly about?: string;
  /** At most 500; 50 without it. */
  readonly limit?: number;
  /** Only entries below this index: the last one of the page before. */
  readonly before?: number;
}

/** What is known of the log without reading it again. It is built from the log alone and never written: the log is the truth. */
export class EvidenceIndex {
  readonly #entries: IndexedEntry[] = [];
  readonly #latestOf = new Map<string, number>();
  /** Of each entry, the one before it about the same record, or -1: a way back through all that was said of a record. */
  readonly #previous: number[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Adds the next entry; the caller ensures the order of the log. */
  add(indexed: IndexedEntry): void {
    const { id, name } = indexed.entry;
    this.#previous.push(this.#latestOf.get(name) ?? -1);
    this.#latestOf.set(id, this.#entries.length);
    this.#latestOf.set(name, this.#entries.length);
    this.#entries.push(indexed);
  }

  /** The entry of this id, or the newest one about the record of this id. */
  find(id: string): EvidenceEntry | undefined {
    return this.#at(id)?.entry;
  }

  /** Everything that was recorded about the record of this id, newest first; at most 500. */
  about(name: string, limit = searchMax): readonly EvidenceEntry[] {
    const found: EvidenceEntry[] = [];
    let index = this.#latestOf.get(name) ?? -1;
    while (index >= 0 && found.length < Math.min(limit, searchMax)) {
      const { entry } = this.#entries[index] as IndexedEntry; // an index of an entry
      if (entry.name === name) found.push(entry);
      index = this.#previous[index] ?? -1;
    }
    return found;
  }

  /** Newest first. */
  search(query: EvidenceSearch): readonly EvidenceEntry[] {
    const text = (query.text ?? '').toLowerCase();
    const limit = Math.min(query.limit ?? 50, searchMax);
    const found: EvidenceEntry[] = [];
    for (let index = Math.min(query.before ?? this.size, this.size) - 1; index >= 0 && found.length < limit; index -= 1) {
      const { entry } = this.#entries[index] as IndexedEntry; // below the size
      if (query.about !== undefined && entry.about !== query.about) continue;
      if (text === '' || matches(entry, text)) found.push(entry);
    }
    return found;
  }

  /**
   * The way from a record (or an entry's id) back to what it was made of, nearest first: records by their newest entry, then packets
   * and pinned files, then sources that are no entries (captures, sensors, norms), all named in the `from` of the nodes before them.
   * Each node once, so circles end; at most 1,000. Empty for an id that the log does not know.
   */
  trace(id: string): readonly TraceNode[] {
    const start = this.#at(id);
    if (start === undefined) return [];
    const nodes = new Map<string, TraceNode>();
    const waiting: { readonly id: string; readonly atMs: number }[] = [];
    const put = (node: TraceNode): void => {
      if (nodes.size < traceNodesMax && !nodes.has(node.id)) nodes.set(node.id, node);
    };
    const visit = (indexed: IndexedEntry): void => {
      const { entry } = indexed;
      const parts = listParts(indexed);
      put({
        id: entry.name,
        about: entry.about,
        atMs: entry.atMs,
        summary: entry.summary,
        from: [...entry.from, ...parts.map((part) => part.id)],
        index: entry.index,
      });
      for (const part of parts) put(part);
      for (const from of entry.from) waiting.push({ id: from, atMs: entry.atMs });
    };
    visit(start);
    for (let next = waiting.shift(); next !== undefined && nodes.size < traceNodesMax; next = waiting.shift()) {
      if (nodes.has(next.id)) continue;
      const indexed = this.#at(next.id);
      if (indexed === undefined) put({ id: next.id, about: 'source', atMs: next.atMs, summary: next.id, from: [], index: -1 });
      else if (!nodes.has(indexed.entry.name)) visit(indexed);
    }
    return [...nodes.values()];
  }

  #at(id: string): IndexedEntry | undefined {
    return this.#entries[this.#latestOf.get(id) ?? -1];
  }
}

/** What the index keeps of a log entry. One that is not ours or cannot be read is kept too, so that it is seen. */
export function indexEntry(bytes: Uint8Array, index: number, origin: string): IndexedEntry {
  const id = entryIdOf(origin, index);
  const envelope = parseEnvelope(bytes);
  const statement = envelope.ok ? parseStatementToList(envelope.value.payload) : envelope;
  if (!statement.ok) return { entry: unreadable(id, index, statement.reason), packets: '', files: [] };
  return indexStatement(statement.value, id, index);
}

/** Id of an entry: it names a place in a log, whose content never changes. */
export function entryIdOf(origin: string, index: number): string {
  return idOf('evidence', { log: origin, index });
}

/** As {@link indexEntry}, for a statement that is at hand already. */
export function indexStatement(statement: Statement, id: string, index: number): IndexedEntry {
  const predicate = readPredicate(statement);
  const [subject, ...others] = statement.subject;
  if (predicate === undefined || subject === undefined) return { entry: unreadable(id, index, statement.predicateType), packets: '', files: [] };
  const { about, atMs, from, summary } = predicate;
  const packets = predicate.packets ?? formatPackets(predicate.record);
  const files = others.map(({ name, digest }) => ({ name, sha256: digest['sha256'] ?? '' }));
  return { entry: { id, index, atMs, about, name: subject.name, from, summary }, packets, files };
}

function unreadable(id: string, index: number, reason: string): EvidenceEntry {
  return { id, index, atMs: 0, about: 'unknown', name: id, from: [], summary: reason };
}

/** Packets and pinned files of a record as nodes of their own: the far end of the way back. */
function listParts({ entry, packets, files }: IndexedEntry): readonly TraceNode[] {
  const pinned = files.map(({ name, sha256 }): TraceNode => ({ id: `sha256:${sha256}`, about: 'file', atMs: entry.atMs, summary: name, from: [], index: -1 }));
  if (packets === '') return pinned;
  return [...pinned, { id: `${entry.name}#packets`, about: 'packets', atMs: entry.atMs, summary: packets, from: entry.from, index: -1 }];
}

function matches(entry: EvidenceEntry, text: string): boolean {
  return [entry.id, entry.name, entry.summary, ...entry.from].some((part) => part.toLowerCase().includes(text));
}
