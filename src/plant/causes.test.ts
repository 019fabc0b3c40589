// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCauseBook } from './causes.ts';
import { broadcastMac } from './wire/addresses.ts';
import { viewFrame } from './wire/frame-view.ts';
import { buildArp, buildTcp, buildUdp } from './wire/frames.ts';

const [plc, hmi, stranger] = [
  { mac: 0x0a, address: 10 },
  { mac: 0x14, address: 20 },
  { mac: 0x65, address: 101 },
];
type End = typeof plc;

function tcpFrame(from: End, fromPort: number, to: End, toPort: number) {
  const envelope = { sourceMac: from.mac, destinationMac: to.mac, source: from.address, destination: to.address, ttl: 64, identification: 1 };
  const blank = { sequence: 0, acknowledgement: 0, flags: 16, window: 1, mss: undefined, payload: new Uint8Array(0) };
  return viewFrame(buildTcp(envelope, { ...blank, sourcePort: fromPort, destinationPort: toPort }));
}

function question(from: End, target: number) {
  return viewFrame(buildArp(broadcastMac, from.mac, { operation: 1, senderMac: from.mac, senderAddress: from.address, targetMac: 0, targetAddress: target }));
}

test('each frame has the cause that its sender, its receiver or its connection gives it', () => {
  const book = createCauseBook();
  assert.equal(book.causeOf(tcpFrame(stranger, 1, plc, 502)), 'normal', 'an empty book knows nobody');
  book.addStranger(stranger.mac, stranger.address);
  book.addConnection(hmi.address, 50_000, 'attack');
  book.addConnection(hmi.address, 50_001, 'maintenance');
  const udp = buildUdp(
    { sourceMac: hmi.mac, destinationMac: plc.mac, source: hmi.address, destination: plc.address, ttl: 1, identification: 1 },
    50_000,
    9,
    Uint8Array.of(1),
  );
  const cases = [
    [tcpFrame(stranger, 1, plc, 502), 'attack'],
    [tcpFrame(plc, 502, stranger, 1), 'answer'],
    [question(stranger, plc.address), 'attack'],
    [question(plc, stranger.address), 'answer'],
    [question(plc, hmi.address), 'normal'],
    [tcpFrame(hmi, 50_000, plc, 502), 'attack'],
    [tcpFrame(plc, 502, hmi, 50_000), 'answer'],
    [tcpFrame(hmi, 50_001, plc, 502), 'maintenance'],
    [tcpFrame(plc, 502, hmi, 50_001), 'maintenance'],
    [tcpFrame(hmi, 50_002, plc, 502), 'normal'],
    [tcpFrame(plc, 50_000, hmi, 502), 'normal'],
    [viewFrame(udp), 'normal'],
  ] as const;
  for (const [index, [frame, cause]] of cases.entries()) assert.equal(book.causeOf(frame), cause, `case ${index}`);
});
