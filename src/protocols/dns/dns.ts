// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import type { MessageBatch } from '../../model/message.ts';
import { type Carrier, type Decoder, type Piece, type Protocol, type Recognition, unreadable } from '../protocol.ts';
import { findStart, SentTimes } from '../stream-start.ts';
import { headerBytes, isResponse, readMessage, recogniseMessage } from './message.ts';

/** Of a longer message over TCP only so much is read, and the rest is passed over. */
const messageBytesMax = 16_384;

/** DNS over UDP and TCP, and its multicast forms mDNS and LLMNR. The message form is in README.md. */
export const dns: Protocol = {
  name: 'dns',
  title: 'Domain Name System',
  specification: 'RFC 1035, 3596, 5936, 6762 (mDNS), 4795 (LLMNR), 7766 (TCP)',
  carriers: [
    { kind: 'datagram', ports: [53, 5353, 5355] },
    { kind: 'stream', ports: [53, 5355] },
  ],
  operations: [
    { name: 'query', code: 0, class: 'read' },
    { name: 'inverse-query', code: 1, class: 'read' },
    { name: 'status', code: 2, class: 'diagnostics' },
    { name: 'notify', code: 4, class: 'other' },
    // Changes names, not a process: every Windows computer does it when it starts (RFC 2136).
    { name: 'update', code: 5, class: 'other', technique: 'T0830' },
    { name: 'stateful-operation', code: 6, class: 'session' },
    { name: 'transfer-zone', code: 0, class: 'discovery', technique: 'T0846' },
  ],
  recognise: (bytes, start, end, fromClient, carrier) =>
    carrier === 'stream' ? recogniseInStream(bytes, start, end, fromClient) : recogniseMessage(bytes, start, end, true),
  createDecoder: (carrier) => new DnsDecoder(carrier),
};

/** The size before a message is weak evidence: so the message must go the way of its kind, and a request must not be endless. */
function recogniseInStream(bytes: Uint8Array, start: number, end: number, fromClient: boolean): Recognition {
  if (end - start < 2) return 'wait';
  const size = readUint16(bytes, start);
  if (size < headerBytes + 5 || (fromClient && size > messageBytesMax)) return 'no';
  if (end - start > 4 && isResponse(bytes, start + 2) === fromClient) return 'no';
  const messageEnd = start + 2 + size;
  return recogniseMessage(bytes, start + 2, Math.min(end, messageEnd), messageEnd <= end);
}

/** One direction of a stream. */
class Direction {
  /** Bytes of a long message that are still to be passed over. */
  passBytes = 0;
  isInStep = true;
}

class DnsDecoder implements Decoder {
  private readonly carrier: Carrier['kind'];
  private readonly client = new Direction();
  private readonly server = new Direction();
  private sent: SentTimes | undefined;

  constructor(carrier: Carrier['kind']) {
    this.carrier = carrier;
  }

  decode(piece: Piece, out: MessageBatch): number {
    if (this.carrier === 'stream') return this.decodeStream(piece, out);
    this.addMessage(piece, piece.start, piece.end, out);
    return piece.end - piece.start;
  }

  skip(fromClient: boolean, missing: number): void {
    const direction = fromClient ? this.client : this.server;
    if (missing <= direction.passBytes) direction.passBytes -= missing;
    else {
      direction.passBytes = 0;
      direction.isInStep = false;
    }
  }

  private decodeStream(piece: Piece, out: MessageBatch): number {
    const { bytes, end } = piece;
    const direction = piece.fromClient ? this.client : this.server;
    let at = piece.start;
    for (;;) {
      const passed = Math.min(direction.passBytes, end - at);
      direction.passBytes -= passed;
      at += passed;
      if (!direction.isInStep) at = findStart(at, end, (offset) => recogniseInStream(bytes, offset, end, piece.fromClient));
      if (end - at < 2) return at - piece.start;
      const size = readUint16(bytes, at);
      const readBytes = Math.min(size, messageBytesMax);
      if (end - at < 2 + readBytes) return at - piece.start;
      if (size < headerBytes) {
        if (direction.isInStep) this.addUnreadable(piece, out);
        direction.isInStep = false;
        at += 1;
        continue;
      }
      direction.isInStep = true;
      this.addMessage(piece, at + 2, at + 2 + readBytes, out);
      direction.passBytes = size - readBytes;
      at += 2 + readBytes;
    }
  }

  private addMessage(piece: Piece, start: number, end: number, out: MessageBatch): void {
    if (end - start < headerBytes) {
      this.addUnreadable(piece, out);
      return;
    }
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'dns');
    readMessage(piece.bytes, start, end, row, out);
    const id = readUint16(piece.bytes, start);
    if (id === 0) return; // multicast: everybody asks and tells with this number
    // An answer goes the other way: the direction is part of the key.
    const isAnswer = isResponse(piece.bytes, start);
    const key = id * 2 + (piece.fromClient !== isAnswer ? 1 : 0);
    if (!isAnswer) {
      this.sent ??= new SentTimes();
      this.sent.put(key, piece.atMs);
    } else if (this.sent !== undefined) row.answeredMs = this.sent.take(key, piece.atMs);
  }

  private addUnreadable(piece: Piece, out: MessageBatch): void {
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'dns');
    row.functionName = unreadable;
    row.status = 'malformed';
  }
}
