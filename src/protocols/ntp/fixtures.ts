// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import { type Fixture, hex } from '../fixture.ts';
import { ascii, uint32 } from '../wire-builder.ts';

/** 2024-01-01T00:00:00Z in seconds since 1900. */
const newYear = 3_913_056_000;
function packet(first: string, reference: Uint8Array, times: readonly number[]): Uint8Array {
  return concatBytes([hex(first), uint32(0x100, 0x200), reference, ...times.map((seconds) => uint32(seconds, seconds === 0 ? 0 : 0x8000_0000))]);
}

export const fixtures: readonly Fixture[] = [
  {
    name: 'client-and-server',
    carrier: 'datagram',
    pieces: [
      { from: 'client', bytes: packet('230006ec', uint32(0), [0, 0, 0, newYear]) },
      { from: 'server', bytes: packet('240106ec', ascii('GPS\0'), [newYear - 5, newYear, newYear, newYear + 1]) },
      { from: 'client', bytes: packet('1b000000', uint32(0), [0, 0, 0, 0]) },
      { from: 'server', bytes: packet('240006ec', ascii('RATE'), [0, newYear, newYear, newYear]) },
      { from: 'client', bytes: packet('23020aec', uint32(0x0a000001), [newYear, newYear, newYear, 1_000]) },
    ],
  },
  {
    name: 'other-modes',
    carrier: 'datagram',
    pieces: [
      { from: 'client', bytes: packet('e1030aec', uint32(1), [newYear, 0, 0, newYear]) },
      { from: 'server', bytes: packet('e2030aec', uint32(1), [newYear, newYear, newYear, newYear]) },
      { from: 'server', bytes: packet('250206ec', uint32(1), [newYear, 0, 0, newYear]) },
    ],
  },
  {
    name: 'control-and-private',
    carrier: 'datagram',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: hex('16020001 00000000 00000000') },
      { from: 'server', bytes: hex('16c20001 00000001 00000000') },
      { from: 'client', bytes: hex('1700032a 00000000') },
      { from: 'server', bytes: hex('9700032a 40010000') },
      { from: 'client', bytes: hex('2300') },
      { from: 'client', bytes: new Uint8Array(0) },
    ],
  },
];
