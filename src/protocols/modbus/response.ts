// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { textOf } from '../wire-text.ts';
import type { Asked } from './outstanding.ts';
import { readMask, readSingleCoil, readSingleRegister } from './request.ts';
import { readSubFunction } from './sub-functions.ts';
import { addBits, addBytes, addWords, setRange } from './values.ts';

/**
 * Fills a row from the response PDU after its function code, [at, end). Attacker-controlled. `asked` is the request it
 * answers, undefined when none was seen: then a read response has values without an address. Answers whether the PDU was
 * as the specification wants it and as large as the request asked for.
 */
export function readResponse(bytes: Uint8Array, at: number, end: number, code: number, asked: Asked | undefined, row: MessageRow, out: MessageBatch): boolean {
  switch (code) {
    case 1:
      return readBits(bytes, at, end, 'coil', asked, row, out);
    case 2:
      return readBits(bytes, at, end, 'discrete-input', asked, row, out);
    case 3:
    case 23:
      return readRegisters(bytes, at, end, 'holding-register', asked, row, out);
    case 4:
      return readRegisters(bytes, at, end, 'input-register', asked, row, out);
    case 5:
      return readSingleCoil(bytes, at, end, row, out);
    case 6:
      return readSingleRegister(bytes, at, end, row, out);
    case 7:
      addBytes(bytes, at, Math.min(end, at + 1), row, out);
      return end - at === 1;
    case 8:
    case 43:
      return readSubFunction(bytes, at, end, code, row, out);
    case 11:
      addWords(bytes, at, Math.min(end, at + 4), row, out);
      return end - at === 4;
    case 12:
      return readEventLog(bytes, at, end, row, out);
    case 15:
      return readWritten(bytes, at, end, 'coil', row);
    case 16:
      return readWritten(bytes, at, end, 'holding-register', row);
    case 17:
      if (at === end) return false;
      // Device specific, but mostly a text with a few binary bytes around it.
      out.addText(row, `server-id=${textOf(bytes, at + 1, end)}`);
      return end - at - 1 === bytes[at];
    case 22:
      return readMask(bytes, at, end, row, out);
    case 24:
      return readFifo(bytes, at, end, asked, row, out);
    default:
      return true; // not public: nothing is known about its shape
  }
}

/** Without a request the number of bits is not known: all bits of the bytes are shown. */
function readBits(bytes: Uint8Array, at: number, end: number, object: string, asked: Asked | undefined, row: MessageRow, out: MessageBatch): boolean {
  if (asked === undefined) row.object = object;
  else setRange(row, object, asked.first, asked.count);
  if (at === end) return false;
  const dataBytes = end - at - 1;
  addBits(bytes, at + 1, asked === undefined ? dataBytes * 8 : Math.min(asked.count, dataBytes * 8), row, out);
  return bytes[at] === dataBytes && (asked === undefined || (asked.count + 7) >>> 3 === dataBytes);
}

function readRegisters(bytes: Uint8Array, at: number, end: number, object: string, asked: Asked | undefined, row: MessageRow, out: MessageBatch): boolean {
  if (asked === undefined) row.object = object;
  else setRange(row, object, asked.first, asked.count);
  if (at === end) return false;
  addWords(bytes, at + 1, end, row, out);
  const dataBytes = end - at - 1;
  return bytes[at] === dataBytes && dataBytes % 2 === 0 && (asked === undefined || asked.count * 2 === dataBytes);
}

function readWritten(bytes: Uint8Array, at: number, end: number, object: string, row: MessageRow): boolean {
  if (end - at < 4) return false;
  setRange(row, object, readUint16(bytes, at), readUint16(bytes, at + 2));
  return end - at === 4;
}

/** Status word, event count, message count, then up to 64 event bytes. */
function readEventLog(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 7) return false;
  addWords(bytes, at + 1, at + 7, row, out);
  addBytes(bytes, at + 7, end, row, out);
  return end - at - 1 === bytes[at];
}

/** Byte count (16 bits), count of registers, the registers. The queue itself is named by the request. */
function readFifo(bytes: Uint8Array, at: number, end: number, asked: Asked | undefined, row: MessageRow, out: MessageBatch): boolean {
  if (asked === undefined) row.object = 'fifo';
  else setRange(row, 'fifo', asked.first, 1);
  if (end - at < 4) return false;
  addWords(bytes, at + 4, end, row, out);
  return readUint16(bytes, at) === end - at - 2 && readUint16(bytes, at + 2) * 2 === end - at - 4;
}
