// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import type { Piece } from '../protocol.ts';
import { functionNames } from './functions.ts';
import type { Asked } from './outstanding.ts';
import { addWords, setRange } from './values.ts';

/** A PDU holds at most this many (35 by its size; V1.1b3, section 6.14). */
const groupsMax = 35;
const referenceType = 6;
const recordMax = 9999;

/** Group of a file record PDU that was read: what `Outstanding` keeps of the first. */
export interface FirstGroup {
  file: number;
  record: number;
  count: number;
}

/**
 * Functions 20 and 21 (section 6.14, 6.15): one PDU names several records in several files, so each group becomes a row of
 * its own, with the object `file-record/<file>` and the range of records. Fills a first row for a PDU without groups too.
 * Attacker-controlled; a group that does not fit is marked `malformed` and ends the reading. `first` gets the first group.
 */
export function readFileRecords(
  bytes: Uint8Array,
  at: number,
  end: number,
  code: number,
  unit: number,
  asked: Asked | undefined,
  first: FirstGroup,
  piece: Piece,
  out: MessageBatch,
): void {
  const addRow = (): MessageRow => {
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'modbus');
    row.kind = piece.fromClient ? 'request' : 'response';
    row.unit = unit;
    row.functionName = functionNames[code] as string; // 20 or 21
    row.object = 'file-record';
    if (asked !== undefined) row.answeredMs = piece.atMs - asked.atMs;
    return row;
  };
  const isCounted = at < end && bytes[at] === end - at - 1;
  let offset = at + 1;
  for (let group = 0; group < groupsMax; group += 1) {
    if (offset >= end) {
      if (group === 0 && !isCounted) addRow().status = 'malformed';
      else if (group === 0) addRow();
      return;
    }
    const row = addRow();
    const next =
      code === 20 && !piece.fromClient
        ? readAnswered(bytes, offset, end, group === 0 ? asked : undefined, row, out)
        : readNamed(bytes, offset, end, code, row, out);
    if (group === 0) keepFirst(bytes, offset, end, first);
    if (!isCounted || next < 0) row.status = 'malformed';
    if (next < 0) return;
    offset = next;
  }
}

function keepFirst(bytes: Uint8Array, at: number, end: number, first: FirstGroup): void {
  if (end - at < 7) return;
  first.file = readUint16(bytes, at + 1);
  first.record = readUint16(bytes, at + 3);
  first.count = readUint16(bytes, at + 5);
}

/** Reference type, file, record, length, and for function 21 the registers. Answers where the next group begins, or -1. */
function readNamed(bytes: Uint8Array, at: number, end: number, code: number, row: MessageRow, out: MessageBatch): number {
  if (end - at < 7) return -1;
  const file = readUint16(bytes, at + 1);
  const record = readUint16(bytes, at + 3);
  const count = readUint16(bytes, at + 5);
  setRange(row, `file-record/${file}`, record, count);
  const next = code === 20 ? at + 7 : at + 7 + count * 2;
  addWords(bytes, at + 7, Math.min(next, end), row, out);
  return next > end || bytes[at] !== referenceType || record > recordMax || file === 0 ? -1 : next;
}

/** Length (of what follows), reference type, registers. Only the request says which records they are. */
function readAnswered(bytes: Uint8Array, at: number, end: number, asked: Asked | undefined, row: MessageRow, out: MessageBatch): number {
  if (asked !== undefined && asked.first >= 0) setRange(row, `file-record/${asked.extra}`, asked.first, asked.count);
  const next = at + 1 + (bytes[at] as number); // at < end
  if (next <= at + 1) return -1;
  addWords(bytes, at + 2, Math.min(next, end), row, out);
  return next > end || bytes[at + 1] !== referenceType ? -1 : next;
}
