// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../../../base/bytes.ts';
import { batchOf, datagram, ethernet, flag, segment } from '../fixtures/packets.ts';
import { type LineProtocol, lineProtocol } from '../fixtures/protocols.ts';
import { createTraffic, type Traffic } from '../traffic.ts';

const syn = segment('', { flags: flag.syn, sequence: 99 });

function watch(protocols: readonly LineProtocol[], packets: readonly Uint8Array[], unknownMessages = false): Traffic {
  const traffic = createTraffic({ protocols, unknownMessages });
  traffic.observe(batchOf(packets));
  return traffic;
}
function told(traffic: Traffic): string[] {
  return traffic.messages.rows.slice(0, traffic.messages.count).map((row) => `${row.packet} ${row.fromClient ? '>' : '<'} ${row.protocol} ${row.object}`);
}

test('a protocol is found by content on a port that it does not name', () => {
  const traffic = watch(
    [lineProtocol({ name: 'one', mark: 'ONE', ports: [1111] }), lineProtocol({ name: 'two', mark: 'TWO' })],
    [syn, segment('TWO x\n', { sequence: 100 })],
  );
  assert.deepEqual(told(traffic), ['2 > two TWO x']);
  assert.equal(traffic.flows.read(0).protocol, 'two');
  assert.deepEqual(traffic.sightings.identified, [0]);
});

test('a port alone gives no name', () => {
  const traffic = watch([lineProtocol({ name: 'one', mark: 'ONE', ports: [502] })], [syn, segment('something else\n', { sequence: 100 })]);
  assert.deepEqual(told(traffic), []);
  assert.equal(traffic.flows.read(0).protocol, 'unknown');
  assert.equal(traffic.flows.service(0), 'tcp/502');
});

test('content that only may be a protocol needs its port, or the other side saying the same', () => {
  const perhaps = (ports: readonly number[]): LineProtocol => lineProtocol({ name: 'one', mark: 'ONE', ports, sure: 'maybe' });
  const request = segment('ONE q\n', { sequence: 100 });
  const response = segment('ONE r\n', { sequence: 1, reverse: true });
  assert.deepEqual(told(watch([perhaps([502])], [syn, request])), ['2 > one ONE q']);
  assert.deepEqual(told(watch([perhaps([])], [syn, request])), []);
  assert.deepEqual(told(watch([perhaps([])], [syn, request, segment('ONE q2\n', { sequence: 106 })])), [], 'the same side again is no second witness');
  assert.deepEqual(
    told(watch([perhaps([])], [syn, request, response])),
    ['2 > one ONE q', '3 < one ONE r'],
    'what was said before the confirmation is decoded too',
  );
});

test('a beginning that is too short is kept until it can be told', () => {
  const traffic = watch(
    [lineProtocol({ name: 'one', mark: 'ONE' })],
    [syn, segment('O', { sequence: 100 }), segment('N', { sequence: 101 }), segment('E z\n', { sequence: 102 })],
  );
  assert.deepEqual(told(traffic), ['4 > one ONE z']);
});

test('a flow that nobody recognises is given up after a bounded number of pieces', () => {
  let asked = 0;
  const one = lineProtocol({ name: 'one', mark: 'ONE' });
  const counting = {
    ...one,
    recognise: (...given: Parameters<typeof one.recognise>) => {
      asked += 1;
      return one.recognise(...given);
    },
  };
  const packets = Array.from({ length: 50 }, (_, index) => segment('zzzz', { sequence: 100 + index * 4 }));
  const traffic = createTraffic({ protocols: [counting] });
  traffic.observe(batchOf([syn, ...packets]));
  assert.equal(asked, 12);
  assert.equal(traffic.counters().heldBytes, 0);
});

test('a wrong guess is corrected once, and the flow is told of again', () => {
  const short = lineProtocol({ name: 'short', mark: 'X' });
  const other = lineProtocol({ name: 'other', mark: 'YY' });
  const bad = 'X\nYY1\nYY2\nYY3\n';
  const traffic = watch([short, other], [syn, segment(bad, { sequence: 100 }), segment('YY4\n', { sequence: 100 + bad.length })]);
  assert.equal(traffic.flows.read(0).protocol, 'other');
  assert.deepEqual(told(traffic).at(-1), '3 > other YY4');
  assert.equal(traffic.counters().servicesCorrected, 1);
  const again = 'zz\nzz\nzz\n';
  traffic.observe(batchOf([segment(again, { sequence: 104 + bad.length })], { firstNumber: 4 }));
  assert.equal(traffic.flows.read(0).protocol, 'other', 'the second guess stays');
});

test('when content shows that the server spoke first, the conversation is turned round', () => {
  // Only the client of this protocol begins with Q.
  const one = lineProtocol({ name: 'one', mark: 'Q' });
  const asking = {
    ...one,
    recognise: (bytes: Uint8Array, start: number, end: number, fromClient: boolean) =>
      fromClient ? one.recognise(bytes, start, end, fromClient, 'stream') : ('no' as const),
  };
  const traffic = createTraffic({ protocols: [asking] });
  traffic.observe(batchOf([segment('Q1\n', { clientPort: 3000, serverPort: 3001, sequence: 5 })]));
  assert.equal(traffic.flows.read(0).clientAddress, '10.0.0.2');
  assert.deepEqual(told(traffic), ['1 > one Q1']);
  const firm = createTraffic({ protocols: [asking] });
  firm.observe(
    batchOf([
      segment('', { flags: flag.syn, clientPort: 3001, serverPort: 3000, sequence: 4, reverse: true }),
      segment('Q1\n', { clientPort: 3001, serverPort: 3000, sequence: 5 }),
    ]),
  );
  assert.equal(firm.flows.read(0).protocol, 'unknown', 'a handshake that was seen stands');
});

test('datagrams and frames are decoded whole', () => {
  const one = lineProtocol({ name: 'one', mark: 'ONE', etherTypes: [0x8892] });
  const traffic = watch([one], [datagram('ONE a\nONE b\n'), datagram('ONE half'), ethernet(toUtf8('ONE c\n'), { type: 0x8892 })]);
  assert.deepEqual(told(traffic), ['1 > one ONE a', '1 > one ONE b', '3 > one ONE c']);
  assert.equal(traffic.flows.service(1), 'one');
  assert.equal(traffic.flows.transport(1), 'ethernet');
});

test('a datagram that only may be a protocol is decoded when the next one confirms it', () => {
  const one = lineProtocol({ name: 'one', mark: 'ONE', sure: 'maybe' });
  assert.deepEqual(told(watch([one], [datagram('ONE a\n'), datagram('ONE b\n')])), ['1 > one ONE a', '2 > one ONE b']);
});

test('unknown payloads are told of only when asked: each datagram, the first of each stream direction', () => {
  const packets = [
    datagram('??'),
    datagram('??'),
    syn,
    ...Array.from({ length: 20 }, (_, index) => segment('zzzz', { sequence: 100 + index * 4 })),
    segment('yy', { sequence: 1, reverse: true }),
    segment('yy', { sequence: 3, reverse: true }),
  ];
  assert.deepEqual(told(watch([lineProtocol({ name: 'one', mark: 'ONE' })], packets)), []);
  const traffic = watch([lineProtocol({ name: 'one', mark: 'ONE' })], packets, true);
  assert.deepEqual(told(traffic), ['1 > unknown ', '2 > unknown ', '15 > unknown ', '24 < unknown ']);
  assert.equal(traffic.messages.rows[0]?.functionName, 'payload');
});
