// SPDX-License-Identifier: Apache-2.0
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../base/bytes.ts';

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, lldp: 0x88cc } as const;
export const ipProtocols = { tcp: 6, udp: 17 } as const;
export const tcpFlags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

const ethernetBytes = 14;
const frameBytesMin = 60; // without the check sequence, which captures do not show. Source: IEEE 802.3, 3.2.8
const ipv4Bytes = 20;

/** Who sends to whom, below the transport. */
export interface Ipv4Envelope {
  readonly sourceMac: number;
  readonly destinationMac: number;
  readonly source: number;
  readonly destination: number;
  readonly ttl: number;
  readonly identification: number;
}

export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  /** Maximum segment size option; only on SYN. */
  readonly mss: number | undefined;
  readonly payload: Uint8Array;
}

export interface ArpFields {
  readonly operation: number;
  readonly senderMac: number;
  readonly senderAddress: number;
  readonly targetMac: number;
  readonly targetAddress: number;
}

/** An Ethernet frame with its header written and room for the payload, padded with zeros to the minimum. */
export function createFrame(destinationMac: number, sourceMac: number, etherType: number, payloadBytes: number): Uint8Array {
  const frame = new Uint8Array(Math.max(frameBytesMin, ethernetBytes + payloadBytes));
  writeMac(frame, 0, destinationMac);
  writeMac(frame, 6, sourceMac);
  writeUint16(frame, 12, etherType);
  return frame;
}

/** Source: RFC 826. */
export function buildArp(destinationMac: number, sourceMac: number, arp: ArpFields): Uint8Array {
  const frame = createFrame(destinationMac, sourceMac, etherTypes.arp, 28);
  writeUint16(frame, 14, 1);
  writeUint16(frame, 16, etherTypes.ipv4);
  frame[18] = 6;
  frame[19] = 4;
  writeUint16(frame, 20, arp.operation);
  writeMac(frame, 22, arp.senderMac);
  writeUint32(frame, 28, arp.senderAddress);
  writeMac(frame, 32, arp.targetMac);
  writeUint32(frame, 38, arp.targetAddress);
  return frame;
}

/** Source: RFC 768, checksum over the pseudo header; 0 is sent as 0xffff. */
export function buildUdp(envelope: Ipv4Envelope, sourcePort: number, destinationPort: number, payload: Uint8Array): Uint8Array {
  const lengthBytes = 8 + payload.length;
  const frame = buildIpv4(envelope, ipProtocols.udp, lengthBytes);
  const at = ethernetBytes + ipv4Bytes;
  writeUint16(frame, at, sourcePort);
  writeUint16(frame, at + 2, destinationPort);
  writeUint16(frame, at + 4, lengthBytes);
  frame.set(payload, at + 8);
  writeUint16(frame, at + 6, transportChecksum(frame, envelope, ipProtocols.udp, lengthBytes) || 0xffff);
  return frame;
}

/** Source: RFC 9293, section 3.1. */
export function buildTcp(envelope: Ipv4Envelope, segment: TcpSegment): Uint8Array {
  const headerBytes = segment.mss === undefined ? 20 : 24;
  const lengthBytes = headerBytes + segment.payload.length;
  const frame = buildIpv4(envelope, ipProtocols.tcp, lengthBytes);
  const at = ethernetBytes + ipv4Bytes;
  writeUint16(frame, at, segment.sourcePort);
  writeUint16(frame, at + 2, segment.destinationPort);
  writeUint32(frame, at + 4, segment.sequence);
  writeUint32(frame, at + 8, segment.acknowledgement);
  frame[at + 12] = (headerBytes / 4) << 4;
  frame[at + 13] = segment.flags;
  writeUint16(frame, at + 14, segment.window);
  if (segment.mss !== undefined) {
    frame[at + 20] = 2;
    frame[at + 21] = 4;
    writeUint16(frame, at + 22, segment.mss);
  }
  frame.set(segment.payload, at + headerBytes);
  writeUint16(frame, at + 16, transportChecksum(frame, envelope, ipProtocols.tcp, lengthBytes));
  return frame;
}

/** Source: RFC 791, section 3.1; never fragmented, "don't fragment" set. */
function buildIpv4(envelope: Ipv4Envelope, protocol: number, transportBytes: number): Uint8Array {
  const frame = createFrame(envelope.destinationMac, envelope.sourceMac, etherTypes.ipv4, ipv4Bytes + transportBytes);
  const at = ethernetBytes;
  frame[at] = 0x45;
  writeUint16(frame, at + 2, ipv4Bytes + transportBytes);
  writeUint16(frame, at + 4, envelope.identification);
  writeUint16(frame, at + 6, 0x4000);
  frame[at + 8] = envelope.ttl;
  frame[at + 9] = protocol;
  writeUint32(frame, at + 12, envelope.source);
  writeUint32(frame, at + 16, envelope.destination);
  writeUint16(frame, at + 10, foldChecksum(sumWords(frame, at, at + ipv4Bytes)));
  return frame;
}

function transportChecksum(frame: Uint8Array, envelope: Ipv4Envelope, protocol: number, lengthBytes: number): number {
  const { source, destination } = envelope;
  const pseudoHeader = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + lengthBytes;
  const at = ethernetBytes + ipv4Bytes;
  return foldChecksum(pseudoHeader + sumWords(frame, at, at + lengthBytes));
}

/** Sum of the 16-bit words in [start, end), an odd last byte filled with zero. At most 64 KiB, so that the sum stays exact. */
export function sumWords(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let offset = start;
  for (; offset + 1 < end; offset += 2) sum += readUint16(bytes, offset);
  if (offset < end) sum += (bytes[offset] ?? 0) << 8;
  return sum;
}

/** One's complement of the one's complement sum. Source: RFC 1071. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = Math.floor(folded / 0x10000) + (folded % 0x10000);
  return ~folded & 0xffff;
}

/** Writes six bytes; the caller has checked that they fit. */
export function writeMac(bytes: Uint8Array, offset: number, mac: number): void {
  writeUint16(bytes, offset, Math.floor(mac / 0x1_0000_0000));
  writeUint32(bytes, offset + 2, mac % 0x1_0000_0000);
}

/** Reads six bytes as a 48-bit number; the caller has checked the length. */
export function readMac(bytes: Uint8Array, offset: number): number {
  return readUint16(bytes, offset) * 0x1_0000_0000 + readUint32(bytes, offset + 2);
}
