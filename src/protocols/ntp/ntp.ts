// SPDX-License-Identifier: Apache-2.0
import { readUint16, readUint32 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Piece, type Protocol, type Recognition, unreadable } from '../protocol.ts';
import { textOf } from '../wire-text.ts';

const headerBytes = 48;
/** Seconds from 1900 to 1970. */
const secondsTo1970 = 2_208_988_800;

/** Name of each mode 0 … 7. RFC 5905, figure 10; modes 6 and 7: RFC 9327 and ntpd's ntpdc. */
const modeNames = ['function-0', 'symmetric-active', 'symmetric-passive', 'client', 'server', 'broadcast', 'control', 'private'] as const;

/** NTP versions 1 to 4 over UDP. The message form is in README.md. */
export const ntp: Protocol = {
  name: 'ntp',
  title: 'Network Time Protocol',
  specification: 'RFC 5905 (version 4), 1305 (version 3), 9327 (control messages)',
  carriers: [{ kind: 'datagram', ports: [123] }],
  operations: [
    { name: 'symmetric-active', code: 1, class: 'time' },
    { name: 'symmetric-passive', code: 2, class: 'time' },
    { name: 'client', code: 3, class: 'time' },
    { name: 'server', code: 4, class: 'time' },
    { name: 'broadcast', code: 5, class: 'time' },
    { name: 'control', code: 6, class: 'diagnostics', technique: 'T0888' },
    { name: 'private', code: 7, class: 'diagnostics', technique: 'T0888' },
  ],
  recognise: (bytes, start, end) => recogniseNtp(bytes, start, end),
  createDecoder: () => new NtpDecoder(),
};

/** Judges by content; attacker-controlled. Control and private messages have so little to hold on to that they are `maybe`. */
function recogniseNtp(bytes: Uint8Array, start: number, end: number): Recognition {
  const size = end - start;
  if (size < 8) return 'no';
  const first = bytes[start] as number; // size was checked
  const version = (first >>> 3) & 7;
  const mode = first & 7;
  if (version < 1 || version > 4 || mode === 0) return 'no';
  if (mode === 6) return first >>> 6 === 0 && recogniseControl(bytes, start, size) ? 'maybe' : 'no';
  if (mode === 7) return version >= 2 && recognisePrivate(bytes, start, size) ? 'maybe' : 'no';
  if (size < headerBytes || (size - headerBytes) % 4 !== 0) return 'no';
  const stratum = bytes[start + 1] as number;
  const precision = bytes[start + 3] as number;
  if (stratum > 16 || (precision !== 0 && precision < 0xc0)) return 'no';
  if (!isTime(readUint32(bytes, start + 16))) return 'no';
  // A client may send random numbers as its own time (data minimisation), a server may not.
  if (mode !== 3 && (!isTime(readUint32(bytes, start + 32)) || !isTime(readUint32(bytes, start + 40)))) return 'no';
  return 'yes';
}

/** An assigned opcode, and the count fits the size (padded to four, perhaps with an authenticator). RFC 9327, section 2. */
function recogniseControl(bytes: Uint8Array, start: number, size: number): boolean {
  if (size < 12) return false;
  const opcode = (bytes[start + 1] as number) & 31; // twelve bytes are there
  const rest = size - 12 - readUint16(bytes, start + 10);
  return (opcode <= 12 || opcode === 31) && rest >= 0 && rest <= 3 + 24;
}

/** Implementation number 0, 2 or 3, and the item count fits the size. Source: ntpd, ntp_request.h, as documented in RFC 9327's references. */
function recognisePrivate(bytes: Uint8Array, start: number, size: number): boolean {
  const implementation = bytes[start + 2] as number; // eight bytes are there
  const items = readUint16(bytes, start + 4) & 0xfff;
  const itemBytes = readUint16(bytes, start + 6) & 0xfff;
  return (implementation === 0 || implementation === 2 || implementation === 3) && size >= 8 + items * itemBytes;
}

/** Unset, or a second between 1970 and 2053 (from 2036 on in era 1): a device's clock may be wrong, but text is no time. */
function isTime(seconds: number): boolean {
  return seconds >= secondsTo1970 || seconds < 0x2000_0000;
}

class NtpDecoder implements Decoder {
  private clientMs = -1;

  decode(piece: Piece, out: MessageBatch): number {
    const { bytes, start, end } = piece;
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'ntp');
    const mode = (bytes[start] as number) & 7; // undefined of an empty datagram is refused below
    const sizeMin = mode === 6 ? 12 : mode === 7 ? 8 : headerBytes;
    if (end - start < sizeMin) {
      row.functionName = unreadable;
      row.status = 'truncated';
      return end - start;
    }
    row.functionName = modeNames[mode as 0]; // mode is 0 … 7
    if (mode === 6) readControl(bytes, start, row, out);
    else if (mode === 7) readPrivate(bytes, start, row, out);
    else this.readTime(piece, mode, row, out);
    return end - start;
  }

  private readTime(piece: Piece, mode: number, row: MessageRow, out: MessageBatch): void {
    const { bytes, start } = piece;
    const stratum = bytes[start + 1] as number; // 48 bytes are there
    row.kind = mode === 3 || mode === 1 ? 'request' : mode === 4 || mode === 2 ? 'response' : 'notify';
    out.addValue(row, ((bytes[start] as number) >>> 3) & 7);
    out.addValue(row, stratum);
    out.addValue(row, toUnixMs(bytes, start + 40));
    const hasReference = bytes[start + 12] !== 0 && stratum <= 1 && mode !== 3;
    if (hasReference) {
      const reference = textOf(bytes, start + 12, start + 16).replace(/(\\x00)+$/, '');
      if (stratum === 0) row.status = `kiss-${reference}`;
      else out.addText(row, `reference=${reference}`);
    }
    if (row.kind === 'request') this.clientMs = piece.atMs;
    else if (row.kind === 'response' && this.clientMs >= 0) {
      row.answeredMs = piece.atMs - this.clientMs;
      this.clientMs = -1;
    }
  }
}

/** Sequence-numbered commands of ntpq: opcode and association. RFC 9327, section 2. */
function readControl(bytes: Uint8Array, start: number, row: MessageRow, out: MessageBatch): void {
  const second = bytes[start + 1] as number; // 12 bytes are there
  row.kind = (second & 0x80) !== 0 ? 'response' : 'request';
  if ((second & 0x40) !== 0) row.status = 'error';
  row.object = `control-${second & 31}`;
  out.addValue(row, readUint16(bytes, start + 6));
}

/** Requests of ntpdc (42 = the monitor list, known from amplification attacks). */
function readPrivate(bytes: Uint8Array, start: number, row: MessageRow, out: MessageBatch): void {
  row.kind = ((bytes[start] as number) & 0x80) !== 0 ? 'response' : 'request'; // 8 bytes are there
  const error = (bytes[start + 4] as number) >>> 4;
  if (row.kind === 'response' && error !== 0) row.status = `error-${error}`;
  row.object = `private-${bytes[start + 3]}`;
  out.addValue(row, readUint16(bytes, start + 4) & 0xfff);
}

/** Milliseconds since 1970, 0 when unset; seconds below 2^31 belong to the era that begins in 2036 (RFC 5905, section 6). */
function toUnixMs(bytes: Uint8Array, at: number): number {
  const seconds = readUint32(bytes, at);
  const fraction = readUint32(bytes, at + 4);
  if (seconds === 0 && fraction === 0) return 0;
  const era = seconds < 0x8000_0000 ? 0x1_0000_0000 : 0;
  return Math.round((seconds + era - secondsTo1970) * 1000 + (fraction / 0x1_0000_0000) * 1000);
}
