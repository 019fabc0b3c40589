// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import type { Recognition } from '../protocol.ts';
import { cutText } from '../wire-text.ts';
import { cut, readName } from './names.ts';
import { formatContent, readRecord, typeName } from './records.ts';

export const headerBytes = 12;
/** Answers whose content is shown, and questions that a message may have (multicast asks a few dozen at most). */
const answersMax = 16;
const questionsMax = 64;

/** Opcodes 0 … 6 (3 is not assigned). RFC 1035 section 4.1.1, RFC 1996, 2136, 8490. */
const opcodeNames: readonly (string | undefined)[] = ['query', 'inverse-query', 'status', undefined, 'notify', 'update', 'stateful-operation'];

/** Response codes other than 0, under their IANA names. */
const statusNames: readonly string[] = ['ok', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'];

/** Whether the message that begins at `start` answers (QR); the caller must ensure that its header is there. RFC 1035, section 4.1.1. */
export function isResponse(bytes: Uint8Array, start: number): boolean {
  return ((bytes[start + 2] as number) & 0x80) !== 0; // the header is there
}

/**
 * Fills a row from the message in [start, end); the header must be there. Attacker-controlled. Object: the first question's
 * name (of an mDNS answer without question: the first answer's); texts: its type, then up to 16 contents of the answer section.
 * Source: RFC 1035, section 4; RFC 6762; RFC 4795.
 */
export function readMessage(bytes: Uint8Array, start: number, end: number, row: MessageRow, out: MessageBatch): void {
  const flags = readUint16(bytes, start + 2);
  const opcode = (flags >>> 11) & 15;
  const isAnswer = (flags & 0x8000) !== 0;
  row.kind = isAnswer ? 'response' : 'request';
  row.functionName = opcodeNames[opcode] ?? `function-${opcode}`;
  if (isAnswer) row.status = statusNames[flags & 15] ?? `RCODE${flags & 15}`;
  let at = start + headerBytes;
  const questions = readUint16(bytes, start + 4);
  if (questions > questionsMax) {
    fail(row, 0, 0);
    return;
  }
  for (let index = 0; index < questions; index += 1) {
    const { name, next } = readName(bytes, start, at, end);
    if (next < 0 || next + 4 > end) {
      fail(row, next < 0 ? next : cut, flags);
      return;
    }
    if (index === 0) nameQuestion(row, name, readUint16(bytes, next), readUint16(bytes, next + 2), out);
    at = next + 4;
  }
  const answers = Math.min(readUint16(bytes, start + 6), answersMax);
  for (let index = 0; index < answers; index += 1) {
    const record = readRecord(bytes, start, at, end);
    if (record.next < 0) {
      fail(row, record.next, flags);
      return;
    }
    if (row.object === '') nameQuestion(row, record.name, record.type, 1, out);
    const content = formatContent(bytes, start, record);
    if (content === undefined) row.status = 'malformed';
    else out.addText(row, content);
    at = record.next;
  }
}

function nameQuestion(row: MessageRow, name: string, type: number, classCode: number, out: MessageBatch): void {
  row.object = cutText(name);
  // The top bit of the class asks for a unicast answer in mDNS (RFC 6762, section 5.4).
  const isInternet = (classCode & 0x7fff) === 1;
  out.addText(row, isInternet ? typeName(type) : `${typeName(type)} class ${classCode}`);
  if (row.functionName === 'query' && (type === 252 || type === 251)) row.functionName = 'transfer-zone';
}

/** A message that says itself that it was cut (TC) is not malformed. */
function fail(row: MessageRow, why: number, flags: number): void {
  row.status = why === cut || (flags & 0x0200) !== 0 ? 'truncated' : 'malformed';
}

/** NetBIOS names (RFC 1001, section 14.1) travel in a message of the same shape, but they are another protocol's. */
function isNetbiosName(name: string): boolean {
  return /^[a-p]{32}(\.|$)/.test(name);
}

/**
 * Judges by content whether a DNS message begins at `start`: header fields in range and a first question (or, in an answer
 * without one, a first record) that can be read. Attacker-controlled. `isWhole`: no more bytes will come.
 */
export function recogniseMessage(bytes: Uint8Array, start: number, end: number, isWhole: boolean): Recognition {
  const short: Recognition = isWhole ? 'no' : 'wait';
  if (end - start < 4) return short;
  const flags = readUint16(bytes, start + 2);
  const isAnswer = (flags & 0x8000) !== 0;
  // Opcode assigned, the reserved bit zero, no error code and no recursion-available in a request.
  if (opcodeNames[(flags >>> 11) & 15] === undefined || (flags & 0x0040) !== 0 || (flags & 15) > 10) return 'no';
  if (!isAnswer && (flags & 0x008f) !== 0) return 'no';
  const questions = end - start < 6 ? 0 : readUint16(bytes, start + 4);
  if (questions > questionsMax) return 'no';
  if (end - start < headerBytes) return short;
  const answers = readUint16(bytes, start + 6);
  if (answers > 4096 || readUint16(bytes, start + 8) > 4096 || readUint16(bytes, start + 10) > 4096) return 'no';
  if (questions === 0 && (!isAnswer || answers === 0)) return 'no';
  const { name, next } = readName(bytes, start, start + headerBytes, end);
  if (next < 0) return next === cut ? short : 'no';
  if (isNetbiosName(name)) return 'no';
  if (next + 4 > end) return short;
  const type = readUint16(bytes, next);
  const classCode = readUint16(bytes, next + 2) & 0x7fff;
  if (type === 0 || (classCode !== 1 && classCode !== 3 && classCode !== 4 && classCode !== 254 && classCode !== 255)) return 'no';
  return 'yes';
}
