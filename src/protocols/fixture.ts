// SPDX-License-Identifier: Apache-2.0
import { fromHex } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { formatObject, MessageBatch, type MessageRow } from '../model/message.ts';
import type { Carrier, Decoder, Protocol } from './protocol.ts';

/** One conversation that shows what a decoder does: made by the generator in `<protocol>/fixtures.ts`, kept with its golden result. */
export interface Fixture {
  /** File name under `<protocol>/fixtures/`, without `.jsonl`. */
  readonly name: string;
  readonly carrier: Carrier['kind'];
  readonly pieces: readonly FixturePiece[];
  /** True where the bytes are broken on purpose: recognition is then not required of the first piece. */
  readonly isBroken?: boolean;
}

export interface FixturePiece {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
  /** So many bytes of this direction were lost just before this piece. */
  readonly lostBytes?: number;
}

/** A message as the golden files hold it. */
export interface GoldenMessage {
  readonly packet: number;
  readonly from: 'client' | 'server';
  readonly kind: string;
  readonly unit: number;
  readonly function: string;
  readonly object: string | null;
  readonly values: readonly (number | string)[];
  readonly status: string;
  readonly answeredMs: number;
}

/** Milliseconds between the packets of a fixture. */
const stepMs = 10;

/** One direction's unread bytes, kept as the traffic room keeps them. */
interface Unread {
  bytes: Uint8Array;
}

/** Plays packets to a fresh decoder, packet `n` at `n * 10` ms, and answers the messages. The bytes are placed at an odd offset of a larger buffer. */
export function playFixture(protocol: Protocol, fixture: Fixture): readonly GoldenMessage[] {
  return playPieces(
    protocol,
    fixture.carrier,
    fixture.pieces.map((piece, index) => ({ ...piece, packet: index + 1 })),
  );
}

export interface PlayedPiece extends FixturePiece {
  readonly packet: number;
}

/** As {@link playFixture} for any pieces; several pieces may share a packet number (a stream cut in other places). */
export function playPieces(protocol: Protocol, carrier: Carrier['kind'], pieces: readonly PlayedPiece[]): readonly GoldenMessage[] {
  const decoder = protocol.createDecoder(carrier);
  const unread: Readonly<Record<'client' | 'server', Unread>> = { client: { bytes: new Uint8Array(0) }, server: { bytes: new Uint8Array(0) } };
  const messages: GoldenMessage[] = [];
  const out = new MessageBatch();
  for (const piece of pieces) {
    out.reset();
    if (carrier === 'stream') playStream(decoder, piece, unread[piece.from], out);
    else offer(decoder, piece, piece.bytes, out);
    for (let index = 0; index < out.count; index += 1) messages.push(toGolden(out.rows[index] as MessageRow, out)); // index < count
  }
  return messages;
}

function playStream(decoder: Decoder, piece: PlayedPiece, unread: Unread, out: MessageBatch): void {
  if (piece.lostBytes !== undefined) {
    unread.bytes = new Uint8Array(0);
    decoder.skip?.(piece.from === 'client', piece.lostBytes);
  }
  const offered = new Uint8Array(unread.bytes.length + piece.bytes.length);
  offered.set(unread.bytes);
  offered.set(piece.bytes, unread.bytes.length);
  const consumed = offer(decoder, piece, offered, out);
  assert(consumed >= 0 && consumed <= offered.length, `decoder consumed ${consumed} of ${offered.length} bytes`);
  unread.bytes = offered.slice(consumed);
}

function offer(decoder: Decoder, piece: PlayedPiece, offered: Uint8Array, out: MessageBatch): number {
  const before = 3;
  const bytes = new Uint8Array(offered.length + 8).fill(0xa5);
  bytes.set(offered, before);
  const { packet, from } = piece;
  return decoder.decode({ bytes, start: before, end: before + offered.length, packet, atMs: packet * stepMs, flow: 0, fromClient: from === 'client' }, out);
}

function toGolden(row: MessageRow, out: MessageBatch): GoldenMessage {
  return {
    packet: row.packet,
    from: row.fromClient ? 'client' : 'server',
    kind: row.kind,
    unit: row.unit,
    function: row.functionName,
    object: formatObject(row),
    values: [...out.values.subarray(row.valueFirst, row.valueFirst + row.valueCount), ...out.texts.slice(row.textFirst, row.textFirst + row.textCount)],
    status: row.status,
    answeredMs: row.answeredMs,
  };
}

/** Bytes written as hexadecimal, spaces allowed; a mistake of the generator fails. */
export function hex(text: string): Uint8Array {
  const bytes = fromHex(text.replaceAll(/\s/g, ''));
  assert(bytes !== undefined, `not hexadecimal: ${text}`);
  return bytes;
}
