// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import { type Fixture, type FixturePiece, hex } from '../fixture.ts';

/** An ADU from its PDU in hexadecimal. */
function adu(transaction: number, unit: number, pdu: string): Uint8Array {
  const body = hex(pdu);
  const length = body.length + 1;
  return concatBytes([Uint8Array.of(transaction >>> 8, transaction & 0xff, 0, 0, length >>> 8, length & 0xff, unit), body]);
}
const ask = (transaction: number, unit: number, pdu: string): FixturePiece => ({ from: 'client', bytes: adu(transaction, unit, pdu) });
const answer = (transaction: number, unit: number, pdu: string): FixturePiece => ({ from: 'server', bytes: adu(transaction, unit, pdu) });

/** Every public function once, asked and answered: the examples' values are those of the specification's own figures where it has any. */
const functions: readonly (readonly [string, string])[] = [
  ['01 0013 0013', '01 03 cd6b05'],
  ['02 00c4 0016', '02 03 acdb35'],
  ['03 006b 0003', '03 06 022b 0000 0064'],
  ['04 0008 0001', '04 02 000a'],
  ['05 00ac ff00', '05 00ac ff00'],
  ['06 0001 0003', '06 0001 0003'],
  ['07', '07 6d'],
  ['08 0000 a537', '08 0000 a537'],
  ['08 0001 0000', '08 0001 0000'],
  ['08 0004 0000', '08 0004 0000'],
  ['08 000b 0000', '08 000b 001f'],
  ['0b', '0b ffff 0108'],
  ['0c', '0c 08 0000 0108 0121 2000'],
  ['0f 0013 000a 02 cd01', '0f 0013 000a'],
  ['10 0001 0002 04 000a 0102', '10 0001 0002'],
  ['11', '11 05 11 ff 414243'],
  ['14 0e 06 0004 0001 0002 06 0003 0009 0002', '14 0c 05 06 0dfe 0020 05 06 33cd 0040'],
  ['15 0d 06 0004 0007 0003 06af 04be 100d', '15 0d 06 0004 0007 0003 06af 04be 100d'],
  ['16 0004 00f2 0025', '16 0004 00f2 0025'],
  ['17 0003 0006 000e 0003 06 00ff 00ff 00ff', '17 0c 00fe 0acd 0001 0003 000d 00ff'],
  ['18 04de', '18 0006 0002 01b8 1284'],
  ['2b 0e 01 00', '2b 0e 01 01 00 00 02 00 06 41636d652031 01 03 503737'],
  ['2b 0d 40 00', '2b 0d 60 00'],
  ['5a 00 01', '5a 00 fe 01'],
];

export const fixtures: readonly Fixture[] = [
  {
    name: 'every-function',
    carrier: 'stream',
    pieces: functions.flatMap(([request, response], index) => [ask(index + 1, 17, request), answer(index + 1, 17, response)]),
  },
  {
    name: 'exceptions',
    carrier: 'stream',
    pieces: [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
      .flatMap((code, index) => [ask(index, 1, '03 0258 000a'), answer(index, 1, `83 ${code.toString(16).padStart(2, '0')}`)])
      .concat([
        ask(40, 1, '08 0001 0000'),
        answer(40, 1, '88 01'),
        ask(41, 1, '14 07 06 0004 0001 0002'),
        answer(41, 1, '94 02'),
        ask(42, 1, '2b 0e 04 80'),
        answer(42, 1, 'ab 03'),
      ]),
  },
  {
    name: 'pipelined-and-late',
    carrier: 'stream',
    pieces: [
      { from: 'client', bytes: concatBytes([adu(1, 1, '03 0000 0001'), adu(2, 1, '03 000a 0001'), adu(3, 2, '01 0005 0003')]) },
      { from: 'server', bytes: concatBytes([adu(3, 2, '01 01 05'), adu(1, 1, '03 02 0001')]) },
      ask(4, 1, '06 0001 ffff'),
      answer(2, 1, '03 02 0002'),
      answer(4, 1, '06 0001 ffff'),
      answer(4, 1, '03 02 0009'),
    ],
  },
  {
    name: 'malformed-bodies',
    carrier: 'stream',
    isBroken: true,
    pieces: [
      ask(1, 1, '03 0000'),
      answer(1, 1, '03 04 0001'),
      ask(2, 1, '03 0000 0002'),
      answer(2, 1, '03 02 0001'),
      ask(3, 1, '05 0001 1234'),
      ask(4, 1, '10 0000 0002 02 0001'),
      ask(5, 1, '0f 0000 ffff 01 ff'),
      ask(6, 1, '15 09 06 0004 0007 0009 06af'),
      ask(7, 1, '2b'),
      answer(7, 1, '2b 0e 01 01 00 00 02 00 ff 4142'),
      ask(8, 1, '83 01'),
      ask(9, 1, '00'),
    ],
  },
  {
    name: 'resynchronised',
    carrier: 'stream',
    pieces: [
      ask(1, 1, '03 0000 0001'),
      { ...ask(2, 1, '03 0001 0001'), lostBytes: 12 },
      { from: 'client', bytes: concatBytes([hex('000a 0003 0000 0007 01'), adu(3, 1, '06 0007 0009')]) },
      answer(3, 1, '06 0007 0009'),
      { from: 'client', bytes: adu(4, 1, '10 0000 0002 04 0001 0002').subarray(5), lostBytes: 5 },
      ask(5, 1, '05 0001 0000'),
    ],
  },
  { name: 'not-modbus', carrier: 'stream', isBroken: true, pieces: [{ from: 'client', bytes: new TextEncoder().encode('SSH-2.0-OpenSSH_9.2\r\n') }] },
  { name: 'datagrams', carrier: 'datagram', pieces: [ask(1, 255, '04 0000 0002'), answer(1, 255, '04 04 0001 ffff')] },
];
