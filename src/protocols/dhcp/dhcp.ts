// SPDX-License-Identifier: Apache-2.0
import { readUint32 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Operation, type Piece, type Protocol, type Recognition, unreadable } from '../protocol.ts';
import { SentTimes } from '../stream-start.ts';
import { formatIpv4, formatMac, textOf } from '../wire-text.ts';

/** Fixed part of BOOTP up to the magic cookie. RFC 2131, section 2. */
const fixedBytes = 236;
const magicCookie = 0x63825363;
/** Options that are looked at in one message; more is a broken or hostile sender. */
const optionsMax = 128;

/** Message types by number, from 1. RFC 2131 section 9.6 of RFC 2132; RFC 3203; RFC 4388; RFC 6926; RFC 7724. */
const operations: readonly Operation[] = [
  { name: 'bootp-request', code: undefined, class: 'session' },
  { name: 'discover', code: 1, class: 'discovery' },
  { name: 'offer', code: 2, class: 'session', technique: 'T0830' },
  { name: 'request', code: 3, class: 'session' },
  { name: 'decline', code: 4, class: 'session' },
  { name: 'ack', code: 5, class: 'session', technique: 'T0830' },
  { name: 'nak', code: 6, class: 'session' },
  { name: 'release', code: 7, class: 'session' },
  { name: 'inform', code: 8, class: 'discovery' },
  { name: 'force-renew', code: 9, class: 'session' },
  { name: 'lease-query', code: 10, class: 'discovery' },
  { name: 'lease-unassigned', code: 11, class: 'discovery' },
  { name: 'lease-unknown', code: 12, class: 'discovery' },
  { name: 'lease-active', code: 13, class: 'discovery' },
  { name: 'bootp-reply', code: undefined, class: 'session' },
];
const nameOfType: ReadonlyMap<number, string> = new Map(operations.flatMap(({ name, code }) => (code === undefined ? [] : [[code, name] as const])));

/** DHCP for IPv4, and the BOOTP it grew from. The message form is in README.md. */
export const dhcp: Protocol = {
  name: 'dhcp',
  title: 'Dynamic Host Configuration Protocol',
  specification: 'RFC 2131, 2132, 3203, 4388; BOOTP RFC 951',
  carriers: [{ kind: 'datagram', ports: [67, 68] }],
  operations,
  recognise: (bytes, start, end) => recogniseDhcp(bytes, start, end),
  createDecoder: () => new DhcpDecoder(),
};

/** Operation 1 or 2, an address size of at most 16, and the magic cookie; attacker-controlled. Plain BOOTP has no cookie: `maybe`. */
function recogniseDhcp(bytes: Uint8Array, start: number, end: number): Recognition {
  if (end - start < fixedBytes + 4) return 'no';
  const operation = bytes[start];
  if ((operation !== 1 && operation !== 2) || (bytes[start + 2] as number) > 16) return 'no'; // the size was checked
  return readUint32(bytes, start + fixedBytes) === magicCookie ? 'yes' : bytes[start + 1] === 1 && end - start === 300 ? 'maybe' : 'no';
}

/** Where the options that a row shows begin and end; -1 = absent. */
interface Options {
  type: number;
  requestedAt: number;
  serverAt: number;
  hostStart: number;
  hostEnd: number;
  vendorStart: number;
  vendorEnd: number;
  isBroken: boolean;
}

class DhcpDecoder implements Decoder {
  private sent: SentTimes | undefined;

  decode(piece: Piece, out: MessageBatch): number {
    const { bytes, start, end } = piece;
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'dhcp');
    const operation = bytes[start];
    if (end - start < fixedBytes || (operation !== 1 && operation !== 2)) {
      row.functionName = unreadable;
      row.status = end - start < fixedBytes ? 'truncated' : 'malformed';
      return end - start;
    }
    row.kind = operation === 1 ? 'request' : 'response';
    fill(bytes, start, end, row, out);
    const transaction = readUint32(bytes, start + 4);
    if (row.kind === 'request') {
      this.sent ??= new SentTimes();
      this.sent.put(transaction, piece.atMs);
    } else if (this.sent !== undefined) row.answeredMs = this.sent.take(transaction, piece.atMs);
    return end - start;
  }
}

/** Object: the address that is asked for, offered, given or given up; texts: client-mac, hostname, server, vendor-class. */
function fill(bytes: Uint8Array, start: number, end: number, row: MessageRow, out: MessageBatch): void {
  const options = readOptions(bytes, start, end);
  if (options.type >= 0) row.functionName = nameOfType.get(options.type) ?? `function-${options.type}`;
  else row.functionName = row.kind === 'request' ? 'bootp-request' : 'bootp-reply';
  if (options.isBroken) row.status = 'malformed';
  else if (options.type === 6) row.status = 'nak';
  const own = readUint32(bytes, start + 12) === 0 ? -1 : start + 12;
  const given = readUint32(bytes, start + 16) === 0 ? -1 : start + 16;
  const addressAt = row.kind === 'response' ? (given >= 0 ? given : own) : options.requestedAt >= 0 ? options.requestedAt : own;
  if (addressAt >= 0) row.object = formatIpv4(bytes, addressAt);
  if (bytes[start + 1] === 1 && bytes[start + 2] === 6) out.addText(row, `client-mac=${formatMac(bytes, start + 28)}`);
  if (options.hostStart >= 0) out.addText(row, `hostname=${textOf(bytes, options.hostStart, options.hostEnd)}`);
  if (options.serverAt >= 0) out.addText(row, `server=${formatIpv4(bytes, options.serverAt)}`);
  if (options.vendorStart >= 0) out.addText(row, `vendor-class=${textOf(bytes, options.vendorStart, options.vendorEnd)}`);
}

/** Type, length, value until the end option (255). RFC 2132, section 2. Option overload (52) is not followed: names do not stand there. */
function readOptions(bytes: Uint8Array, start: number, end: number): Options {
  const options: Options = { type: -1, requestedAt: -1, serverAt: -1, hostStart: -1, hostEnd: -1, vendorStart: -1, vendorEnd: -1, isBroken: false };
  let at = start + fixedBytes;
  if (end - at < 4 || readUint32(bytes, at) !== magicCookie) return options;
  at += 4;
  for (let count = 0; count < optionsMax; count += 1) {
    while (at < end && bytes[at] === 0) at += 1;
    if (at >= end || bytes[at] === 255) return options; // many senders leave the end option out
    const contentEnd = at + 2 + (bytes[at + 1] ?? 0);
    if (at + 2 > end || contentEnd > end) return { ...options, isBroken: true };
    keepOption(bytes[at] as number, bytes, at + 2, contentEnd, options); // at < end
    at = contentEnd;
  }
  return { ...options, isBroken: true };
}

function keepOption(code: number, bytes: Uint8Array, at: number, end: number, options: Options): void {
  const size = end - at;
  if (code === 53 && size === 1)
    options.type = bytes[at] as number; // one byte is there
  else if (code === 50 && size === 4) options.requestedAt = at;
  else if (code === 54 && size === 4) options.serverAt = at;
  else if (code === 12) {
    options.hostStart = at;
    options.hostEnd = end;
  } else if (code === 60) {
    options.vendorStart = at;
    options.vendorEnd = end;
  } else if ((code === 53 && size !== 1) || (code === 50 && size !== 4)) options.isBroken = true;
}
