// SPDX-License-Identifier: Apache-2.0
import { readUint16, readUint32 } from '../../base/bytes.ts';
import { type ArpFields, etherTypes, ipProtocols, readMac, type TcpSegment } from './frames.ts';

export interface UdpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** A frame as the simulated switch and hosts read it: once, then handed along. Payloads are views, not copies. */
export interface FrameView {
  readonly bytes: Uint8Array;
  readonly destinationMac: number;
  readonly sourceMac: number;
  readonly etherType: number;
  readonly arp: ArpFields | undefined;
  readonly ipv4: { readonly source: number; readonly destination: number } | undefined;
  readonly tcp: TcpSegment | undefined;
  readonly udp: UdpFields | undefined;
}

/** Reads a frame; parts that are cut short or that this plant does not speak (IPv6, options, fragments) stay undefined. */
export function viewFrame(bytes: Uint8Array): FrameView {
  const base = {
    bytes,
    destinationMac: readMac(bytes, 0),
    sourceMac: readMac(bytes, 6),
    etherType: readUint16(bytes, 12),
    arp: undefined,
    ipv4: undefined,
    tcp: undefined,
    udp: undefined,
  };
  if (base.etherType === etherTypes.arp && bytes.length >= 42) return { ...base, arp: viewArp(bytes) };
  if (base.etherType !== etherTypes.ipv4 || bytes.length < 34 || bytes[14] !== 0x45) return base;
  const end = 14 + readUint16(bytes, 16);
  if (end > bytes.length || (readUint16(bytes, 20) & 0x3fff) !== 0) return base;
  const ipv4 = { source: readUint32(bytes, 26), destination: readUint32(bytes, 30) };
  const protocol = bytes[23];
  if (protocol === ipProtocols.tcp) return { ...base, ipv4, tcp: viewTcp(bytes, end) };
  if (protocol === ipProtocols.udp) return { ...base, ipv4, udp: viewUdp(bytes, end) };
  return { ...base, ipv4 };
}

function viewArp(bytes: Uint8Array): ArpFields {
  return {
    operation: readUint16(bytes, 20),
    senderMac: readMac(bytes, 22),
    senderAddress: readUint32(bytes, 28),
    targetMac: readMac(bytes, 32),
    targetAddress: readUint32(bytes, 38),
  };
}

function viewTcp(bytes: Uint8Array, end: number): TcpSegment | undefined {
  if (end < 54) return undefined;
  const headerBytes = ((bytes[46] ?? 0) >>> 4) * 4;
  if (headerBytes < 20 || 34 + headerBytes > end) return undefined;
  const hasMss = headerBytes >= 24 && bytes[54] === 2 && bytes[55] === 4;
  return {
    sourcePort: readUint16(bytes, 34),
    destinationPort: readUint16(bytes, 36),
    sequence: readUint32(bytes, 38),
    acknowledgement: readUint32(bytes, 42),
    flags: bytes[47] ?? 0,
    window: readUint16(bytes, 48),
    mss: hasMss ? readUint16(bytes, 56) : undefined,
    payload: bytes.subarray(34 + headerBytes, end),
  };
}

function viewUdp(bytes: Uint8Array, end: number): UdpFields | undefined {
  if (end < 42) return undefined;
  const lengthBytes = readUint16(bytes, 38);
  if (lengthBytes < 8 || 34 + lengthBytes > end) return undefined;
  return { sourcePort: readUint16(bytes, 34), destinationPort: readUint16(bytes, 36), payload: bytes.subarray(42, 34 + lengthBytes) };
}
