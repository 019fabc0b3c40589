// SPDX-License-Identifier: Apache-2.0
import { transports } from '../../../model/flow.ts';
import { read16, read32 } from './frame.ts';

/** Numbers of the model's transports, in its order. */
export const transport = { tcp: 0, udp: 1, icmp: 2, icmp6: 3, sctp: 4, ip: 5, ethernet: 6 } as const;
export const transportNames = transports;

/** TCP flags as they stand in the header. */
export const tcpFlag = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** What a transport header says: one reused struct, filled by {@link decodeTransport}. */
export class Segment {
  transport: number = transport.ip;
  sourcePort = 0;
  destinationPort = 0;
  /** Signed 32-bit: compare by the sign of the difference. */
  sequence = 0;
  acknowledged = 0;
  flags = 0;
  /** Payload that was captured: [payloadStart, payloadEnd). */
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload that was on the wire but not captured (snap length). */
  missingBytes = 0;
  isMalformed = false;
}

/**
 * Reads the transport header at `start`. Attacker-controlled: captured bytes end at `end`, on the wire the packet went on to `wireEnd`.
 * A header that is cut or lies leaves the transport `ip` (no ports to rely on) and `isMalformed`. ICMP gives type and code as ports.
 * Sources: RFC 9293 section 3.1, RFC 768, RFC 792, RFC 4443, RFC 9260.
 */
export function decodeTransport(segment: Segment, bytes: Uint8Array, protocol: number, start: number, end: number, wireEnd: number): void {
  segment.transport = transport.ip;
  segment.sourcePort = 0;
  segment.destinationPort = 0;
  segment.payloadStart = start;
  segment.payloadEnd = end;
  segment.missingBytes = 0;
  segment.isMalformed = false;
  if (protocol === 6) decodeTcp(segment, bytes, start, end, wireEnd);
  else if (protocol === 17) decodeUdp(segment, bytes, start, end, wireEnd);
  else if (protocol === 1 || protocol === 58) {
    if (end - start < 4) segment.isMalformed = true;
    else {
      segment.transport = protocol === 1 ? transport.icmp : transport.icmp6;
      segment.sourcePort = bytes[start] as number; // inside: checked above
      segment.destinationPort = bytes[start + 1] as number;
      segment.payloadStart = start + 4;
    }
  } else if (protocol === 132) {
    if (end - start < 12) segment.isMalformed = true;
    else {
      segment.transport = transport.sctp;
      segment.sourcePort = read16(bytes, start);
      segment.destinationPort = read16(bytes, start + 2);
      segment.payloadStart = start + 12;
    }
  }
}

function decodeTcp(segment: Segment, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 20) {
    segment.isMalformed = true;
    return;
  }
  const headerBytes = ((bytes[start + 12] as number) >> 4) << 2; // inside: checked above
  if (headerBytes < 20) {
    segment.isMalformed = true;
    return;
  }
  segment.transport = transport.tcp;
  segment.sourcePort = read16(bytes, start);
  segment.destinationPort = read16(bytes, start + 2);
  segment.sequence = read32(bytes, start + 4);
  segment.acknowledged = read32(bytes, start + 8);
  segment.flags = bytes[start + 13] as number;
  segment.payloadStart = Math.min(start + headerBytes, end);
  segment.payloadEnd = end;
  if (start + headerBytes > wireEnd) segment.isMalformed = true;
  else segment.missingBytes = wireEnd - Math.max(end, start + headerBytes);
}

function decodeUdp(segment: Segment, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 8) {
    segment.isMalformed = true;
    return;
  }
  const length = read16(bytes, start + 4);
  if (length !== 0 && length < 8) {
    segment.isMalformed = true;
    return;
  }
  segment.transport = transport.udp;
  segment.sourcePort = read16(bytes, start);
  segment.destinationPort = read16(bytes, start + 2);
  segment.payloadStart = start + 8;
  // Length 0 stands for a datagram too long for the field (RFC 2675) or for offload: all that is there.
  const claimedEnd = length === 0 ? wireEnd : start + length;
  if (claimedEnd > wireEnd) segment.isMalformed = true;
  const payloadWireEnd = Math.min(claimedEnd, wireEnd);
  segment.payloadEnd = Math.min(payloadWireEnd, end);
  segment.missingBytes = payloadWireEnd - segment.payloadEnd;
}
