// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import { type Fixture, hex } from '../fixture.ts';
import { ascii, sized, uint8, uint16, uint32 } from '../wire-builder.ts';

function header(id: number, flags: number, questions: number, answers: number): Uint8Array {
  return uint16(id, flags, questions, answers, 0, 0);
}
function name(text: string): Uint8Array {
  return concatBytes([...text.split('.').map((label) => sized(1, ascii(label))), uint8(0)]);
}
function question(text: string, type: number, classCode = 1): Uint8Array {
  return concatBytes([name(text), uint16(type, classCode)]);
}
/** A record whose name is a pointer to the first question. */
function record(type: number, content: Uint8Array): Uint8Array {
  return concatBytes([hex('c00c'), uint16(type, 1), uint32(300), sized(2, content)]);
}

const request = concatBytes([header(0x1234, 0x0100, 1, 0), question('PLC-1.Plant.example', 1)]);
const response = concatBytes([
  header(0x1234, 0x8180, 1, 3),
  question('plc-1.plant.example', 1),
  record(5, concatBytes([sized(1, ascii('edge')), hex('c012')])),
  record(1, uint8(10, 1, 2, 3)),
  record(28, hex('20010db8000000000000000000000001')),
]);
const kinds = concatBytes([
  header(7, 0x8400, 1, 5),
  question('_modbus._tcp.local', 255),
  record(33, concatBytes([uint16(0, 0, 502), name('plc-1.local')])),
  record(16, concatBytes([sized(1, ascii('model=X1')), sized(1, ascii('line\nbreak'))])),
  record(15, concatBytes([uint16(10), name('mail.example')])),
  record(12, name('printer.local')),
  record(65, hex('0001000001000302683 2'.replaceAll(' ', ''))),
]);
const long = concatBytes([
  header(9, 0x8400, 1, 1),
  question('plant.example', 252),
  record(16, concatBytes(Array.from({ length: 80 }, () => sized(1, ascii('x'.repeat(250)))))),
]);

export const fixtures: readonly Fixture[] = [
  {
    name: 'lookup',
    carrier: 'datagram',
    pieces: [
      { from: 'client', bytes: request },
      { from: 'server', bytes: response },
      { from: 'client', bytes: concatBytes([header(0x1235, 0x0100, 1, 0), question('no.example', 28)]) },
      { from: 'server', bytes: concatBytes([header(0x1235, 0x8183, 1, 0), question('no.example', 28)]) },
      { from: 'client', bytes: concatBytes([header(3, 0x2800, 1, 0), question('plant.example', 6)]) },
      { from: 'server', bytes: concatBytes([header(3, 0xa805, 1, 0), question('plant.example', 6)]) },
    ],
  },
  {
    name: 'every-opcode',
    carrier: 'datagram',
    pieces: [0, 1, 2, 4, 5, 6].map((opcode) => ({ from: 'client', bytes: concatBytes([header(opcode, opcode << 11, 1, 0), question('plant.example', 6)]) })),
  },
  {
    name: 'multicast',
    carrier: 'datagram',
    pieces: [
      { from: 'client', bytes: concatBytes([header(0, 0x8400, 0, 1), name('hmi.local'), uint16(1, 0x8001), uint32(120), sized(2, uint8(10, 0, 0, 9))]) },
    ],
  },
  { name: 'record-kinds', carrier: 'datagram', pieces: [{ from: 'server', bytes: kinds }] },
  {
    name: 'hostile-names',
    carrier: 'datagram',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: concatBytes([header(1, 0x0100, 1, 0), hex('c00c'), uint16(1, 1)]) },
      { from: 'client', bytes: concatBytes([header(2, 0x0100, 1, 0), hex('0161c00c'), uint16(1, 1)]) },
      {
        from: 'client',
        bytes: concatBytes([header(3, 0x0100, 1, 0), ...Array.from({ length: 5 }, () => sized(1, ascii('y'.repeat(63)))), hex('00'), uint16(1, 1)]),
      },
      { from: 'client', bytes: concatBytes([header(4, 0x0100, 1, 0), sized(1, hex('1b5b324a2e5c')), hex('00'), uint16(1, 1)]) },
      { from: 'client', bytes: request.subarray(0, 20) },
      { from: 'server', bytes: concatBytes([header(5, 0x8380, 1, 9), question('cut.example', 16)]) },
      { from: 'client', bytes: request.subarray(0, 5) },
      { from: 'client', bytes: concatBytes([header(8, 0x0100, 65, 0), ...Array.from({ length: 65 }, () => question('a', 1))]) },
      { from: 'server', bytes: concatBytes([header(6, 0x8180, 1, 1), question('a.example', 1), record(1, uint8(1, 2, 3))]) },
    ],
  },
  {
    name: 'over-tcp',
    carrier: 'stream',
    pieces: [
      { from: 'client', bytes: concatBytes([sized(2, request), sized(2, header(9, 0x0000, 1, 0), question('plant.example', 252))]) },
      { from: 'server', bytes: concatBytes([sized(2, response), sized(2, long), sized(2, kinds)]) },
    ],
  },
  {
    name: 'over-tcp-lost',
    carrier: 'stream',
    isBroken: true,
    pieces: [
      { from: 'server', bytes: sized(2, response) },
      { from: 'server', bytes: concatBytes([response.subarray(40), sized(2, kinds)]), lostBytes: 42 },
      { from: 'server', bytes: concatBytes([hex('0003010203'), sized(2, response)]) },
    ],
  },
];
