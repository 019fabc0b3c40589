// SPDX-License-Identifier: Apache-2.0
import { readUint16, readUint32 } from '../../base/bytes.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Piece, type Protocol, type Recognition, unreadable } from '../protocol.ts';
import { formatIpv4, formatMac } from '../wire-text.ts';

/** Ethernet and IPv4: the only pair that is read. */
const packetBytes = 28;

/** ARP and RARP directly on Ethernet. The message form is in README.md. */
export const arp: Protocol = {
  name: 'arp',
  title: 'Address Resolution Protocol',
  specification: 'RFC 826, 5227 (probe, announcement), 903 (reverse), 2390 (inverse)',
  carriers: [{ kind: 'frame', etherTypes: [0x0806, 0x8035] }],
  operations: [
    { name: 'request', code: 1, class: 'discovery', technique: 'T0846' },
    { name: 'reply', code: 2, class: 'discovery', technique: 'T0830' },
    { name: 'gratuitous', code: undefined, class: 'discovery', technique: 'T0830' },
    { name: 'probe', code: undefined, class: 'discovery' },
    { name: 'reverse-request', code: 3, class: 'discovery' },
    { name: 'reverse-reply', code: 4, class: 'discovery' },
    { name: 'inverse-request', code: 8, class: 'discovery' },
    { name: 'inverse-reply', code: 9, class: 'discovery' },
  ],
  recognise: (bytes, start, end) => recogniseArp(bytes, start, end),
  createDecoder: () => new ArpDecoder(),
};

function recogniseArp(bytes: Uint8Array, start: number, end: number): Recognition {
  if (end - start < packetBytes || !isEthernetIpv4(bytes, start)) return 'no';
  return nameOf(bytes, start) === undefined ? 'maybe' : 'yes';
}

/** Hardware type 1 (6 for IEEE 802), protocol type IPv4, sizes 6 and 4. */
function isEthernetIpv4(bytes: Uint8Array, start: number): boolean {
  const hardware = readUint16(bytes, start);
  return (hardware === 1 || hardware === 6) && readUint16(bytes, start + 2) === 0x0800 && bytes[start + 4] === 6 && bytes[start + 5] === 4;
}

/**
 * Probe: a request without a sender address (RFC 5227, section 1.1). Gratuitous: sender and target address are equal, in a
 * request (announcement) or a reply; the sender claims the address unasked.
 */
function nameOf(bytes: Uint8Array, start: number): string | undefined {
  const operation = readUint16(bytes, start + 6);
  const sender = readUint32(bytes, start + 14);
  const target = readUint32(bytes, start + 24);
  if (operation === 1) return sender === 0 ? 'probe' : sender === target ? 'gratuitous' : 'request';
  if (operation === 2) return sender === target ? 'gratuitous' : 'reply';
  return operationNames.get(operation);
}
const operationNames: ReadonlyMap<number, string> = new Map([
  [3, 'reverse-request'],
  [4, 'reverse-reply'],
  [8, 'inverse-request'],
  [9, 'inverse-reply'],
]);

class ArpDecoder implements Decoder {
  decode(piece: Piece, out: MessageBatch): number {
    const { bytes, start, end } = piece;
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'arp');
    if (end - start < packetBytes || !isEthernetIpv4(bytes, start)) {
      row.functionName = unreadable;
      row.status = end - start < packetBytes ? 'truncated' : 'malformed';
    } else fill(bytes, start, row, out);
    return end - start;
  }
}

function fill(bytes: Uint8Array, start: number, row: MessageRow, out: MessageBatch): void {
  const operation = readUint16(bytes, start + 6);
  row.functionName = nameOf(bytes, start) ?? `function-${operation}`;
  row.kind = row.functionName === 'gratuitous' ? 'notify' : operation % 2 === 0 && operation < 8 ? 'response' : operation === 9 ? 'response' : 'request';
  // What is asked for, or claimed.
  row.object = formatIpv4(bytes, row.kind === 'request' ? start + 24 : start + 14);
  out.addText(row, `sender-mac=${formatMac(bytes, start + 8)}`);
  out.addText(row, `sender-address=${formatIpv4(bytes, start + 14)}`);
  out.addText(row, `target-mac=${formatMac(bytes, start + 18)}`);
  out.addText(row, `target-address=${formatIpv4(bytes, start + 24)}`);
}
