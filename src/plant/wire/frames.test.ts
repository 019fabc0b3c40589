// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUint16 } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { formatAddress, formatMac, isGroupMac, isLinkLocalMac, parseAddress, parseMac } from './addresses.ts';
import { viewFrame } from './frame-view.ts';
import { buildArp, buildTcp, buildUdp, foldChecksum, sumWords } from './frames.ts';

const envelope = {
  sourceMac: 0x0000_5410_200a,
  destinationMac: 0x74fe_4810_2014,
  source: 0x0a14_000a,
  destination: 0x0a14_0014,
  ttl: 64,
  identification: 0xbeef,
};
const segment = { sourcePort: 502, destinationPort: 50_000, sequence: 0xffff_fff0, acknowledgement: 7, flags: 0x18, window: 64_240 };

/** Sum of the pseudo header and the transport part, as a receiver checks it: 0 when right. */
function checkTransport(frame: Uint8Array, protocol: number): number {
  const end = 14 + readUint16(frame, 16);
  return foldChecksum(sumWords(frame, 26, 34) + protocol + (end - 34) + sumWords(frame, 34, end));
}

test('checksums hold for random payloads of every length, and frames are never shorter than 60 bytes', () => {
  const seed = 7;
  const random = createRandom(seed);
  for (let lengthBytes = 0; lengthBytes <= 600; lengthBytes += 1) {
    const payload = Uint8Array.from({ length: lengthBytes }, () => random.below(256));
    const tcp = buildTcp(envelope, { ...segment, mss: lengthBytes % 2 === 0 ? 1460 : undefined, payload });
    const udp = buildUdp(envelope, 123, 123, payload);
    for (const frame of [tcp, udp]) {
      assert.ok(frame.length >= 60);
      assert.equal(foldChecksum(sumWords(frame, 14, 34)), 0, `header checksum, seed ${seed}, ${lengthBytes} bytes`);
    }
    assert.equal(checkTransport(tcp, 6), 0, `TCP checksum, seed ${seed}, ${lengthBytes} bytes`);
    assert.equal(checkTransport(udp, 17), 0, `UDP checksum, seed ${seed}, ${lengthBytes} bytes`);
    assert.deepEqual(viewFrame(tcp).tcp?.payload, payload);
    assert.deepEqual(viewFrame(udp).udp?.payload, payload);
  }
});

test('a UDP checksum that comes out as zero is sent as 0xffff, because zero means "none"', () => {
  const found = new Set<number>();
  for (let word = 0; word <= 0xffff; word += 1) found.add(readUint16(buildUdp(envelope, 1, 2, Uint8Array.of(word >>> 8, word & 0xff)), 40));
  assert.ok(!found.has(0));
  assert.ok(found.has(0xffff));
});

test('what is built is what is read', () => {
  const frame = viewFrame(buildTcp(envelope, { ...segment, mss: 1460, payload: Uint8Array.of(1, 2, 3) }));
  assert.equal(frame.sourceMac, envelope.sourceMac);
  assert.deepEqual(frame.ipv4, { source: envelope.source, destination: envelope.destination });
  assert.deepEqual(frame.tcp, { ...segment, mss: 1460, payload: Uint8Array.of(1, 2, 3) });
  const arp = { operation: 2, senderMac: 1, senderAddress: 2, targetMac: 0xffff_ffff_fffe, targetAddress: 0xffff_fffe };
  assert.deepEqual(viewFrame(buildArp(5, 6, arp)).arp, arp);
});

test('cut and changed frames are read without an exception', () => {
  const seed = 11;
  const random = createRandom(seed);
  const whole = [
    buildTcp(envelope, { ...segment, mss: 1460, payload: new Uint8Array(40) }),
    buildUdp(envelope, 1, 2, new Uint8Array(40)),
    buildArp(5, 6, { operation: 1, senderMac: 1, senderAddress: 2, targetMac: 3, targetAddress: 4 }),
  ];
  for (let round = 0; round < 3_000; round += 1) {
    const frame = (whole[round % whole.length] ?? new Uint8Array(60)).slice(0, 14 + random.below(90));
    for (let flips = random.below(4); flips >= 0; flips -= 1) frame[12 + random.below(40)] = random.below(256);
    const view = viewFrame(frame);
    const payloadBytes = view.tcp?.payload.length ?? view.udp?.payload.length ?? 0;
    assert.ok(payloadBytes <= frame.length, `seed ${seed}, round ${round}`);
  }
});

test('addresses are read exactly or not at all', () => {
  assert.equal(formatAddress(parseAddress('10.20.0.255') ?? 0), '10.20.0.255');
  assert.equal(formatAddress(parseAddress('255.255.255.255') ?? 0), '255.255.255.255');
  assert.equal(formatMac(parseMac('00:00:54:10:20:0a') ?? 0), '00:00:54:10:20:0a');
  for (const text of ['', '10.20.0', '10.20.0.256', '10.20.0.1 ', '::1', '1.2.3.4.5']) assert.equal(parseAddress(text), undefined, text);
  for (const text of ['', '00:00:54:10:20', '00:00:54:10:20:0g', '00005410200']) assert.equal(parseMac(text), undefined, text);
  assert.deepEqual([0x0100_0000_0000, 0x0200_0000_0000, 0xffff_ffff_ffff].map(isGroupMac), [true, false, true]);
  assert.deepEqual([0x0180_c200_000e, 0x0180_c200_0010].map(isLinkLocalMac), [true, false]);
});
