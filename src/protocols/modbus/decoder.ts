// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Piece, unreadable } from '../protocol.ts';
import { findStart } from '../stream-start.ts';
import { type FirstGroup, readFileRecords } from './file-records.ts';
import { headerBytes, lengthMax, lengthMin, recogniseAdu } from './frame.ts';
import { exceptionNames, functionNames } from './functions.ts';
import { type Asked, Outstanding } from './outstanding.ts';
import { readRequest } from './request.ts';
import { readResponse } from './response.ts';
import { nameSubFunction, subFunctionOf } from './sub-functions.ts';

/** So many bytes of one direction without an ADU, and it is not Modbus (any more). */
const unreadBytesMax = 4096;

/** Reused: holds only during one call. */
const firstGroup: FirstGroup = { file: 0, record: -1, count: 0 };

/** One direction of the stream. */
class Direction {
  /** False after a gap or an impossible header, until an ADU is found whose own lengths agree. */
  isInStep = true;
  unreadBytes = 0;
}

/**
 * Modbus/TCP of one conversation: ADUs of both directions, requests paired with responses by transaction, unit and function.
 * The hot path: no allocation per message except for file records, device identification and functions without a name.
 */
export class ModbusDecoder implements Decoder {
  private readonly client = new Direction();
  private readonly server = new Direction();
  private outstanding: Outstanding | undefined;

  decode(piece: Piece, out: MessageBatch): number {
    const { bytes, end } = piece;
    const direction = piece.fromClient ? this.client : this.server;
    let at = piece.start;
    while (end - at >= headerBytes) {
      if (!direction.isInStep) {
        const found = findAdu(bytes, at, end, piece.fromClient);
        direction.unreadBytes += found - at;
        at = found;
        if (!this.isWhole(bytes, at, end)) break;
        direction.isInStep = true;
      }
      const length = readUint16(bytes, at + 4);
      if (length < lengthMin || length > lengthMax || readUint16(bytes, at + 2) !== 0) {
        addUnreadable(piece, out);
        direction.isInStep = false;
        direction.unreadBytes += 1;
        at += 1;
        continue;
      }
      const next = at + headerBytes + length;
      if (next > end) break;
      this.readAdu(bytes, at, next, piece, out);
      direction.unreadBytes = 0;
      at = next;
    }
    return at - piece.start;
  }

  skip(fromClient: boolean): void {
    (fromClient ? this.client : this.server).isInStep = false;
  }

  isLost(): boolean {
    return this.client.unreadBytes > unreadBytesMax || this.server.unreadBytes > unreadBytesMax;
  }

  /** A found start is believed when its ADU is there in full. */
  private isWhole(bytes: Uint8Array, at: number, end: number): boolean {
    return end - at >= headerBytes + lengthMin && at + headerBytes + readUint16(bytes, at + 4) <= end;
  }

  private readAdu(bytes: Uint8Array, at: number, end: number, piece: Piece, out: MessageBatch): void {
    const code = bytes[at + 7] as number; // the length is at least 2: unit and function are there
    if (code > 0x80) this.readException(bytes, at, end, code & 0x7f, piece, out);
    else if (piece.fromClient) this.readAsked(bytes, at, end, code, piece, out);
    else this.readAnswer(bytes, at, end, code, piece, out);
  }

  private readAsked(bytes: Uint8Array, at: number, end: number, code: number, piece: Piece, out: MessageBatch): void {
    const transaction = readUint16(bytes, at);
    const unit = bytes[at + 6] as number; // see readAdu
    this.outstanding ??= new Outstanding();
    if (code === 20 || code === 21) {
      firstGroup.record = -1;
      readFileRecords(bytes, at + 8, end, code, unit, undefined, firstGroup, piece, out);
      this.outstanding.put(transaction, unit, code, firstGroup.record, firstGroup.count, firstGroup.file, piece.atMs);
      return;
    }
    const row = addRow(piece, unit, code, out);
    row.kind = 'request';
    if (code === 0 || code === 0x80 || !readRequest(bytes, at + 8, end, code, row, out)) row.status = 'malformed';
    if (code === 23 && end - at >= 12) {
      this.outstanding.put(transaction, unit, code, readUint16(bytes, at + 8), readUint16(bytes, at + 10), 0, piece.atMs);
    } else {
      this.outstanding.put(transaction, unit, code, row.objectFirst, row.objectCount, subFunctionOf(bytes, at + 8, end, code), piece.atMs);
    }
  }

  private readAnswer(bytes: Uint8Array, at: number, end: number, code: number, piece: Piece, out: MessageBatch): void {
    const unit = bytes[at + 6] as number; // see readAdu
    const asked = this.askedBy(bytes, at, code);
    if (code === 20 || code === 21) {
      readFileRecords(bytes, at + 8, end, code, unit, asked, firstGroup, piece, out);
      return;
    }
    const row = addRow(piece, unit, code, out);
    row.kind = 'response';
    if (asked !== undefined) row.answeredMs = piece.atMs - asked.atMs;
    // A request too short to name its range is no measure for the answer.
    const known = asked !== undefined && asked.first >= 0 ? asked : undefined;
    if (code === 0 || code === 0x80 || !readResponse(bytes, at + 8, end, code, known, row, out)) row.status = 'malformed';
  }

  /** An exception names no object: it gets the one of the request it refuses. */
  private readException(bytes: Uint8Array, at: number, end: number, code: number, piece: Piece, out: MessageBatch): void {
    const row = addRow(piece, bytes[at + 6] as number, code, out); // see readAdu
    row.kind = 'response';
    row.status = end - at === 9 ? (exceptionNames[bytes[at + 8] as number] as string) : 'malformed'; // a byte has a name
    const asked = piece.fromClient ? undefined : this.askedBy(bytes, at, code);
    if (asked === undefined) return;
    row.answeredMs = piece.atMs - asked.atMs;
    nameSubFunction(row, code, asked.extra);
    const space = spaces[code];
    if (space === undefined || asked.first < 0) return;
    row.object = code === 20 || code === 21 ? `${space}/${asked.extra}` : space;
    row.objectFirst = asked.first;
    row.objectCount = asked.count;
  }

  private askedBy(bytes: Uint8Array, at: number, code: number): Asked | undefined {
    // `as number`: see readAdu.
    return this.outstanding?.take(readUint16(bytes, at), bytes[at + 6] as number, code);
  }
}

/** Apart from `decode`, which would otherwise make a closure for every piece. */
function findAdu(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
  return findStart(start, end, (at) => recogniseAdu(bytes, at, end, fromClient));
}

/** Object space of each function, for exceptions; the sub-functions of 8 and 43 name their own. */
const spaces: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  if (code === 1 || code === 5 || code === 15) return 'coil';
  if (code === 2) return 'discrete-input';
  if (code === 4) return 'input-register';
  if (code === 20 || code === 21) return 'file-record';
  if (code === 24) return 'fifo';
  return code === 3 || code === 6 || code === 16 || code === 22 || code === 23 ? 'holding-register' : undefined;
});

function addRow(piece: Piece, unit: number, code: number, out: MessageBatch): MessageRow {
  const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'modbus');
  row.unit = unit;
  row.functionName = functionNames[code] as string; // a byte has a name
  return row;
}

function addUnreadable(piece: Piece, out: MessageBatch): void {
  const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'modbus');
  row.functionName = unreadable;
  row.status = 'malformed';
}
