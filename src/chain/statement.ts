// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../base/bytes.ts';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { accept, type Read, refuse } from '../base/errors.ts';
import type { Statement } from '../model/evidence.ts';
import { isObject, parseJsonObject } from './dsse.ts';
import { decodeStrictly } from './signed-note.ts';

/** Source: in-toto Attestation Framework v1, Statement, "_type". */
export const statementType = 'https://in-toto.io/Statement/v1';
/** Payload type of an envelope that carries a statement. Source: in-toto Attestation Framework v1, Envelope. */
export const statementPayloadType = 'application/vnd.in-toto+json';
/** Most things that one statement is about. */
export const subjectsMax = 1_000;

/** The statement as canonical JSON in UTF-8. The caller ensures that the predicate is JSON. */
export function formatStatement(statement: Statement): Uint8Array {
  return toUtf8(canonicalJson(statement as Json)); // a statement consists of texts, lists and a predicate that is JSON
}

/**
 * Reads a statement from the payload of a verified envelope. attacker-controlled (its signer may lie or be careless): refuses what is not
 * byte for byte the canonical form, because a text in which a name occurs twice means different things to different readers; other types;
 * subjects without a digest. Source: in-toto Attestation Framework v1, Statement, "Fields".
 */
export function parseStatement(payload: Uint8Array): Read<Statement> {
  const text = decodeStrictly(payload);
  if (text === undefined) return refuse(0, 'the statement is not UTF-8');
  const json = parseJsonObject(text);
  if (json === undefined) return refuse(0, 'the statement is not a JSON object');
  if (!isCanonical(text, json as Json)) return refuse(0, 'the statement is not written in canonical form'); // JSON.parse gives only JSON
  return readMembers(json);
}

/** As {@link parseStatement} in any form of JSON, at half the cost: for listing what a log holds, never for judging it. */
export function parseStatementToList(payload: Uint8Array): Read<Statement> {
  const json = parseJsonObject(decodeStrictly(payload) ?? '');
  return json === undefined ? refuse(0, 'the statement is not a JSON object') : readMembers(json);
}

function readMembers(json: { readonly [key: string]: unknown }): Read<Statement> {
  if (json['_type'] !== statementType) return refuse(0, `the statement has the _type ${JSON.stringify(json['_type'])}, "${statementType}" is required`);
  if (typeof json['predicateType'] !== 'string' || json['predicateType'] === '') return refuse(0, 'the statement has no predicateType');
  const list: unknown = json['subject'];
  if (!Array.isArray(list) || list.length === 0 || list.length > subjectsMax) return refuse(0, `the statement has not 1 to ${subjectsMax} subjects`);
  const subject: Statement['subject'][number][] = [];
  for (const item of list as readonly unknown[]) {
    const read = readSubject(item);
    if (read === undefined) return refuse(0, `subject ${subject.length} of the statement has no digest`);
    subject.push(read);
  }
  return accept({ _type: statementType, subject, predicateType: json['predicateType'], predicate: json['predicate'] });
}

function readSubject(item: unknown): Statement['subject'][number] | undefined {
  if (!isObject(item) || !isObject(item['digest'])) return undefined;
  const digest: Record<string, string> = {};
  for (const [algorithm, value] of Object.entries(item['digest'])) {
    if (typeof value !== 'string' || !/^[0-9a-f]+$/.test(value)) return undefined;
    digest[algorithm] = value;
  }
  if (Object.keys(digest).length === 0) return undefined;
  return { name: typeof item['name'] === 'string' ? item['name'] : '_', digest };
}

function isCanonical(text: string, json: Json): boolean {
  try {
    return canonicalJson(json) === text;
  } catch {
    return false; // nested too deep, or with lone surrogates: canonicalJson refuses our own mistakes by throwing
  }
}
