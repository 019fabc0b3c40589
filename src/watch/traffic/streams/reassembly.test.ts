// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../base/random.ts';
import { PacketBuffer } from '../../../model/packet.ts';
import { batchOf, flag, segment } from '../fixtures/packets.ts';
import { lineProtocol } from '../fixtures/protocols.ts';
import { createTraffic, type Traffic } from '../traffic.ts';

const protocol = () => lineProtocol({ name: 'line', mark: 'L', ports: [502] });

/** Texts of the lines that were decoded, client's as they are, server's in brackets. */
function linesOf(traffic: Traffic): string[] {
  const { messages } = traffic;
  return messages.rows.slice(0, messages.count).map((row) => (row.fromClient ? row.object : `[${row.object}]`));
}
function run(packets: readonly Uint8Array[], line = protocol()): { readonly lines: readonly string[]; readonly traffic: Traffic; readonly line: typeof line } {
  const traffic = createTraffic({ protocols: [line] });
  traffic.observe(batchOf(packets));
  const lines = linesOf(traffic);
  traffic.finish();
  return { lines: [...lines, ...linesOf(traffic)], traffic, line };
}
const syn = segment('', { flags: flag.syn, sequence: 99 });

test('segments in order are decoded as they come, lines may span them', () => {
  const { lines } = run([syn, segment('L1\nL', { sequence: 100 }), segment('2\nL3\n', { sequence: 104 })]);
  assert.deepEqual(lines, ['L1', 'L2', 'L3']);
});

test('both directions of a conversation are put together apart', () => {
  const { lines } = run([syn, segment('La', { sequence: 100 }), segment('Lx\n', { reverse: true, sequence: 7 }), segment('b\n', { sequence: 102 })]);
  assert.deepEqual(lines, ['[Lx]', 'Lab']);
});

test('a segment that came too early waits for the one before it', () => {
  const { lines, traffic } = run([syn, segment('L1\n', { sequence: 100 }), segment('L3\n', { sequence: 106 }), segment('L2\n', { sequence: 103 })]);
  assert.deepEqual(lines, ['L1', 'L2', 'L3']);
  assert.equal(traffic.counters().outOfOrder, 1);
  assert.equal(traffic.counters().gaps, 0);
});

test('what was retransmitted is not decoded twice, and of an overlap the first bytes win', () => {
  const { lines } = run([syn, segment('L1\nL2', { sequence: 100 }), segment('L1\nL2', { sequence: 100 }), segment('L9\nL3\n', { sequence: 103 })]);
  assert.deepEqual(lines, ['L1', 'L2', 'L3']);
});

test('a keep-alive byte before the next sequence number is nothing new', () => {
  const { lines, traffic } = run([syn, segment('L1\n', { sequence: 100 }), segment('\0', { sequence: 102 }), segment('L2\n', { sequence: 103 })]);
  assert.deepEqual(lines, ['L1', 'L2']);
  assert.equal(traffic.counters().retransmitted, 1);
});

test('sequence numbers go on beyond 4,294,967,295', () => {
  const { lines } = run([
    segment('', { flags: flag.syn, sequence: 0xfffffffc }),
    segment('L1\n', { sequence: 0xfffffffd }),
    segment('L2\n', { sequence: 0 }),
    segment('L3\n', { sequence: 3 }),
  ]);
  assert.deepEqual(lines, ['L1', 'L2', 'L3']);
});

test('a conversation is taken up in the middle', () => {
  assert.deepEqual(run([segment('L7\n', { sequence: 5000 }), segment('L8\n', { sequence: 5003 })]).lines, ['L7', 'L8']);
});

test('a lost segment is given up when the receiver has acknowledged what follows it, and the decoder is told', () => {
  const packets = [syn, segment('L1\n', { sequence: 100 }), segment('L3\n', { sequence: 106 }), segment('L4\n', { sequence: 109 })];
  const traffic = createTraffic({ protocols: [protocol()] });
  traffic.observe(batchOf(packets));
  assert.deepEqual(linesOf(traffic), ['L1'], 'before the acknowledgement they wait');
  const { lines, line } = run([...packets, segment('', { reverse: true, sequence: 1, ack: 112 })]);
  assert.deepEqual(lines, ['L1', 'L3', 'L4']);
  assert.deepEqual(line.skipped, [{ fromClient: true, missing: 3 }]);
});

test('a lost segment is given up when too many segments wait for it', () => {
  const later = Array.from({ length: 66 }, (_, index) => segment('Lx\n', { sequence: 106 + index * 3 }));
  const { lines, traffic } = run([syn, segment('L1\n', { sequence: 100 }), ...later]);
  assert.equal(lines.length, 67);
  assert.equal(traffic.counters().gaps, 1);
  assert.equal(traffic.counters().gapBytes, 3);
});

test('at the end of the capture what waited is decoded', () => {
  const { lines, line } = run([syn, segment('L1\n', { sequence: 100 }), segment('L3\n', { sequence: 106 })]);
  assert.deepEqual(lines, ['L1', 'L3']);
  assert.deepEqual(line.skipped, [{ fromClient: true, missing: 3 }]);
});

test('payload that the snap length has cut off is a gap', () => {
  const packets = [syn, segment('L1\nL2', { sequence: 100 }), segment('L4\n', { sequence: 110 })];
  const buffer = new PacketBuffer(3, 1000);
  packets.forEach((packet, index) => {
    buffer.push(packet, index, packet.length + (index === 1 ? 5 : 0));
  });
  // The IP header claims the five bytes that were not captured.
  const total = (buffer.start[1] as number) + 16; // three packets were pushed
  buffer.bytes[total + 1] = (buffer.bytes[total + 1] as number) + 5;
  const line = protocol();
  const traffic = createTraffic({ protocols: [line] });
  traffic.observe(buffer);
  assert.deepEqual(linesOf(traffic), ['L1', 'L4']);
  assert.deepEqual(line.skipped, [{ fromClient: true, missing: 5 }]);
});

test('a line longer than may be kept is a gap, and the memory is given back', () => {
  const chunk = 'x'.repeat(1000);
  const packets = [syn, segment('L', { sequence: 100 }), ...Array.from({ length: 70 }, (_, index) => segment(chunk, { sequence: 101 + index * 1000 }))];
  const { traffic, line } = run(packets);
  assert.equal(traffic.counters().pendingOverflows, 1);
  assert.equal(line.skipped.length, 1);
  assert.ok(traffic.counters().heldBytes < 20_000);
});

test('data behind a forged reset and behind both FINs is still read', () => {
  const packets = [syn, segment('L1\n', { sequence: 100 }), segment('', { reverse: true, flags: flag.rst, sequence: 1 }), segment('L2\n', { sequence: 103 })];
  assert.deepEqual(run(packets).lines, ['L1', 'L2']);
  const closed = [
    ...packets,
    segment('', { flags: flag.fin | flag.ack, sequence: 106 }),
    segment('', { reverse: true, flags: flag.fin | flag.ack, sequence: 1 }),
    segment('L3\n', { sequence: 106 }),
  ];
  assert.deepEqual(run(closed).lines, ['L1', 'L2', 'L3']);
});

test('any cutting, order and repetition of the segments gives the lines once and in order', () => {
  const seed = 42;
  const random = createRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const expected = Array.from({ length: 1 + random.below(30) }, (_, index) => `L${index}${'y'.repeat(random.below(20))}`);
    const text = expected.map((line) => `${line}\n`).join('');
    const start = random.below(0xffffffff);
    const cuts: Uint8Array[] = [];
    for (let at = 0; at < text.length; ) {
      const size = 1 + random.below(15);
      // Some segments reach into what follows, as retransmissions with another cut do.
      cuts.push(segment(text.slice(at, at + size + random.below(4)), { sequence: (start + 1 + at) % 2 ** 32 }));
      if (random.below(5) === 0) cuts.push(cuts[random.below(cuts.length)] as Uint8Array); // not empty
      at += size;
    }
    // Swapped within a short distance: nothing is ever lost, so nothing may be given up.
    for (let index = 0; index + 3 < cuts.length; index += 1) {
      const other = index + random.below(4);
      [cuts[index], cuts[other]] = [cuts[other] as Uint8Array, cuts[index] as Uint8Array];
    }
    const { lines, traffic } = run([segment('', { flags: flag.syn, sequence: start }), ...cuts]);
    assert.deepEqual(lines, expected, `seed ${seed}, round ${round}`);
    assert.equal(traffic.counters().gaps, 0);
  }
});
