// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '../../base/bytes.ts';
import { MessageBatch } from '../../model/message.ts';
import { type GoldenMessage, hex, playPieces } from '../fixture.ts';
import type { Decoder } from '../protocol.ts';
import { modbus } from './modbus.ts';
import { Outstanding, requestsMax } from './outstanding.ts';

const recognise = (bytes: string, fromClient = true): string => modbus.recognise(hex(bytes), 0, hex(bytes).length, fromClient, 'stream');

test('an ADU is recognised by its own lengths, refused by its header, and waited for while it is short', () => {
  const cases: readonly (readonly [string, string, boolean, string])[] = [
    ['a read request', '0001 0000 0006 01 03 0000 0001', true, 'yes'],
    ['a read response', '0001 0000 0005 01 03 02 0001', false, 'yes'],
    ['an exception', '0001 0000 0003 01 83 02', false, 'yes'],
    ['an exception from the side that opened the connection', '0001 0000 0003 01 83 02', true, 'maybe'],
    ['a request with the wrong size', '0001 0000 0007 01 03 0000 0001 00', true, 'maybe'],
    ['a byte count that disagrees', '0001 0000 0005 01 03 04 0001', false, 'maybe'],
    ['a function that is not public', '0001 0000 0003 01 5a 00', true, 'maybe'],
    ['another protocol number', '0001 0001 0006 01 03 0000 0001', true, 'no'],
    ['a length below two', '0001 0000 0001 01 03', true, 'no'],
    ['a length above 254', '0001 0000 00ff 01 03', true, 'no'],
    ['function zero', '0001 0000 0006 01 00 0000 0001', true, 'no'],
    ['half a header', '0001 0000', true, 'wait'],
    ['a header without a function', '0001 0000 0006 01', true, 'wait'],
    ['a response whose byte count is not there yet', '0001 0000 0005 01 03', false, 'wait'],
  ];
  for (const [what, bytes, fromClient, expected] of cases) assert.equal(recognise(bytes, fromClient), expected, what);
});

test('a datagram that is too short does not wait for more', () => {
  assert.equal(modbus.recognise(hex('00010000'), 0, 4, true, 'datagram'), 'no');
});

const adu = (transaction: number, unit: number, pdu: string): Uint8Array => {
  const body = hex(pdu);
  return concatBytes([Uint8Array.of(transaction >>> 8, transaction & 0xff, 0, 0, 0, body.length + 1, unit), body]);
};
const play = (...pieces: readonly (readonly ['client' | 'server', Uint8Array])[]): readonly GoldenMessage[] =>
  playPieces(
    modbus,
    'stream',
    pieces.map(([from, bytes], index) => ({ from, bytes, packet: index + 1 })),
  );

test('responses are paired by transaction and unit in any order, and a stray one keeps its values without an address', () => {
  const messages = play(
    ['client', concatBytes([adu(1, 1, '03 0000 0001'), adu(1, 2, '03 0064 0001')])],
    ['server', concatBytes([adu(1, 2, '03 02 0002'), adu(1, 1, '03 02 0001'), adu(1, 1, '03 02 0003')])],
  );
  assert.deepEqual(
    messages.slice(2).map(({ object, values }) => [object, values]),
    [
      ['holding-register/100', [2]],
      ['holding-register/0', [1]],
      ['holding-register', [3]],
    ],
  );
});

test('a transaction number that is used again belongs to the newer request', () => {
  const messages = play(['client', concatBytes([adu(0, 1, '03 0000 0001'), adu(0, 1, '03 0009 0001')])], ['server', adu(0, 1, '03 02 0007')]);
  assert.equal(messages[2]?.object, 'holding-register/9');
});

test('an exception from the side that opened the connection is shown as a response', () => {
  const [message] = play(['client', adu(1, 10, '81 06')]);
  assert.deepEqual(
    { kind: message?.kind, function: message?.function, status: message?.status, from: message?.from },
    { kind: 'response', function: 'read-coils', status: 'server-device-busy', from: 'client' },
  );
});

function offer(decoder: Decoder, bytes: Uint8Array): number {
  const out = new MessageBatch();
  decoder.decode({ bytes, start: 0, end: bytes.length, packet: 1, atMs: 0, flow: 0, fromClient: true }, out);
  return out.count;
}

test('a conversation is lost after 4096 bytes without an ADU, with a single message about it, and found again by an ADU', () => {
  const decoder = modbus.createDecoder('stream');
  assert.equal(offer(decoder, new Uint8Array(4000).fill(0x41)), 1);
  assert.equal(decoder.isLost?.(), false);
  assert.equal(offer(decoder, new Uint8Array(200).fill(0x41)), 0);
  assert.equal(decoder.isLost?.(), true);
  assert.equal(offer(decoder, adu(1, 1, '03 0000 0001')), 1);
  assert.equal(decoder.isLost?.(), false);
});

test('open requests are bounded: the oldest is forgotten first', () => {
  const outstanding = new Outstanding();
  for (let transaction = 0; transaction <= requestsMax; transaction += 1) outstanding.put(transaction, 1, 3, transaction, 1, 0, transaction);
  assert.equal(outstanding.take(0, 1, 3), undefined);
  for (let transaction = 1; transaction <= requestsMax; transaction += 1) {
    const asked = outstanding.take(transaction, 1, 3);
    assert.equal(asked?.first, transaction);
    assert.equal(asked?.atMs, transaction);
  }
  assert.equal(outstanding.take(1, 1, 3), undefined, 'a request is answered once');
  assert.equal(outstanding.take(65_535, 255, 127), undefined);
});

test('open requests agree with a simple list under random use', (context) => {
  const seed = 99;
  context.diagnostic(`seed ${seed}`);
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const outstanding = new Outstanding();
  let model: { readonly key: string; readonly first: number }[] = [];
  for (let step = 0; step < 20_000; step += 1) {
    const [transaction, unit, code] = [below(6), below(2), 1 + below(2)];
    const key = `${transaction} ${unit} ${code}`;
    const at = model.findIndex((entry) => entry.key === key);
    if (below(2) === 0 && model.length < requestsMax) {
      outstanding.put(transaction, unit, code, step, 1, 0, step);
      model = at < 0 ? [...model, { key, first: step }] : model.with(at, { key, first: step });
    } else {
      assert.equal(outstanding.take(transaction, unit, code)?.first, model[at]?.first, `step ${step}`);
      model = model.filter((entry) => entry.key !== key);
    }
  }
});

test('the ring of open requests grows without losing who is oldest', () => {
  const outstanding = new Outstanding();
  const open = (from: number, to: number): void => {
    for (let transaction = from; transaction < to; transaction += 1) outstanding.put(transaction, 1, 3, transaction, 1, 0, transaction);
  };
  // The place of the next request stands in the middle of the ring when it grows: the requests behind it are the oldest.
  open(0, 3);
  assert.equal(outstanding.take(0, 1, 3)?.first, 0);
  open(3, 4);
  open(4, requestsMax + 3);
  assert.equal(outstanding.take(1, 1, 3), undefined);
  assert.equal(outstanding.take(2, 1, 3), undefined);
  for (let transaction = 3; transaction < requestsMax + 3; transaction += 1) assert.equal(outstanding.take(transaction, 1, 3)?.first, transaction);
});
