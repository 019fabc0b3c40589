// SPDX-License-Identifier: Apache-2.0
import { type Frame, read16, read32 } from '../headers/frame.ts';
import { type Segment, transport } from '../headers/transport-header.ts';

/** Address families of a flow's endpoints. */
export const family = { mac: 0, ipv4: 4, ipv6: 6 } as const;

/** Bit of {@link FlowKey.kind}: pieces of datagrams that were not put together, apart from whole datagrams of the same protocol. */
export const fragmentBit = 0x100;

/**
 * Who talks to whom, in a form that is equal for both directions: the smaller endpoint first. Addresses are four 32-bit words
 * (IPv4: the first; hardware addresses: the first two). One reused struct.
 */
export class FlowKey {
  a0 = 0;
  a1 = 0;
  a2 = 0;
  a3 = 0;
  b0 = 0;
  b1 = 0;
  b2 = 0;
  b3 = 0;
  /** Port of a << 16 | port of b; for other IP protocols the protocol number, for frames the EtherType. */
  ports = 0;
  /** transport | family << 4 | fragmentBit. */
  kind = 0;
  hash = 0;
  /** 0 = this packet went from a to b, 1 = from b to a. */
  side = 0;
}

/** Request and reply types of ICMP and ICMPv6 that belong together. Source: Community ID 1.0, the reference implementation's table. */
const icmpPairs: readonly (readonly [number, number])[] = [
  [0, 8],
  [13, 14],
  [15, 16],
  [9, 10],
  [17, 18],
];
const icmp6Pairs: readonly (readonly [number, number])[] = [
  [128, 129],
  [130, 131],
  [133, 134],
  [135, 136],
  [139, 140],
  [144, 145],
];
const icmpCounterpart = toTable(icmpPairs);
const icmp6Counterpart = toTable(icmp6Pairs);

function toTable(pairs: readonly (readonly [number, number])[]): Int16Array {
  const table = new Int16Array(256).fill(-1);
  for (const [one, other] of pairs) {
    table[one] = other;
    table[other] = one;
  }
  return table;
}

/** Type that answers this one, or -1 when the type goes one way only. */
export function counterpartOf(transportCode: number, type: number): number {
  return (transportCode === transport.icmp ? icmpCounterpart[type] : icmp6Counterpart[type]) ?? -1;
}

/** Fills the key of an IP packet. `seed` makes the place in the table unpredictable for a sender who wants collisions. */
export function keyIp(key: FlowKey, frame: Frame, segment: Segment, bytes: Uint8Array, isFragment: boolean, seed: number): void {
  let one = segment.sourcePort;
  let other = segment.destinationPort;
  const code = segment.transport;
  let isOneWay = false;
  if (code !== transport.tcp && code !== transport.udp) {
    if (code === transport.ip) {
      one = frame.ipProtocol >> 8;
      other = frame.ipProtocol;
    } else if (code !== transport.sctp) {
      const answer = counterpartOf(code, one);
      isOneWay = answer < 0;
      if (!isOneWay) other = answer;
    }
  }
  key.kind = code | (frame.family << 4) | (isFragment ? fragmentBit : 0);
  if (frame.family === family.ipv4) {
    const source = read32(bytes, frame.source);
    const destination = read32(bytes, frame.destination);
    orderWords(key, source, destination, one, other, code, isOneWay);
    key.hash = mix(mix(mix(seed ^ key.a0, key.b0), key.ports), key.kind);
    return;
  }
  keyIpv6(key, frame, bytes, one, other, code, isOneWay, seed);
}

function orderWords(key: FlowKey, source: number, destination: number, one: number, other: number, code: number, isOneWay: boolean): void {
  const isSwapped = !isOneWay && (source > destination || (source === destination && one > other && code !== transport.ip));
  key.side = isSwapped ? 1 : 0;
  key.a0 = isSwapped ? destination : source;
  key.b0 = isSwapped ? source : destination;
  key.a1 = 0;
  key.a2 = 0;
  key.a3 = 0;
  key.b1 = 0;
  key.b2 = 0;
  key.b3 = 0;
  key.ports = isSwapped && code !== transport.ip ? (other << 16) | one : (one << 16) | other;
}

function keyIpv6(key: FlowKey, frame: Frame, bytes: Uint8Array, one: number, other: number, code: number, isOneWay: boolean, seed: number): void {
  let order = 0;
  for (let index = 0; index < 16 && order === 0; index += 1) {
    order = (bytes[frame.source + index] as number) - (bytes[frame.destination + index] as number); // inside: decodeIpv6 checked
  }
  const isSwapped = !isOneWay && (order > 0 || (order === 0 && one > other && code !== transport.ip));
  const a = isSwapped ? frame.destination : frame.source;
  const b = isSwapped ? frame.source : frame.destination;
  key.side = isSwapped ? 1 : 0;
  key.a0 = read32(bytes, a);
  key.a1 = read32(bytes, a + 4);
  key.a2 = read32(bytes, a + 8);
  key.a3 = read32(bytes, a + 12);
  key.b0 = read32(bytes, b);
  key.b1 = read32(bytes, b + 4);
  key.b2 = read32(bytes, b + 8);
  key.b3 = read32(bytes, b + 12);
  key.ports = isSwapped && code !== transport.ip ? (other << 16) | one : (one << 16) | other;
  hashAll(key, seed);
}

/** Fills the key of a frame without IP: hardware addresses and EtherType. */
export function keyFrame(key: FlowKey, frame: Frame, bytes: Uint8Array, seed: number): void {
  let source0 = 0;
  let source1 = 0;
  let destination0 = 0;
  let destination1 = 0;
  if (frame.macSource >= 0) {
    source0 = read32(bytes, frame.macSource);
    source1 = read16(bytes, frame.macSource + 4);
  }
  if (frame.macDestination >= 0) {
    destination0 = read32(bytes, frame.macDestination);
    destination1 = read16(bytes, frame.macDestination + 4);
  }
  const isSwapped = source0 > destination0 || (source0 === destination0 && source1 > destination1);
  key.side = isSwapped ? 1 : 0;
  key.a0 = isSwapped ? destination0 : source0;
  key.a1 = isSwapped ? destination1 : source1;
  key.b0 = isSwapped ? source0 : destination0;
  key.b1 = isSwapped ? source1 : destination1;
  key.a2 = 0;
  key.a3 = 0;
  key.b2 = 0;
  key.b3 = 0;
  key.ports = frame.etherType;
  key.kind = transport.ethernet | (family.mac << 4);
  hashAll(key, seed);
}

function hashAll(key: FlowKey, seed: number): void {
  let hash = mix(mix(seed ^ key.a0, key.b0), key.ports);
  hash = mix(mix(mix(hash, key.a1), key.a2), key.a3);
  hash = mix(mix(mix(hash, key.b1), key.b2), key.b3);
  key.hash = mix(hash, key.kind);
}

/** One step of MurmurHash3's mixing (public domain), with its finalizer's shift so that low bits depend on high ones. */
function mix(hash: number, word: number): number {
  let value = Math.imul(word, 0xcc9e2d51);
  value = Math.imul((value << 15) | (value >>> 17), 0x1b873593);
  const mixed = hash ^ value;
  const turned = Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64;
  return (turned ^ (turned >>> 16)) | 0;
}
