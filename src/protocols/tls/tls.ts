// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Piece, type Protocol, type Recognition, unreadable } from '../protocol.ts';
import { findStart } from '../stream-start.ts';
import { cutText } from '../wire-text.ts';
import { gatherHandshake } from './handshake.ts';
import { formatName, readClientHello, readServerHello } from './hello.ts';
import { fingerprintClient } from './ja4.ts';
import { alertName, versionName } from './names.ts';
import { isRecordHeader, recordHeaderBytes, recordTypes } from './record.ts';

/** TLS over TCP: what is said before encryption begins. The message form is in README.md. */
export const tls: Protocol = {
  name: 'tls',
  title: 'Transport Layer Security',
  specification: 'RFC 8446 (1.3), 5246 (1.2), 6066 (server name), 7301 (ALPN), 8701 (GREASE); JA4 TLS client fingerprint',
  carriers: [{ kind: 'stream', ports: [443, 465, 563, 636, 802, 853, 989, 990, 992, 993, 995, 4840, 5671, 8443, 8883] }],
  operations: [
    { name: 'client-hello', code: 1, class: 'session' },
    { name: 'server-hello', code: 2, class: 'session' },
    { name: 'hello-retry-request', code: 2, class: 'session' },
    { name: 'alert', code: undefined, class: 'session' },
  ],
  recognise: (bytes, start, end, fromClient) => recogniseTls(bytes, start, end, fromClient),
  createDecoder: () => new TlsDecoder(),
};

/** A handshake record that begins with the hello of its side (a server may answer with an alert at once). Attacker-controlled. */
function recogniseTls(bytes: Uint8Array, start: number, end: number, fromClient: boolean): Recognition {
  const size = end - start;
  const type = bytes[start];
  if (size > 0 && type !== recordTypes.handshake && (fromClient || type !== recordTypes.alert)) return 'no';
  if (size > 1 && bytes[start + 1] !== 3) return 'no';
  if (size > 2 && (bytes[start + 2] as number) > 4) return 'no'; // the size was checked
  if (size < recordHeaderBytes + 1) return 'wait';
  if (!isRecordHeader(bytes, start)) return 'no';
  if (type === recordTypes.alert) return readUint16(bytes, start + 3) === 2 ? 'yes' : 'no';
  return bytes[start + recordHeaderBytes] === (fromClient ? 1 : 2) ? 'yes' : 'no';
}

/** One direction. Once it is encrypted or lost, nothing of it is read any more. */
class Direction {
  isDone = false;
  expectsHello = true;
  /** Bytes of a record that need not be read. */
  passBytes = 0;
  /** Bytes before the first hello. */
  preambleBytes = 0;
}
/** What is longer is not the way into TLS. */
const preambleBytesMax = 4096;

class TlsDecoder implements Decoder {
  private readonly client = new Direction();
  private readonly server = new Direction();
  private serverName = '';
  private helloMs = -1;
  private isNotTls = false;

  decode(piece: Piece, out: MessageBatch): number {
    const { end } = piece;
    const direction = piece.fromClient ? this.client : this.server;
    let at = piece.start;
    while (at < end) {
      if (direction.isDone) return end - piece.start;
      const passed = Math.min(direction.passBytes, end - at);
      direction.passBytes -= passed;
      at += passed;
      if (end - at < recordHeaderBytes) break;
      const next = this.readRecord(piece, at, direction, out);
      if (next < 0) break;
      at = next;
    }
    return at - piece.start;
  }

  /** What is lost cannot be found again without a doubt, and the hellos stand at the beginning. */
  skip(fromClient: boolean, missing: number): void {
    const direction = fromClient ? this.client : this.server;
    if (missing <= direction.passBytes) direction.passBytes -= missing;
    else direction.isDone = true;
  }

  isLost(): boolean {
    return this.isNotTls;
  }

  /** Answers where reading goes on, or -1 when more bytes are needed. */
  private readRecord(piece: Piece, at: number, direction: Direction, out: MessageBatch): number {
    const { bytes, end } = piece;
    if (direction.expectsHello && !isRecordHeader(bytes, at)) return this.passPreamble(piece, at, direction, out);
    if (!isRecordHeader(bytes, at)) return this.fail(piece, direction, out);
    const type = bytes[at];
    const size = readUint16(bytes, at + 3);
    const bodyAt = at + recordHeaderBytes;
    if (type === recordTypes.handshake && direction.expectsHello) return this.readHello(piece, at, direction, out);
    if (type === recordTypes.alert && size === 2) {
      if (bodyAt + 2 > end) return -1;
      addAlert(piece, bodyAt, out);
      return bodyAt + 2;
    }
    // Certificates and keys are passed over. After a change of cipher all is encrypted, except the hellos of a second try.
    if (type !== recordTypes.handshake && !(type === recordTypes.changeCipher && direction.expectsHello)) direction.isDone = true;
    direction.passBytes = size;
    return bodyAt;
  }

  /** What stands before the first hello where another protocol agreed to go on in TLS (STARTTLS, PostgreSQL). */
  private passPreamble(piece: Piece, at: number, direction: Direction, out: MessageBatch): number {
    const limit = Math.min(piece.end, at + preambleBytesMax - direction.preambleBytes);
    const next = findStart(at, limit, (offset) => recogniseTls(piece.bytes, offset, piece.end, piece.fromClient));
    direction.preambleBytes += next - at;
    if (direction.preambleBytes === preambleBytesMax) return this.fail(piece, direction, out);
    return next === at ? -1 : next;
  }

  private readHello(piece: Piece, at: number, direction: Direction, out: MessageBatch): number {
    const gathered = gatherHandshake(piece.bytes, at, piece.end);
    if (gathered.kind === 'wait') return -1;
    if (gathered.kind === 'broken' || gathered.type !== (piece.fromClient ? 1 : 2)) return this.fail(piece, direction, out);
    direction.expectsHello = false;
    if (piece.fromClient) this.addClientHello(piece, gathered.bytes, gathered.start, gathered.end, out);
    else this.addServerHello(piece, gathered.bytes, gathered.start, gathered.end, out);
    return gathered.next;
  }

  private addClientHello(piece: Piece, bytes: Uint8Array, start: number, end: number, out: MessageBatch): void {
    const hello = readClientHello(bytes, start, end);
    const row = addRow(piece, 'client-hello', out);
    row.kind = 'request';
    row.object = hello.serverName;
    if (hello.isMalformed) row.status = 'malformed';
    const newest = Math.max(hello.legacyVersion, ...hello.versions.filter((version) => version >= 0x0300 && version <= 0x03ff));
    out.addText(row, `version=${versionName(newest)}`);
    if (hello.alpn.length > 0) out.addText(row, `alpn=${cutText(hello.alpn.slice(0, 8).map(formatName).join(','), 200)}`);
    out.addText(row, `ja4=${fingerprintClient(hello)}`);
    this.serverName = hello.serverName;
    this.helloMs = piece.atMs;
  }

  private addServerHello(piece: Piece, bytes: Uint8Array, start: number, end: number, out: MessageBatch): void {
    const hello = readServerHello(bytes, start, end);
    const row = addRow(piece, hello.isRetry ? 'hello-retry-request' : 'server-hello', out);
    row.kind = 'response';
    row.object = this.serverName;
    if (hello.isMalformed) row.status = 'malformed';
    if (this.helloMs >= 0) row.answeredMs = piece.atMs - this.helloMs;
    out.addText(row, `version=${versionName(hello.version)}`);
    out.addText(row, `cipher=0x${hello.cipher.toString(16).padStart(4, '0')}`);
    if (hello.alpn !== '') out.addText(row, `alpn=${hello.alpn}`);
    // A client whose hello was not read (SSL 2.0 form, or lost) has nothing left to say in the clear.
    if (this.client.expectsHello) this.client.isDone = true;
    this.client.expectsHello ||= hello.isRetry;
    this.server.expectsHello = hello.isRetry;
  }

  private fail(piece: Piece, direction: Direction, out: MessageBatch): number {
    const row = addRow(piece, unreadable, out);
    row.status = 'malformed';
    direction.isDone = true;
    this.isNotTls = true;
    return piece.end;
  }
}

function addRow(piece: Piece, functionName: string, out: MessageBatch): MessageRow {
  const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'tls');
  row.functionName = functionName;
  return row;
}

/** Level (1 warning, 2 fatal) and description as values; the description's name as the status. */
function addAlert(piece: Piece, at: number, out: MessageBatch): void {
  const row = addRow(piece, 'alert', out);
  // `as number`: two bytes are there.
  const description = piece.bytes[at + 1] as number;
  row.status = alertName(description);
  out.addValue(row, piece.bytes[at] as number);
  out.addValue(row, description);
}
