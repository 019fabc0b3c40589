// SPDX-License-Identifier: Apache-2.0
import { linkTypes } from '../../../model/packet.ts';
import { type Frame, fault, read16 } from './frame.ts';
import { decodeIpv4, decodeIpv6, decodeMpls, decodePpp } from './ip-header.ts';

/** Named limit: stacked VLAN tags that are looked through. */
const tagsMax = 8;

/**
 * Fills `frame` from the packet in [start, start + captured) of `bytes`, `wire` bytes long on the wire. Attacker-controlled:
 * every length in it is checked against what is there; where one lies, the frame holds what was safely read and `fault` says why.
 * Never throws. Sources: IEEE 802.3, 802.1Q; LINKTYPE_ descriptions of tcpdump.org; RFC 791, 8200.
 */
export function decodeFrame(frame: Frame, bytes: Uint8Array, start: number, captured: number, wire: number, linkType: number): void {
  const end = start + captured;
  frame.macSource = -1;
  frame.macDestination = -1;
  frame.vlan = 0;
  frame.etherType = -1;
  frame.linkStart = start;
  frame.linkEnd = end;
  frame.family = 0;
  frame.ipProtocol = -1;
  frame.isFragment = false;
  frame.fault = fault.none;
  frame.depth = 0;
  const wireEnd = start + Math.max(wire, captured);
  if (linkType !== linkTypes.ethernet) {
    decodeOtherLink(frame, bytes, start, end, wireEnd, linkType);
    return;
  }
  if (captured >= 14 && bytes[start + 12] === 0x08 && bytes[start + 13] === 0x00) {
    // Nearly every packet: Ethernet II with IPv4, without a tag.
    frame.macDestination = start;
    frame.macSource = start + 6;
    frame.etherType = 0x0800;
    frame.linkStart = start + 14;
    decodeIpv4(frame, bytes, start + 14, end, wireEnd);
  } else decodeEthernet(frame, bytes, start, end, wireEnd);
}

/** Reads an Ethernet II or 802.3 frame at `start`. */
function decodeEthernet(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 14) {
    frame.fault = fault.linkCut;
    return;
  }
  frame.macDestination = start;
  frame.macSource = start + 6;
  decodeTypeOrLength(frame, bytes, start + 12, end, wireEnd);
}

/** Reads an EtherType (or 802.3 length) at `offset`; the caller has checked that its two bytes are there. */
function decodeTypeOrLength(frame: Frame, bytes: Uint8Array, offset: number, end: number, wireEnd: number): void {
  const type = read16(bytes, offset);
  if (type >= 0x0600) decodeEtherType(frame, bytes, type, offset + 2, end, wireEnd);
  else decodeLlc(frame, bytes, offset + 2, Math.min(end, offset + 2 + type), wireEnd);
}

function decodeLlc(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  frame.linkStart = start;
  frame.linkEnd = Math.max(start, end);
  if (end - start < 3) {
    frame.fault = fault.linkCut;
    return;
  }
  const service = bytes[start] as number; // inside: checked above
  if (service === 0xaa && bytes[start + 1] === 0xaa && end - start >= 8) {
    const organisation = ((bytes[start + 3] as number) << 16) | read16(bytes, start + 4); // inside: checked above
    // The encapsulated-Ethernet code of RFC 1042, and the one of 802.1H for bridges, carry an EtherType.
    if (organisation === 0 || organisation === 0x0000f8) {
      decodeEtherType(frame, bytes, read16(bytes, start + 6), start + 8, end, wireEnd);
      return;
    }
  }
  frame.etherType = service;
}

/** Looks through tags to what the frame carries, from the byte after the EtherType. */
function decodeEtherType(frame: Frame, bytes: Uint8Array, first: number, offset: number, end: number, wireEnd: number): void {
  let type = first;
  let start = offset;
  if (type !== 0x0800 && type !== 0x86dd) {
    for (let tags = 0; type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200; tags += 1) {
      if (end - start < 4 || tags === tagsMax) {
        frame.fault = tags === tagsMax ? fault.tags : fault.linkCut;
        break;
      }
      if (tags === 0) frame.vlan = read16(bytes, start) & 0x0fff;
      type = read16(bytes, start + 2);
      start += 4;
      if (type < 0x0600) {
        decodeLlc(frame, bytes, start, Math.min(end, start + type), wireEnd);
        return;
      }
    }
    if (type === 0x8847 || type === 0x8848) {
      decodeMpls(frame, bytes, type, start, end, wireEnd);
      return;
    }
    if (type === 0x8903 && end - start >= 16) {
      // Cisco FabricPath: a switch header of 16 bytes, then the frame itself.
      decodeEthernet(frame, bytes, start + 2, end, wireEnd);
      return;
    }
    if (type === 0x8864 && end - start >= 8) {
      const carried = read16(bytes, start + 6);
      frame.etherType = type;
      if (carried === 0x0021) decodeIpv4(frame, bytes, start + 8, end, wireEnd);
      else if (carried === 0x0057) decodeIpv6(frame, bytes, start + 8, end, wireEnd);
      frame.linkStart = start;
      frame.linkEnd = end;
      return;
    }
  }
  frame.etherType = type;
  frame.linkStart = start;
  frame.linkEnd = end;
  if (type === 0x0800) decodeIpv4(frame, bytes, start, end, wireEnd);
  else if (type === 0x86dd) decodeIpv6(frame, bytes, start, end, wireEnd);
}

function decodeOtherLink(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number, linkType: number): void {
  const size = end - start;
  switch (linkType) {
    case linkTypes.rawIpv4:
      frame.etherType = 0x0800;
      decodeIpv4(frame, bytes, start, end, wireEnd);
      return;
    case linkTypes.rawIpv6:
      frame.etherType = 0x86dd;
      decodeIpv6(frame, bytes, start, end, wireEnd);
      return;
    case 9: // PPP
      decodePpp(frame, bytes, start, end, wireEnd);
      return;
    case 239:
      decodeNflog(frame, bytes, start, end, wireEnd);
      return;
    case linkTypes.rawIp:
    case 12: // DLT_RAW as some systems write it
    case 14:
      decodeRawIp(frame, bytes, start, end, wireEnd);
      return;
    case linkTypes.linuxCooked: {
      if (size < 16) break;
      if (read16(bytes, start + 4) === 6) frame.macSource = start + 6;
      const protocol = read16(bytes, start + 14);
      if (protocol >= 0x0600) decodeEtherType(frame, bytes, protocol, start + 16, end, wireEnd);
      else if (protocol === 4) decodeLlc(frame, bytes, start + 16, end, wireEnd);
      return;
    }
    case linkTypes.linuxCooked2: {
      if (size < 20) break;
      if (bytes[start + 11] === 6) frame.macSource = start + 12;
      const protocol = read16(bytes, start);
      if (protocol >= 0x0600) decodeEtherType(frame, bytes, protocol, start + 20, end, wireEnd);
      else if (protocol === 4) decodeLlc(frame, bytes, start + 20, end, wireEnd);
      return;
    }
    case linkTypes.null:
    case linkTypes.loop:
      // The family is a number of the capturing system in its byte order: only the IP version below it is portable.
      if (size < 4) break;
      decodeRawIp(frame, bytes, start + 4, end, wireEnd);
      return;
    default:
      frame.fault = fault.linkUnknown;
      return;
  }
  frame.fault = fault.linkCut;
}

/** Linux netfilter log: attributes of (length, type) in the capturing machine's order, taken as little-endian; number 9 is the packet. */
function decodeNflog(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  for (let at = start + 4; end - at >= 4; ) {
    const size = (bytes[at] as number) | ((bytes[at + 1] as number) << 8); // inside: checked by the loop
    if (size < 4) break;
    if (bytes[at + 2] === 9 && bytes[at + 3] === 0) {
      decodeRawIp(frame, bytes, at + 4, Math.min(end, at + size), wireEnd);
      return;
    }
    at += (size + 3) & ~3;
  }
  frame.fault = fault.linkCut;
}

function decodeRawIp(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  frame.linkStart = start;
  if (end - start < 1) {
    frame.fault = fault.linkCut;
    return;
  }
  const version = (bytes[start] as number) >> 4; // inside: checked above
  if (version === 6) {
    frame.etherType = 0x86dd;
    decodeIpv6(frame, bytes, start, end, wireEnd);
  } else {
    frame.etherType = 0x0800;
    decodeIpv4(frame, bytes, start, end, wireEnd);
  }
}
