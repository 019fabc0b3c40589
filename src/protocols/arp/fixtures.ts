// SPDX-License-Identifier: Apache-2.0
import { type Fixture, hex } from '../fixture.ts';

const packet = (operation: number, senderMac: string, sender: string, targetMac: string, target: string): Uint8Array =>
  hex(`00010800 0604 000${operation} ${senderMac} ${sender} ${targetMac} ${target} ${'00'.repeat(18)}`);
const plc = '020000000001';
const hmi = '020000000002';
const nobody = '000000000000';

export const fixtures: readonly Fixture[] = [
  {
    name: 'resolution',
    carrier: 'frame',
    pieces: [
      { from: 'client', bytes: packet(1, hmi, '0a000002', nobody, '0a000001') },
      { from: 'server', bytes: packet(2, plc, '0a000001', hmi, '0a000002') },
      { from: 'client', bytes: packet(1, plc, '00000000', nobody, '0a000001') },
      { from: 'client', bytes: packet(1, plc, '0a000001', nobody, '0a000001') },
      { from: 'client', bytes: packet(2, plc, '0a000001', 'ffffffffffff', '0a000001') },
      { from: 'client', bytes: packet(3, plc, '00000000', plc, '00000000') },
      { from: 'server', bytes: packet(4, hmi, '0a000002', plc, '0a000001') },
      { from: 'client', bytes: packet(8, hmi, '0a000002', plc, '00000000') },
      { from: 'server', bytes: packet(9, plc, '0a000001', hmi, '0a000002') },
    ],
  },
  {
    name: 'unreadable',
    carrier: 'frame',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: hex('0001080006040001') },
      { from: 'client', bytes: hex(`00010806 0604 0001 ${'00'.repeat(20)}`) },
      { from: 'client', bytes: packet(7, hmi, '0a000002', nobody, '0a000001') },
    ],
  },
];
