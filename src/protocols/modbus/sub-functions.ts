// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { textOf } from '../wire-text.ts';
import { diagnosticObjects, identificationNames } from './functions.ts';
import { addBytes, addWords, setRange } from './values.ts';

/** Objects of one identification answer that are read (an answer holds at most 250 bytes, so no honest one has more). */
const objectsMax = 64;

/**
 * Functions that carry a second function in their body: diagnostics (8) and the encapsulated interface transport (43).
 * Gives the row its finer name. Attacker-controlled; answers whether the PDU was well formed. V1.1b3, sections 6.8 and 6.19 to 6.21.
 */
export function readSubFunction(bytes: Uint8Array, at: number, end: number, code: number, row: MessageRow, out: MessageBatch): boolean {
  if (code === 8) return readDiagnostics(bytes, at, end, row, out);
  if (at === end) return false;
  const type = bytes[at] as number; // at < end
  nameSubFunction(row, code, type);
  if (type === 13) {
    addBytes(bytes, at + 1, end, row, out);
    return true;
  }
  if (type !== 14) return true;
  return row.kind === 'request' ? readIdentificationAsked(bytes, at + 1, end, row, out) : readIdentification(bytes, at + 1, end, row, out);
}

/** The sub-function of a request body [at, end), for its exception, which does not repeat it; -1 where there is none. */
export function subFunctionOf(bytes: Uint8Array, at: number, end: number, code: number): number {
  if (code === 8 && end - at >= 2) return readUint16(bytes, at);
  return code === 43 && at < end ? (bytes[at] as number) : -1; // at < end
}

/** Gives a row of function 8 or 43 its finer name and object. */
export function nameSubFunction(row: MessageRow, code: number, sub: number): void {
  if (sub < 0) return;
  if (code === 8) {
    if (sub === 1) row.functionName = 'diagnostics-restart-communications';
    else if (sub === 4) row.functionName = 'diagnostics-force-listen-only';
    row.object = diagnosticObjects[sub] ?? `diagnostic-${sub}`;
  } else if (code === 43) {
    if (sub === 13) row.functionName = 'canopen-general-reference';
    else if (sub === 14) row.functionName = 'read-device-identification';
    else setRange(row, 'mei', sub, 1);
  }
}

function readDiagnostics(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 2) return false;
  const sub = readUint16(bytes, at);
  nameSubFunction(row, 8, sub);
  addWords(bytes, at + 2, end, row, out);
  return (end - at) % 2 === 0 && end - at >= 4;
}

/** Read code (1 basic, 2 regular, 3 extended, 4 one object) as the value, the object to begin with as the range. */
function readIdentificationAsked(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  if (end - at < 2) return false;
  const readCode = bytes[at] as number; // two bytes are there
  setRange(row, 'device-identification', bytes[at + 1] as number, 1);
  out.addValue(row, readCode);
  return end - at === 2 && readCode >= 1 && readCode <= 4;
}

/** Read code, conformity, more follows, next object, number of objects; then the objects as texts `vendor-name=…`. */
function readIdentification(bytes: Uint8Array, at: number, end: number, row: MessageRow, out: MessageBatch): boolean {
  row.object = 'device-identification';
  if (end - at < 5) return false;
  addBytes(bytes, at, at + 2, row, out);
  const count = Math.min(bytes[at + 4] as number, objectsMax); // five bytes are there
  let offset = at + 5;
  for (let index = 0; index < count; index += 1) {
    if (offset + 2 > end) return false;
    const id = bytes[offset] as number; // two bytes are there
    const textEnd = offset + 2 + (bytes[offset + 1] as number);
    if (index === 0) row.objectFirst = id;
    row.objectCount = index + 1;
    out.addText(row, `${identificationNames[id] ?? `object-${id}`}=${textOf(bytes, offset + 2, Math.min(textEnd, end))}`);
    if (textEnd > end) return false;
    offset = textEnd;
  }
  return offset === end;
}
