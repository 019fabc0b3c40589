// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../src/base/bytes.ts';
import { MessageBatch } from '../src/model/message.ts';
import { loadFixtures } from '../src/protocols/golden.node.ts';
import { modbus } from '../src/protocols/modbus/modbus.ts';
import type { Piece } from '../src/protocols/protocol.ts';

/**
 * `node bench/modbus.bench.ts`: Modbus messages per second on one core, decoder alone: a poll of 10 registers and its answer over
 * 64 conversations, and every function in turn. Reports; asserts nothing.
 */
const flows = 64;
const rounds = 40_000;

interface Case {
  readonly name: string;
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly messages: number;
}

const poll = (hexBytes: readonly number[]): Uint8Array => Uint8Array.from(hexBytes);
const fixture = (await loadFixtures('modbus')).find(({ name }) => name === 'every-function');
const side = (from: 'client' | 'server'): Uint8Array => concatBytes((fixture?.pieces ?? []).filter((piece) => piece.from === from).map(({ bytes }) => bytes));
const cases: readonly Case[] = [
  {
    name: 'poll of 10 registers',
    request: poll([0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 10]),
    response: poll([0, 1, 0, 0, 0, 23, 1, 3, 20, ...Array.from({ length: 20 }, (_, index) => index)]),
    messages: 2,
  },
  { name: 'every function', request: side('client'), response: side('server'), messages: 50 },
];

for (const { name, request, response, messages } of cases) {
  const bytes = concatBytes([request, response]);
  const decoders = Array.from({ length: flows }, () => modbus.createDecoder('stream'));
  const out = new MessageBatch();
  const piece: { -readonly [K in keyof Piece]: Piece[K] } = { bytes, start: 0, end: 0, packet: 0, atMs: 0, flow: 0, fromClient: true };
  const play = (count: number): number => {
    let decoded = 0;
    for (let round = 0; round < count; round += 1) {
      out.reset();
      for (let flow = 0; flow < flows; flow += 1) {
        const decoder = decoders[flow];
        piece.flow = flow;
        piece.packet += 1;
        piece.fromClient = true;
        piece.start = 0;
        piece.end = request.length;
        decoder?.decode(piece, out);
        piece.fromClient = false;
        piece.start = request.length;
        piece.end = bytes.length;
        decoder?.decode(piece, out);
      }
      decoded += out.count;
    }
    return decoded;
  };
  const count = Math.ceil((rounds * 2) / messages);
  play(Math.ceil(count / 10));
  const heapBefore = process.memoryUsage().heapUsed;
  const start = process.hrtime.bigint();
  const decoded = play(count);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const heapGrown = (process.memoryUsage().heapUsed - heapBefore) / decoded;
  console.log(`${name}: ${(decoded / seconds / 1e6).toFixed(2)} million messages/s, ${decoded} messages, heap ${heapGrown.toFixed(2)} bytes/message`);
}
