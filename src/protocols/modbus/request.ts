// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { readSubFunction } from './sub-functions.ts';
import { addBits, addWords, setRange } from './values.ts';

/** Quantities that one PDU may ask for. V1.1b3, sections 6.1 to 6.17. */
const coilsMax = 2000;
const coilsWrittenMax = 1968;
const registersMax = 125;
const registersWrittenMax = 123;

/**
 * Fills a row from the request PDU after its function code, [at, end). Attacker-controlled: what is there is shown, and
 * answers whether the PDU was as the specification wants it (sizes, quantities, counts). File records are not read here:
 * one PDU may hold many (see file-records.ts).
 */
export function readRequest(bytes: Uint8Array, at: number, end: number, code: number, row: MessageRow, out: MessageBatch): boolean {
  switch (code) {
    case 1:
      return readAsked(bytes, at, end, 'coil', coilsMax, row);
    case 2:
      return readAsked(bytes, at, end, 'discrete-input', coilsMax, row);
    case 3:
      return readAsked(bytes, at, end, 'holding-register', registersMax, row);
    case 4:
      return readAsked(bytes, at, end, 'input-register', registersMax, row);
    case 5:
      return readSingleCoil(bytes, at, end, row, out);
    case 6:
      return readSingleRegister(bytes, at, end, row, out);
    case 7:
    case 11:
    case 12:
    case 17:
      return at === end;
    case 15:
      return readCoilsWritten(bytes, at, end, row, out);
    case 16:
      return readRegistersWritten(bytes, at, end, row, out);
    case 22:
      return readMask(bytes, at, end, row, out);
    case 23:
      // The read range (the first four bytes) stands in the response, which is paired with this request.
      return end - at >= 9 && readRegistersWritten(bytes, at + 4, end, row, out);
    case 24:
      if (end - at < 2) return false;
      setRange(row, 'fifo', readUint16(bytes, at), 1);
      return end - at === 2;
    case 8:
    case 43:
      return readSubFunction(bytes, at, end, code, row, out);
    default:
      return true; // not public: nothing is known about its shape
  }
}

function readAsked(bytes: Uint8Array, at: number, end: number, object: string, quantityMax: number, row: MessageRow): boolean {
  if (end - at < 4) return false;
  const quantity = readUint16(bytes, at + 2);
  setRange(row, object, readUint16(bytes, at), quantity);
  return end - at === 4 && quantity >= 1 && quantity <= quantityMax;
}

/** Request and response of function 5: FF00 = on = 1, 0000 = off = 0; anything else is shown as it is and is malformed. */
export function readSingleCoil(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 4) return false;
  setRange(row, 'coil', readUint16(bytes, at), 1);
  const value = readUint16(bytes, at + 2);
  out.addValue(row, value === 0xff00 ? 1 : value);
  return end - at === 4 && (value === 0xff00 || value === 0);
}

/** Request and response of function 6. */
export function readSingleRegister(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 4) return false;
  setRange(row, 'holding-register', readUint16(bytes, at), 1);
  out.addValue(row, readUint16(bytes, at + 2));
  return end - at === 4;
}

/** Request and response of function 22: the AND mask, then the OR mask. */
export function readMask(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 6) return false;
  setRange(row, 'holding-register', readUint16(bytes, at), 1);
  addWords(bytes, at + 2, at + 6, row, out);
  return end - at === 6;
}

function readCoilsWritten(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 5) return false;
  const quantity = readUint16(bytes, at + 2);
  setRange(row, 'coil', readUint16(bytes, at), quantity);
  addBits(bytes, at + 5, Math.min(quantity, (end - at - 5) * 8), row, out);
  const dataBytes = (quantity + 7) >>> 3;
  return bytes[at + 4] === dataBytes && end - at === 5 + dataBytes && quantity >= 1 && quantity <= coilsWrittenMax;
}

function readRegistersWritten(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 5) return false;
  const quantity = readUint16(bytes, at + 2);
  setRange(row, 'holding-register', readUint16(bytes, at), quantity);
  addWords(bytes, at + 5, Math.min(end, at + 5 + quantity * 2), row, out);
  return bytes[at + 4] === quantity * 2 && end - at === 5 + quantity * 2 && quantity >= 1 && quantity <= registersWrittenMax;
}
