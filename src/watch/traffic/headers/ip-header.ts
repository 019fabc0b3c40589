// SPDX-License-Identifier: Apache-2.0
import { type Frame, fault, read16, read32 } from './frame.ts';

/** Named limits: extension headers of one packet, and IP headers inside each other, that are looked through. */
const extensionsMax = 16;
const depthMax = 4;
/** MPLS labels that are looked through. */
const labelsMax = 8;

/**
 * Reads the IPv4 header at `start`. Attacker-controlled: the header length, the total length and the options are checked against
 * what was captured. A total length of 0 is what a sending host's segmentation offload leaves: the rest of the frame is taken.
 * Source: RFC 791, section 3.1.
 */
export function decodeIpv4(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 20) {
    frame.fault = fault.ipv4Header;
    return;
  }
  const headerBytes = ((bytes[start] as number) & 15) << 2; // inside: checked above
  const total = read16(bytes, start + 2);
  if ((bytes[start] as number) >> 4 !== 4 || headerBytes < 20) {
    frame.fault = fault.ipv4Header;
    return;
  }
  if (total !== 0 && total < headerBytes) {
    frame.fault = fault.ipv4Length;
    return;
  }
  frame.family = 4;
  frame.source = start + 12;
  frame.destination = start + 16;
  frame.ipProtocol = bytes[start + 9] as number;
  const claimedEnd = total === 0 ? wireEnd : start + total;
  frame.carriedWireEnd = Math.min(claimedEnd, wireEnd);
  frame.carriedEnd = Math.min(frame.carriedWireEnd, end);
  frame.carriedStart = Math.min(start + headerBytes, frame.carriedEnd);
  const fragment = read16(bytes, start + 6);
  frame.isFragment = (fragment & 0x3fff) !== 0;
  if (frame.isFragment && ((fragment & 0x1fff) !== 0 || claimedEnd <= end)) {
    frame.hasMoreFragments = (fragment & 0x2000) !== 0;
    frame.fragmentOffset = (fragment & 0x1fff) << 3;
    frame.fragmentId = read16(bytes, start + 4);
    return;
  }
  // A first fragment that was cut can never be put together, but it shows the ports: it is read like a whole packet.
  frame.isFragment = false;
  if (claimedEnd > wireEnd) frame.fault = fault.ipv4Length;
  if (frame.ipProtocol === 51) passExtensions(frame, bytes, 51, frame.carriedStart);
  enterTunnel(frame, bytes);
}

/** Reads the IPv6 header and its chain of extension headers. Attacker-controlled like IPv4's. Source: RFC 8200, sections 3 and 4. */
export function decodeIpv6(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 40 || (bytes[start] as number) >> 4 !== 6) {
    frame.fault = fault.ipv6Header;
    return;
  }
  const length = read16(bytes, start + 4);
  const claimedEnd = length === 0 ? wireEnd : start + 40 + length;
  frame.family = 6;
  frame.source = start + 8;
  frame.destination = start + 24;
  frame.carriedWireEnd = Math.min(claimedEnd, wireEnd);
  frame.carriedEnd = Math.min(frame.carriedWireEnd, end);
  frame.isFragment = false;
  if (claimedEnd > wireEnd) frame.fault = fault.ipv6Header;
  frame.isCut = claimedEnd > end;
  passExtensions(frame, bytes, bytes[start + 6] as number, start + 40);
  if (!frame.isFragment) enterTunnel(frame, bytes);
}

/** Walks the extension headers from `offset`; sets the protocol behind them and where it starts. */
export function passExtensions(frame: Frame, bytes: Uint8Array, first: number, offset: number): void {
  let next = first;
  let at = Math.min(offset, frame.carriedEnd);
  for (let count = 0; isExtension(next); count += 1) {
    if (frame.carriedEnd - at < 8 || count === extensionsMax) {
      frame.fault = fault.ipv6Extension;
      break;
    }
    if (next === 44) {
      const fragment = read16(bytes, at + 2);
      frame.isFragment = (fragment & 0xfff9) !== 0;
      frame.hasMoreFragments = (fragment & 1) !== 0;
      frame.fragmentOffset = fragment & 0xfff8;
      frame.fragmentId = read32(bytes, at + 4);
      next = bytes[at] as number; // inside: checked above
      at += 8;
      if (frame.isFragment && (frame.fragmentOffset > 0 || !frame.isCut)) break;
      frame.isFragment = false;
      continue;
    }
    const size = next === 51 ? ((bytes[at + 1] as number) + 2) << 2 : ((bytes[at + 1] as number) + 1) << 3;
    if (size > frame.carriedEnd - at) {
      frame.fault = fault.ipv6Extension;
      break;
    }
    next = bytes[at] as number;
    at += size;
  }
  frame.ipProtocol = next;
  frame.carriedStart = at;
}

function isExtension(next: number): boolean {
  return next === 0 || next === 60 || next === 43 || next === 44 || next === 51 || next === 135 || next === 139 || next === 140;
}

/** IP in IP (4, 41) and GRE (47): the conversation is the inner one. Sources: RFC 2003, 4213, 2784, 2890. */
function enterTunnel(frame: Frame, bytes: Uint8Array): void {
  const protocol = frame.ipProtocol;
  if (protocol !== 4 && protocol !== 41 && protocol !== 47) return;
  if (frame.depth === depthMax) return;
  const { family, source, destination, carriedStart, carriedEnd, carriedWireEnd } = frame;
  frame.depth += 1;
  frame.family = 0;
  if (protocol === 4) decodeIpv4(frame, bytes, carriedStart, carriedEnd, carriedWireEnd);
  else if (protocol === 41) decodeIpv6(frame, bytes, carriedStart, carriedEnd, carriedWireEnd);
  else decodeGre(frame, bytes, carriedStart, carriedEnd, carriedWireEnd);
  if (frame.family !== 0) return;
  // Nothing readable inside: the outer packet is what there is.
  frame.depth -= 1;
  frame.family = family;
  frame.source = source;
  frame.destination = destination;
  frame.ipProtocol = protocol;
  frame.carriedStart = carriedStart;
  frame.carriedEnd = carriedEnd;
  frame.carriedWireEnd = carriedWireEnd;
  frame.isFragment = false;
}

function decodeGre(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 4) return;
  const flags = read16(bytes, start);
  const version = flags & 7;
  if (version > 1) return;
  const options = flags & 0xb000;
  let size = 4;
  for (let bit = 0x8000; bit >= 0x1000; bit >>= 1) if ((options & bit) !== 0) size += 4;
  if (version === 1 && (flags & 0x0080) !== 0) size += 4; // PPTP's acknowledgement number, RFC 2637
  if (end - start < size) return;
  decodeGrePayload(frame, bytes, read16(bytes, start + 2), start + size, end, wireEnd, (flags & 0x1000) !== 0);
}

/** GRE carries IP, PPP (PPTP), Ethernet, or Ethernet behind an ERSPAN header of type I, II or III. */
function decodeGrePayload(frame: Frame, bytes: Uint8Array, type: number, start: number, end: number, wireEnd: number, hasSequence: boolean): void {
  if (type === 0x0800) decodeIpv4(frame, bytes, start, end, wireEnd);
  else if (type === 0x86dd) decodeIpv6(frame, bytes, start, end, wireEnd);
  else if (type === 0x880b) decodePpp(frame, bytes, start, end, wireEnd);
  else if (type === 0x6558) decodeInnerEthernet(frame, bytes, start, end, wireEnd);
  else if (type === 0x88be) decodeInnerEthernet(frame, bytes, hasSequence ? start + 8 : start, end, wireEnd);
  else if (type === 0x22eb && end - start >= 12) {
    const hasMore = ((bytes[start + 11] as number) & 1) === 1; // inside: checked
    decodeInnerEthernet(frame, bytes, start + (hasMore ? 20 : 12), end, wireEnd);
  }
}

/** Reads a PPP frame, its address and control bytes left out or not, its protocol of one byte or two. Source: RFC 1661, sections 2 and 6.5. */
export function decodePpp(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  let at = start;
  if (end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 0x03) at += 2;
  if (end - at < 2) return;
  const isShort = ((bytes[at] as number) & 1) === 1; // inside: checked above
  const protocol = isShort ? (bytes[at] as number) : read16(bytes, at);
  at += isShort ? 1 : 2;
  if (protocol === 0x21) decodeIpv4(frame, bytes, at, end, wireEnd);
  else if (protocol === 0x57) decodeIpv6(frame, bytes, at, end, wireEnd);
  else if (protocol === 0x281 || protocol === 0x283) decodeMpls(frame, bytes, 0x8847, at, end, wireEnd); // RFC 3032, section 4.3
}

/** Looks through MPLS labels to the IP packet below them, told by its version. Source: RFC 3032, section 2.1; RFC 4928, section 2. */
export function decodeMpls(frame: Frame, bytes: Uint8Array, type: number, offset: number, end: number, wireEnd: number): void {
  frame.etherType = type;
  frame.linkStart = offset;
  frame.linkEnd = end;
  let start = offset;
  for (let labels = 0; labels < labelsMax && end - start >= 5; labels += 1) {
    const isBottom = ((bytes[start + 2] as number) & 1) === 1; // inside: checked above
    start += 4;
    if (!isBottom) continue;
    const version = (bytes[start] as number) >> 4; // inside: five bytes were there
    if (version === 4) decodeIpv4(frame, bytes, start, end, wireEnd);
    else if (version === 6) decodeIpv6(frame, bytes, start, end, wireEnd);
    return;
  }
  frame.fault = fault.tags;
}

/** Reads the IP packet of an Ethernet frame inside a tunnel; the hardware addresses stay those of the outer frame. */
export function decodeInnerEthernet(frame: Frame, bytes: Uint8Array, start: number, end: number, wireEnd: number): void {
  if (end - start < 14) return;
  let at = start + 14;
  let type = read16(bytes, start + 12);
  if ((type === 0x8100 || type === 0x88a8) && end - at >= 4) {
    type = read16(bytes, at + 2);
    at += 4;
  }
  if (type === 0x0800) decodeIpv4(frame, bytes, at, end, wireEnd);
  else if (type === 0x86dd) decodeIpv6(frame, bytes, at, end, wireEnd);
}

/**
 * Looks into a datagram to `port` for a tunnelled Ethernet frame or IP packet (VXLAN, VXLAN-GPE, Geneve). True when the frame now
 * describes the inner packet. Sources: RFC 7348 section 5, RFC 8926 section 3.4.
 */
export function enterOverlay(frame: Frame, bytes: Uint8Array, port: number, start: number, end: number, wireEnd: number): boolean {
  if (frame.depth >= depthMax || end - start < 8) return false;
  frame.depth += 1;
  frame.family = 0;
  frame.isFragment = false;
  frame.macSource = -1;
  if (port === 4789 || port === 4790) {
    const next = port === 4790 && ((bytes[start] as number) & 4) !== 0 ? (bytes[start + 3] as number) : 3; // inside: checked above
    if (next === 1) decodeIpv4(frame, bytes, start + 8, end, wireEnd);
    else if (next === 2) decodeIpv6(frame, bytes, start + 8, end, wireEnd);
    else decodeInnerEthernet(frame, bytes, start + 8, end, wireEnd);
  } else {
    const at = start + 8 + (((bytes[start] as number) & 0x3f) << 2);
    decodeGrePayload(frame, bytes, read16(bytes, start + 2), at, end, wireEnd, false);
  }
  return frame.family !== 0;
}
