// SPDX-License-Identifier: Apache-2.0
import { read16, read32 } from './frame.ts';

/** An address that a device says is its own, or is given: words as in the flow table. One reused struct. */
export class Claim {
  readonly words = new Int32Array(4);
  macHigh = 0;
  macLow = 0;
}

/**
 * Reads the sender's pair out of an ARP packet in [start, end); false when it is none for IPv4 on Ethernet, or a probe without an
 * address. Attacker-controlled: anyone on the segment can claim anything. Source: RFC 826; RFC 5227 for probes.
 */
export function readArpClaim(claim: Claim, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 28) return false;
  if (read16(bytes, start) !== 1 || read16(bytes, start + 2) !== 0x0800 || read16(bytes, start + 4) !== 0x0604) return false;
  return fill(claim, read32(bytes, start + 14), bytes, start + 8);
}

/**
 * Reads the lease out of a DHCP acknowledgement, the payload in [start, end) of a datagram from port 67; false when it is none.
 * Source: RFC 2131, section 2 (layout); RFC 2132, section 9.6 (message type 5 = DHCPACK).
 */
export function readDhcpClaim(claim: Claim, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 244 || bytes[start] !== 2 || bytes[start + 1] !== 1 || bytes[start + 2] !== 6) return false;
  if (read32(bytes, start + 236) !== 0x63825363) return false;
  for (let at = start + 240; at + 2 < end; ) {
    const option = bytes[at] as number; // inside: checked by the loop
    if (option === 255) return false;
    if (option === 53) return bytes[at + 2] === 5 && fill(claim, read32(bytes, start + 16), bytes, start + 28);
    at += option === 0 ? 1 : 2 + (bytes[at + 1] as number);
  }
  return false;
}

function fill(claim: Claim, address: number, bytes: Uint8Array, mac: number): boolean {
  claim.words[0] = address;
  claim.macHigh = read32(bytes, mac);
  claim.macLow = read16(bytes, mac + 4);
  return address !== 0 && (claim.macHigh !== 0 || claim.macLow !== 0);
}
