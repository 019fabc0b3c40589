// SPDX-License-Identifier: Apache-2.0
import { fromHex, toUtf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { isObject } from '../../chain/dsse.ts';
import { isEqual } from '../../chain/merkle.ts';
import type { Sha256 } from '../../chain/primitives.ts';
import type { evidenceAbout, Statement } from '../../model/evidence.ts';

export type EvidenceAbout = (typeof evidenceAbout)[number];

/** Where the forms of our predicates are named: `https://shinrai.dev/evidence/finding/v1` … */
const predicateTypeHead = 'https://shinrai.dev/evidence/';
const predicateTypeTail = '/v1';
/**
 * Largest statement in bytes: in base64 and with a signature it must fit an entry of 65,535. A record for which it would be larger
 * stays outside the entry, which then names it by its hash.
 */
export const payloadBytesMax = 48_500;
const packetsTextMax = 160;

/** `https://shinrai.dev/evidence/finding/v1` for `finding`. */
export function formatPredicateType(about: string): string {
  return `${predicateTypeHead}${about}${predicateTypeTail}`;
}
/** What the statement is about, or undefined when its predicate is none of ours. */
export function parsePredicateType(type: string): string | undefined {
  if (!type.startsWith(predicateTypeHead) || !type.endsWith(predicateTypeTail)) return undefined;
  const about = type.slice(predicateTypeHead.length, -predicateTypeTail.length);
  return /^[a-z][a-z-]*$/.test(about) ? about : undefined;
}

/** What our statements claim. The record is the thing itself; `record` is missing where it is kept outside for its size. */
export interface EvidencePredicate {
  readonly about: string;
  readonly atMs: number;
  readonly from: readonly string[];
  readonly summary: string;
  readonly record?: Json;
  /** Only where the record is kept outside: the packets that it names, as {@link formatPackets} writes them. */
  readonly packets?: string;
}

/** The predicate of a statement of ours, or undefined when it is none. attacker-controlled: every member is checked. */
export function readPredicate(statement: Statement): EvidencePredicate | undefined {
  const { predicate } = statement;
  const about = parsePredicateType(statement.predicateType);
  if (!isObject(predicate) || about === undefined || predicate['about'] !== about) return undefined;
  const { atMs, summary, packets } = predicate;
  const from: unknown = predicate['from'];
  if (typeof atMs !== 'number' || typeof summary !== 'string' || !Array.isArray(from)) return undefined;
  const ids: string[] = [];
  for (const id of from as readonly unknown[]) {
    if (typeof id !== 'string') return undefined;
    ids.push(id);
  }
  const record = predicate['record'];
  // A predicate is read from JSON, so its members are JSON.
  return { about, atMs, from: ids, summary, ...(record === undefined ? {} : { record: record as Json }), ...(typeof packets === 'string' ? { packets } : {}) };
}

/** The packet numbers that a record names as ranges, `12-15, 19`, cut at 160 characters; empty where it names none. */
export function formatPackets(record: Json | undefined): string {
  const value: unknown = isObject(record) ? record['packets'] : undefined;
  if (!Array.isArray(value)) return '';
  const numbers = value.map(Number);
  let text = '';
  for (let start = 0; start < numbers.length && text.length < packetsTextMax; ) {
    let end = start;
    while (end + 1 < numbers.length && numbers[end + 1] === (numbers[end] ?? 0) + 1) end += 1;
    text += `${text === '' ? '' : ', '}${start === end ? numbers[start] : `${numbers[start]}-${numbers[end]}`}`;
    start = end + 1;
    if (text.length >= packetsTextMax && start < numbers.length) text += ' …';
  }
  return text;
}

/** Answer of {@link checkRecord}, with a sentence for showing. */
export interface RecordCheck {
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Whether the record is the one whose SHA-256 the statement's first subject names: the record in the predicate or, for a large one,
 * the canonical JSON text that is kept beside it. Never throws.
 */
export async function checkRecord(statement: Statement, detached: string | undefined, sha256: Sha256): Promise<RecordCheck> {
  const predicate = readPredicate(statement);
  if (predicate === undefined) return { ok: false, detail: `the predicate is not of the form ${statement.predicateType} has` };
  const [subject] = statement.subject;
  const digest = fromHex(subject?.digest['sha256'] ?? '');
  if (subject === undefined || digest?.length !== 32) return { ok: false, detail: 'the first subject has no SHA-256' };
  const text = predicate.record === undefined ? detached : writeCanonical(predicate.record);
  if (text === undefined) return { ok: false, detail: `the record of ${subject.name} is kept outside the entry and is not here` };
  if (!isEqual(await sha256(toUtf8(text)), digest)) return { ok: false, detail: `the record is not the one that ${subject.name} names by its SHA-256` };
  return { ok: true, detail: `the record is ${subject.name}, by its SHA-256` };
}

function writeCanonical(value: Json): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined; // deeper than canonicalJson writes
  }
}
