// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { type TcpSegment, tcpFlags } from './frames.ts';
import { Schedule } from './schedule.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { ProbeResult } from './tcp-stack.ts';
import { anyTraffic, createTestLan, type TestLan } from './test-lan.ts';

const { ack, fin, rst, syn } = tcpFlags;
const [clientAddress, serverAddress] = ['10.0.0.1', '10.0.0.2'];
const server = 0x0a00_0002;

function hostsOf(lan: TestLan) {
  const [client, serving] = lan.hosts;
  assert.ok(client !== undefined && serving !== undefined);
  return { client, serving };
}

/** Everything that a direction carried, put together by sequence number; fails on a gap. */
function streamFrom(lan: TestLan, sender: number): Uint8Array {
  let next: number | undefined;
  const parts: Uint8Array[] = [];
  for (const { frame } of lan.seen) {
    if (frame.tcp === undefined || frame.ipv4?.source !== sender) continue;
    const { sequence, flags, payload } = frame.tcp;
    if ((flags & syn) !== 0) next = (sequence + 1) >>> 0;
    if (payload.length === 0 || sequence !== next) continue;
    parts.push(payload);
    next = (sequence + payload.length) >>> 0;
  }
  return concatBytes(parts);
}

test('two hundred kilobytes arrive whole and both ends close in good order', () => {
  const lan = createTestLan(2);
  const { client, serving } = hostsOf(lan);
  const sent = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) & 0xff);
  const received: Uint8Array[] = [];
  const ends: string[] = [];
  serving.tcp.listen(80, (connection) => ({
    onReceive: (bytes) => received.push(bytes.slice()),
    onEnd: () => connection.close(),
    onClose: (reason) => ends.push(`server ${reason}`),
  }));
  const connection = client.tcp.connect(server, 80, {
    onOpen: () => {
      connection.write(sent);
      connection.close();
    },
    onClose: (reason) => ends.push(`client ${reason}`),
  });
  lan.schedule.advance(10_000);
  assert.deepEqual(concatBytes(received), sent);
  assert.deepEqual(streamFrom(lan, 0x0a00_0001), sent);
  assert.deepEqual(ends, ['server closed', 'client closed']);
  const flags = lan.seen.flatMap(({ frame }) => (frame.tcp === undefined ? [] : [frame.tcp.flags]));
  assert.equal(flags.filter((value) => (value & fin) !== 0).length, 2);
  assert.equal(flags.filter((value) => (value & rst) !== 0).length, 0);
  assert.ok(lan.seen.every(({ frame }) => (frame.tcp?.payload.length ?? 0) <= 1460));
  const segments = lan.seen.filter(({ frame }) => (frame.tcp?.payload.length ?? 0) > 0).length;
  const acknowledgements = lan.seen.filter(({ frame }) => frame.tcp?.sourcePort === 80 && frame.tcp.flags === ack).length;
  assert.ok(Math.abs(acknowledgements - segments / 2) <= 3, `${acknowledgements} acknowledgements of ${segments} segments: every second one`);
});

test('a closed port answers with a reset, and a probe tells open, closed and silent apart', () => {
  const lan = createTestLan(2);
  const { client, serving } = hostsOf(lan);
  let opened = 0;
  serving.tcp.listen(502, () => {
    opened += 1;
    return {};
  });
  const results: [number, ProbeResult][] = [];
  for (const port of [502, 503]) client.tcp.probe(server, port, 500, (result) => results.push([port, result]));
  client.tcp.probe(0x0a00_0063, 502, 500, (result) => results.push([99, result]));
  const reasons: string[] = [];
  client.tcp.connect(server, 503, { onClose: (reason) => reasons.push(reason) });
  lan.schedule.advance(20_000);
  assert.deepEqual(
    results.toSorted((a, b) => a[0] - b[0]),
    [
      [99, 'silent'],
      [502, 'open'],
      [503, 'closed'],
    ],
  );
  assert.deepEqual(reasons, ['reset']);
  assert.equal(opened, 1);
});

test('a connection that a rule cuts sends again, more and more rarely, then gives up; without the rule it recovers', () => {
  for (const isRemoved of [false, true]) {
    const lan = createTestLan(2);
    const { client, serving } = hostsOf(lan);
    const received: number[] = [];
    serving.tcp.listen(502, () => ({ onReceive: (bytes) => received.push(...bytes) }));
    const reasons: string[] = [];
    const connection = client.tcp.connect(server, 502, { onClose: (reason) => reasons.push(reason) });
    lan.schedule.advance(1_000);
    const { id } = lan.switch.apply({ ...anyTraffic, clientAddress, serverAddress, transport: 'tcp', serverPort: 502 });
    connection.write(Uint8Array.of(1, 2));
    connection.write(Uint8Array.of(3));
    lan.schedule.advance(500);
    if (isRemoved) assert.ok(lan.switch.remove(id));
    lan.schedule.advance(60_000);
    assert.deepEqual(received, isRemoved ? [1, 2, 3] : []);
    assert.deepEqual(reasons, isRemoved ? [] : ['timed-out']);
    const times = lan.seen.filter(({ frame }) => frame.tcp?.payload[0] === 1).map(({ atMs }) => atMs);
    if (!isRemoved)
      assert.deepEqual(
        times.slice(1).map((atMs, index) => Math.round((atMs - (times[index] ?? 0)) / 100) * 100),
        [200, 400, 800, 1_600, 3_200],
      );
  }
});

test('after an interruption everything that was sent meanwhile follows at once, not one segment per timer', () => {
  const lan = createTestLan(2);
  const { client, serving } = hostsOf(lan);
  const received: number[] = [];
  serving.tcp.listen(502, () => ({ onReceive: (bytes) => received.push(...bytes) }));
  const connection = client.tcp.connect(server, 502, {});
  lan.schedule.advance(1_000);
  const { id } = lan.switch.apply({ ...anyTraffic, transport: 'tcp' });
  const sent = Array.from({ length: 20 }, (_, index) => index);
  for (const value of sent) connection.write(Uint8Array.of(value));
  lan.schedule.advance(500);
  lan.switch.remove(id);
  lan.schedule.advance(1_200); // The third transmission is due 600 ms after the first, the fourth 1,400 ms.
  assert.deepEqual(received, sent);
});

test('an idle connection is kept alive by probes, and ends when nobody answers them', () => {
  const lan = createTestLan(2);
  const { client, serving } = hostsOf(lan);
  serving.tcp.listen(502, () => ({}));
  const reasons: string[] = [];
  const connection = client.tcp.connect(server, 502, { onClose: (reason) => reasons.push(reason) });
  connection.keepAliveMs = 5_000;
  lan.schedule.advance(60_000);
  const isProbe = (segment: TcpSegment | undefined): boolean => segment !== undefined && segment.flags === ack && segment.destinationPort === 502;
  assert.ok(lan.seen.filter(({ frame }) => isProbe(frame.tcp)).length >= 10);
  assert.deepEqual(reasons, []);
  lan.switch.apply({ ...anyTraffic, mac: '02:00:00:00:00:02' });
  lan.schedule.advance(30_000);
  assert.deepEqual(reasons, ['reset']);
});

test('a connection whose host loses power ends without a packet, and the other side learns it when it next sends', () => {
  const lan = createTestLan(2);
  const { client, serving } = hostsOf(lan);
  const reasons: string[] = [];
  serving.tcp.listen(502, () => ({}));
  const connection = client.tcp.connect(server, 502, { onClose: (reason) => reasons.push(reason) });
  lan.schedule.advance(1_000);
  const before = lan.seen.length;
  serving.tcp.vanish();
  lan.schedule.advance(1_000);
  assert.equal(lan.seen.length, before);
  connection.write(Uint8Array.of(1));
  lan.schedule.advance(1_000);
  assert.deepEqual(reasons, ['reset']);
});

/** Two connections back to back, every segment delivered by hand; `emitted` holds what has not been delivered yet. */
function pairAt(sequence: number) {
  const schedule = new Schedule();
  const emitted: { readonly toServer: boolean; readonly segment: TcpSegment }[] = [];
  const path = (toServer: boolean) => ({ schedule, emit: (segment: TcpSegment) => emitted.push({ toServer, segment }), release: () => {} });
  const client = new TcpConnection(path(true), { localPort: 1, remoteAddress: 2, remotePort: 3 }, sequence, undefined);
  const request = emitted.shift()?.segment;
  assert.ok(request !== undefined);
  const serving = new TcpConnection(path(false), { localPort: 3, remoteAddress: 1, remotePort: 1 }, sequence, request);
  const deliver = (): void => {
    for (let next = emitted.shift(); next !== undefined; next = emitted.shift()) (next.toServer ? serving : client).receive(next.segment);
  };
  deliver();
  return { schedule, emitted, client, serving, deliver };
}

test('sequence numbers run over the end of 32 bits', () => {
  const { schedule, emitted, client, serving, deliver } = pairAt(0xffff_fff0);
  const received: number[] = [];
  serving.listener = { onReceive: (bytes) => received.push(bytes.length) };
  for (let round = 0; round < 10; round += 1) {
    client.write(new Uint8Array(100));
    deliver();
  }
  assert.equal(
    received.reduce((sum, size) => sum + size, 0),
    1_000,
  );
  schedule.advance(100); // The last acknowledgement may wait 40 ms.
  deliver();
  schedule.advance(10_000);
  assert.deepEqual(emitted, [], 'everything is acknowledged, nothing is sent again');
});

test('a reset ends the connection only when its number is exact; one inside the window is questioned, one outside ignored', () => {
  const blank = { sourcePort: 1, destinationPort: 3, acknowledgement: 0, flags: rst, window: 0, mss: undefined, payload: new Uint8Array(0) };
  const cases = [
    { offset: 0, isClosed: true, answers: 0 },
    { offset: 100, isClosed: false, answers: 1 },
    { offset: -1_000_000, isClosed: false, answers: 0 },
  ];
  for (const { offset, isClosed, answers } of cases) {
    const { emitted, serving } = pairAt(1_000);
    const reasons: string[] = [];
    serving.listener = { onClose: (reason) => reasons.push(reason) };
    serving.receive({ ...blank, sequence: (1_001 + offset) >>> 0 });
    assert.deepEqual(reasons, isClosed ? ['reset'] : [], `offset ${offset}`);
    assert.equal(emitted.length, answers, `offset ${offset}`);
  }
});

test('segments in any order, repeated or lost, give the same bytes in order', () => {
  const seed = 99;
  const random = createRandom(seed);
  for (let round = 0; round < 50; round += 1) {
    const { schedule, emitted, client, serving } = pairAt(random.below(0x1_0000_0000));
    const received: number[] = [];
    serving.listener = { onReceive: (bytes) => received.push(...bytes) };
    const sent: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      client.write(Uint8Array.of(index, round));
      sent.push(index, round);
    }
    for (let turn = 0; turn < 400 && (received.length < sent.length || emitted.length > 0); turn += 1) {
      const [next] = emitted.splice(random.below(emitted.length), 1);
      if (next === undefined) schedule.advance(100);
      else if (random.below(10) < 7) (next.toServer ? serving : client).receive(next.segment);
      if (next !== undefined && random.below(10) === 0) emitted.push(next);
    }
    // Losing too often in a row may end the connection: what arrived is then the beginning of what was sent.
    assert.deepEqual(received, sent.slice(0, received.length), `seed ${seed}, round ${round}`);
    assert.ok(received.length === sent.length || !client.isOpen, `seed ${seed}, round ${round}: stuck`);
  }
});
