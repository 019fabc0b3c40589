// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '../../../base/bytes.ts';
import { createRandom } from '../../../base/random.ts';
import { linkTypes } from '../../../model/packet.ts';
import { ethernet, hexBytes, ipv4, ipv6, tcp, udp, word16 } from '../fixtures/packets.ts';
import { Frame, frameFaults } from './frame.ts';
import { decodeFrame } from './link-header.ts';
import { decodeTransport, Segment, transportNames } from './transport-header.ts';

function read(packet: Uint8Array, linkType: number = linkTypes.ethernet, wire = packet.length): string {
  // The packet stands in the middle of other bytes, as in a batch.
  const bytes = concatBytes([new Uint8Array(7).fill(0xa5), packet, new Uint8Array(64).fill(0xa5)]);
  const frame = new Frame();
  decodeFrame(frame, bytes, 7, packet.length, wire, linkType);
  const parts = [frame.vlan === 0 ? '' : `vlan ${frame.vlan} `];
  if (frame.family === 0) parts.push(`type ${frame.etherType.toString(16)} ${frame.linkEnd - frame.linkStart} bytes`);
  else {
    const segment = new Segment();
    decodeTransport(segment, bytes, frame.ipProtocol, frame.carriedStart, frame.carriedEnd, frame.carriedWireEnd);
    const payload = `${segment.payloadEnd - segment.payloadStart}${segment.missingBytes > 0 ? `+${segment.missingBytes}` : ''} bytes`;
    parts.push(
      `ip${frame.family} ${frame.isFragment ? `fragment at ${frame.fragmentOffset} of ` : ''}${transportNames[segment.transport]} ${segment.sourcePort}>${segment.destinationPort} ${payload}`,
    );
    if (segment.isMalformed) parts.push(' malformed');
  }
  if (frame.fault !== 0) parts.push(` (${frameFaults[frame.fault]})`);
  return parts.join('');
}

const hello = tcp('hello');
const plain = ipv4(hello);
const extension = (next: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  bytes[0] = next;
  bytes[1] = size / 8 - 1;
  return bytes;
};

const cases: readonly (readonly [string, Uint8Array, string, number?])[] = [
  ['Ethernet II', ethernet(plain), 'ip4 tcp 40000>502 5 bytes'],
  ['padding behind the IP packet', concatBytes([ethernet(plain), new Uint8Array(6)]), 'ip4 tcp 40000>502 5 bytes'],
  ['IPv4 options', ethernet(ipv4(hello, { options: new Uint8Array(8) })), 'ip4 tcp 40000>502 5 bytes'],
  ['one VLAN tag', ethernet(plain, { tags: [[0x8100, 7]] }), 'vlan 7 ip4 tcp 40000>502 5 bytes'],
  [
    'stacked VLAN tags',
    ethernet(plain, {
      tags: [
        [0x88a8, 0x2064],
        [0x8100, 7],
      ],
    }),
    'vlan 100 ip4 tcp 40000>502 5 bytes',
  ],
  ['802.3 with LLC', ethernet(hexBytes('424203 0000000000'), { type: 8 }), 'type 42 8 bytes'],
  ['802.3 with SNAP', ethernet(concatBytes([hexBytes('aaaa03 000000 0800'), plain]), { type: 8 + plain.length }), 'ip4 tcp 40000>502 5 bytes'],
  ['IPv4 with its length by segmentation offload', ethernet(ipv4(hello, { total: 0 })), 'ip4 tcp 40000>502 5 bytes'],
  ['MPLS with two labels', ethernet(concatBytes([hexBytes('00010040 00020140'), plain]), { type: 0x8847 }), 'ip4 tcp 40000>502 5 bytes'],
  ['PPPoE session', ethernet(concatBytes([hexBytes('1100 0001 0000 0021'), plain]), { type: 0x8864 }), 'ip4 tcp 40000>502 5 bytes'],
  ['FabricPath', concatBytes([hexBytes('02000000000102000000000289030007'), ethernet(plain)]), 'ip4 tcp 40000>502 5 bytes'],
  ['an EtherType without IP', ethernet(new Uint8Array(10), { type: 0x8892 }), 'type 8892 10 bytes'],
  ['Linux cooked', concatBytes([hexBytes('0000 0001 0006 001b1b0000010000 0800'), plain]), 'ip4 tcp 40000>502 5 bytes', linkTypes.linuxCooked],
  ['Linux cooked 2', concatBytes([hexBytes('0800 0000 00000003 0001 00 06 001b1b0000010000'), plain]), 'ip4 tcp 40000>502 5 bytes', linkTypes.linuxCooked2],
  ['raw IPv4', plain, 'ip4 tcp 40000>502 5 bytes', linkTypes.rawIp],
  ['raw IPv6', ipv6(hello), 'ip6 tcp 40000>502 5 bytes', linkTypes.rawIp],
  ['loopback', concatBytes([hexBytes('1e000000'), ipv6(hello)]), 'ip6 tcp 40000>502 5 bytes', linkTypes.null],
  ['PPP', concatBytes([hexBytes('ff030021'), plain]), 'ip4 tcp 40000>502 5 bytes', 9],
  [
    'netfilter log',
    concatBytes([hexBytes('02000000 0800 0100 00000000'), word16(((plain.length + 4) << 8) & 0xffff, 0x0900), plain]),
    'ip4 tcp 40000>502 5 bytes',
    239,
  ],
  [
    'IPv6 extension headers',
    ethernet(ipv6(concatBytes([extension(60, 8), extension(6, 16), hello]), { protocol: 0 }), { type: 0x86dd }),
    'ip6 tcp 40000>502 5 bytes',
  ],
  [
    'an IPv6 fragment',
    ethernet(ipv6(concatBytes([hexBytes('11 00 0011 00000009'), udp('x')]), { protocol: 44 }), { type: 0x86dd }),
    'ip6 fragment at 16 of udp 40000>9999 1 bytes',
  ],
  ['an IPv4 fragment', ethernet(ipv4(hello, { offset: 1480, more: true })), 'ip4 fragment at 1480 of tcp 40000>502 5 bytes'],
  ['IP in IP', ethernet(ipv4(ipv6(hello), { protocol: 41 })), 'ip6 tcp 40000>502 5 bytes'],
  ['GRE', ethernet(ipv4(concatBytes([hexBytes('0000 0800'), plain]), { protocol: 47 })), 'ip4 tcp 40000>502 5 bytes'],
  ['GRE with key and sequence', ethernet(ipv4(concatBytes([hexBytes('3000 0800 00000001 00000002'), plain]), { protocol: 47 })), 'ip4 tcp 40000>502 5 bytes'],
  ['ERSPAN II', ethernet(ipv4(concatBytes([hexBytes('1000 88be 00000002 1001000000000000'), ethernet(plain)]), { protocol: 47 })), 'ip4 tcp 40000>502 5 bytes'],
  ['GRE with something else', ethernet(ipv4(hexBytes('0000 1234 0102'), { protocol: 47 })), 'ip4 ip 0>0 6 bytes'],
];
const refusals: readonly (readonly [string, Uint8Array, string, number?])[] = [
  ['a frame shorter than its header', new Uint8Array(13), 'type -1 13 bytes (link-header-cut)'],
  [
    'nine VLAN tags',
    ethernet(plain, { tags: Array.from({ length: 9 }, () => [0x8100, 1] as const) }),
    `vlan 1 type 8100 ${plain.length + 4} bytes (tags-too-many)`,
  ],
  ['a link type that we do not read', plain, `type -1 ${plain.length} bytes (link-type-unknown)`, 105],
  ['an IPv4 header length below 20', ethernet(concatBytes([Uint8Array.of(0x44), plain.subarray(1)])), `type 800 ${plain.length} bytes (ipv4-header)`],
  ['an IPv4 total length shorter than the header', ethernet(ipv4(hello, { total: 19 })), `type 800 ${plain.length} bytes (ipv4-length)`],
  ['an IPv4 total length beyond the frame', ethernet(ipv4(hello, { total: 2000 })), 'ip4 tcp 40000>502 5 bytes (ipv4-length)'],
  ['IPv6 in a frame that says IPv4', ethernet(ipv6(hello)), 'type 800 65 bytes (ipv4-header)'],
  [
    'an IPv6 extension header beyond the packet',
    ethernet(ipv6(hexBytes('06ff000000000000'), { protocol: 60 }), { type: 0x86dd }),
    'ip6 ip 0>0 8 bytes (ipv6-extension)',
  ],
  [
    'a TCP header length below 20',
    ethernet(ipv4(concatBytes([hello.subarray(0, 12), Uint8Array.of(0x40), hello.subarray(13)]))),
    'ip4 ip 0>0 25 bytes malformed',
  ],
  ['a UDP length below 8', ethernet(ipv4(udp('x', { length: 7 }), { protocol: 17 })), 'ip4 ip 0>0 9 bytes malformed'],
  ['a UDP length beyond the packet', ethernet(ipv4(udp('x', { length: 99 }), { protocol: 17 })), 'ip4 udp 40000>9999 1 bytes malformed'],
];

for (const [name, packet, expected, linkType] of cases) test(`reads ${name}`, () => assert.equal(read(packet, linkType), expected));
for (const [name, packet, expected, linkType] of refusals) test(`takes ${name} for what it is`, () => assert.equal(read(packet, linkType), expected));

test('a packet cut by the snap length says how much of its payload is missing', () => {
  const whole = ethernet(ipv4(tcp('0123456789')));
  assert.equal(read(whole.subarray(0, whole.length - 4), linkTypes.ethernet, whole.length), 'ip4 tcp 40000>502 6+4 bytes');
});

test('every beginning of every packet, and every packet with random changes, is read inside its bounds', () => {
  const seed = 20_261_122;
  const random = createRandom(seed);
  const packets = [...cases, ...refusals];
  for (let round = 0; round < 20_000; round += 1) {
    const [, packet, , linkType] = packets[random.below(packets.length)] as (typeof packets)[number]; // below the length
    const bytes = packet.slice(0, random.below(packet.length + 1));
    for (let change = random.below(4); change > 0 && bytes.length > 0; change -= 1) bytes[random.below(bytes.length)] = random.below(256);
    const frame = new Frame();
    const segment = new Segment();
    decodeFrame(frame, bytes, 0, bytes.length, bytes.length + random.below(100), linkType ?? linkTypes.ethernet);
    const where = `seed ${seed}, round ${round}`;
    assert.ok(frame.linkStart <= frame.linkEnd && frame.linkEnd <= bytes.length, where);
    if (frame.family === 0) continue;
    assert.ok(frame.source + (frame.family === 4 ? 4 : 16) <= bytes.length, where);
    assert.ok(frame.carriedStart <= frame.carriedEnd && frame.carriedEnd <= bytes.length && frame.carriedEnd <= frame.carriedWireEnd, where);
    decodeTransport(segment, bytes, frame.ipProtocol, frame.carriedStart, frame.carriedEnd, frame.carriedWireEnd);
    assert.ok(segment.payloadStart <= segment.payloadEnd && segment.payloadEnd <= frame.carriedEnd && segment.missingBytes >= 0, where);
  }
});
