// SPDX-License-Identifier: Apache-2.0
/**
 * Where the parts of one packet lie: one reused struct, filled by `decodeFrame` (link-header.ts). Offsets count from the start of the batch's
 * bytes; -1 = not there. 32-bit fields are kept signed, so that the engine stores them as small integers.
 */
export class Frame {
  /** Offsets of the hardware addresses (6 bytes each). */
  macSource = -1;
  macDestination = -1;
  /** VLAN id of the outermost tag, 0 without one. */
  vlan = 0;
  /** EtherType, or the LLC destination service access point (below 256) of a frame that has a length instead; -1 = unknown. */
  etherType = -1;
  /** What the EtherType carries: [linkStart, linkEnd) of the batch's bytes. */
  linkStart = 0;
  linkEnd = 0;
  /** 4, 6, or 0 for a frame without IP. */
  family = 0;
  /** Offsets of the IP addresses (4 or 16 bytes). */
  source = -1;
  destination = -1;
  /** IP protocol number behind all extension headers. */
  ipProtocol = -1;
  /** The packet is a piece of a fragmented datagram; `fragmentOffset` in bytes. */
  isFragment = false;
  hasMoreFragments = false;
  fragmentOffset = 0;
  /** The capture holds less of the IP packet than it claims. */
  isCut = false;
  fragmentId = 0;
  /** What the IP packet carries: captured bytes in [carriedStart, carriedEnd); on the wire it went on to `carriedWireEnd`. */
  carriedStart = 0;
  carriedEnd = 0;
  carriedWireEnd = 0;
  /** 0 … {@link frameFaults}. */
  fault = 0;
  /** How many IP headers stand in front of the one described here (tunnels). */
  depth = 0;
}

/** What can be wrong with a packet, by number; counted by name in the room's telemetry. */
export const frameFaults = [
  'none',
  'link-header-cut',
  'link-type-unknown',
  'tags-too-many',
  'ipv4-header',
  'ipv4-length',
  'ipv6-header',
  'ipv6-extension',
  'transport-header',
] as const;
export const fault = { none: 0, linkCut: 1, linkUnknown: 2, tags: 3, ipv4Header: 4, ipv4Length: 5, ipv6Header: 6, ipv6Extension: 7, transport: 8 } as const;

/** Big-endian; the caller has checked the length.  */
export function read16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number); // inside: checked by the caller
}

/** Big-endian as a signed number; the caller has checked the length. */
export function read32(bytes: Uint8Array, offset: number): number {
  return (read16(bytes, offset) << 16) | read16(bytes, offset + 2);
}
