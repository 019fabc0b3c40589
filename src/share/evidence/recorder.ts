// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { assert, ShinraiError } from '../../base/errors.ts';
import { signEnvelopes } from '../../chain/dsse.ts';
import type { Signer } from '../../chain/primitives.ts';
import { formatStatement, statementPayloadType, statementType } from '../../chain/statement.ts';
import type { EvidenceEntry, Statement } from '../../model/evidence.ts';
import { type EvidenceIndex, entryIdOf, type IndexedEntry, indexStatement } from './evidence-index.ts';
import { type EvidenceAbout, formatPackets, formatPredicateType, payloadBytesMax } from './record.ts';

/** Most records of one call. */
export const itemsMax = 50_000;
export const summaryCharactersMax = 500;
export const fromMax = 200;
export const filesMax = 100;
/** So many items are written, then handed to the signer, which works while the next ones are written. */
const itemsAtOnce = 128;

/** Something that is to become evidence. */
export interface RecordItem {
  readonly about: EvidenceAbout;
  /** Id of the record; several entries may be about the same one as it changes. */
  readonly id: string;
  readonly atMs: number;
  /** Ids of what it was made of. Of many only the first 200 are named; the record itself has them all. */
  readonly from: readonly string[];
  /** The record itself. Never raw packets: their numbers and hashes. */
  readonly record: Json;
  /** One line for lists, cut at 500 characters. */
  readonly summary: string;
  /** Pinned files that it rests on, with their SHA-256 in hexadecimal; at most 100. */
  readonly digests?: readonly { readonly name: string; readonly sha256: string }[];
}

/** Where the entries go. */
export interface EntryLog {
  readonly origin: string;
  append(entries: readonly Uint8Array[]): Promise<number>;
}
/** Keeps texts that are too large for an entry under their SHA-256; durable on return. */
export interface DetachedStore {
  put(sha256: string, text: string): Promise<void>;
}

export interface Recorder {
  /**
   * Signs a statement for each item and adds them all to the log, side by side and in order. Acknowledged = durable, and found by search
   * and trace. Safe at the same time: calls share a sync and keep the order in which they were made. The caller does not retry by itself.
   * Throws `evidence-limit` for an item that fits no entry and what the log throws (`chain-limit`, `chain-failed`, `chain-closed`).
   */
  record(items: readonly RecordItem[]): Promise<readonly EvidenceEntry[]>;
}

/** A recorder over an open log. The caller ensures that the index holds exactly what the log holds, and that nobody else appends. */
export function createRecorder(parts: {
  readonly log: EntryLog;
  readonly detached: DetachedStore;
  readonly index: EvidenceIndex;
  readonly signer: Signer;
  /** SHA-256 of a text in UTF-8, in hexadecimal. */
  readonly hashText: (text: string) => string;
}): Recorder {
  const { log, index, signer, hashText } = parts;
  let order: Promise<void> = Promise.resolve();
  const append = async (statements: readonly Statement[], entries: readonly Uint8Array[]): Promise<readonly EvidenceEntry[]> => {
    const first = await log.append(entries);
    const added = statements.map((statement, place): IndexedEntry => indexStatement(statement, entryIdOf(log.origin, first + place), first + place));
    assert(index.size === first, `entry ${first} is the next of the index, which has ${index.size}`);
    for (const indexed of added) index.add(indexed);
    return added.map((indexed) => indexed.entry);
  };
  return {
    async record(items) {
      assert(items.length <= itemsMax, `at most ${itemsMax} records at once`);
      if (items.length === 0) return [];
      const before = order;
      const turn = Promise.withResolvers<void>();
      // A call that fails early still lets nobody overtake those before it.
      order = before.then(() => turn.promise);
      try {
        const signed = await Promise.all(splitItems(items).map((some) => draftAndSign(some, signer, hashText)));
        const drafts = signed.flatMap((some) => some.drafts);
        const entries = signed.flatMap((some) => some.entries);
        for (const { sha256: name, detached } of drafts) if (detached !== undefined) await parts.detached.put(name, detached);
        const statements = drafts.map((draft) => draft.statement);
        await before;
        const added = append(statements, entries);
        turn.resolve();
        return await added;
      } finally {
        turn.resolve();
      }
    },
  };
}

function splitItems(items: readonly RecordItem[]): readonly (readonly RecordItem[])[] {
  const parts: (readonly RecordItem[])[] = [];
  for (let at = 0; at < items.length; at += itemsAtOnce) parts.push(items.slice(at, at + itemsAtOnce));
  return parts;
}

/** The drafts are written before this returns, the signatures come later: what is wrong with an item becomes a rejection all the same. */
async function draftAndSign(
  items: readonly RecordItem[],
  signer: Signer,
  hashText: (text: string) => string,
): Promise<{ readonly drafts: readonly Draft[]; readonly entries: readonly Uint8Array[] }> {
  const drafts = items.map((item) => draftStatement(item, hashText));
  const payloads = drafts.map((draft) => draft.payload);
  return { drafts, entries: await signEnvelopes(statementPayloadType, payloads, signer) };
}

/** A statement that is ready to be signed, and the record's text where that stays outside. */
export interface Draft {
  readonly statement: Statement;
  readonly payload: Uint8Array;
  /** Of the record's canonical JSON, in hexadecimal. */
  readonly sha256: string;
  readonly detached: string | undefined;
}

/** The statement about an item. Throws `evidence-limit` where it is too large for an entry even without its record. */
export function draftStatement(item: RecordItem, hashText: (text: string) => string): Draft {
  const { about, id, atMs, record } = item;
  const files = (item.digests ?? []).slice(0, filesMax);
  assert(id !== '' && Number.isFinite(atMs), 'a record has an id and a time');
  assert(
    files.every((file) => /^[0-9a-f]{64}$/.test(file.sha256)),
    'a pinned file comes with its SHA-256',
  );
  const text = canonicalJson(record);
  const digest = hashText(text);
  const subject = [{ name: id, digest: { sha256: digest } }, ...files.map((file) => ({ name: file.name, digest: { sha256: file.sha256 } }))];
  const predicate = { about, atMs, from: item.from.slice(0, fromMax), summary: cutText(item.summary) };
  const whole = { _type: statementType, subject, predicateType: formatPredicateType(about), predicate: { ...predicate, record } };
  const payload = formatAround(whole, predicate, text);
  if (payload.length <= payloadBytesMax) return { statement: whole, payload, sha256: digest, detached: undefined };
  const packets = formatPackets(record);
  const short = { ...whole, predicate: packets === '' ? predicate : { ...predicate, packets } };
  const shortPayload = formatStatement(short);
  if (shortPayload.length > payloadBytesMax) {
    throw new ShinraiError(
      'evidence-limit',
      `Cannot record "${id}": its ids and files take ${shortPayload.length} bytes, at most ${payloadBytesMax} are allowed`,
    );
  }
  return { statement: short, payload: shortPayload, sha256: digest, detached: text };
}

/** As formatStatement(whole), without writing the record a second time: names in a canonical object are in order, so its place is known. */
function formatAround(
  whole: Statement,
  predicate: { readonly about: string; readonly atMs: number; readonly from: readonly string[]; readonly summary: string },
  recordText: string,
): Uint8Array {
  const { summary, ...before } = predicate;
  const outside = canonicalJson({ predicateType: whole.predicateType, subject: whole.subject });
  const inside = `${canonicalJson(before).slice(0, -1)},"record":${recordText},"summary":${canonicalJson(summary)}}`;
  return toUtf8(`{"_type":${canonicalJson(whole._type)},"predicate":${inside},${outside.slice(1)}`);
}

function cutText(text: string): string {
  return (text.length <= summaryCharactersMax ? text : `${text.slice(0, summaryCharactersMax)}…`).toWellFormed();
}
