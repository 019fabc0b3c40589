// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrafficRule } from '../../model/response.ts';
import { viewFrame } from './frame-view.ts';
import { buildArp, buildTcp, buildUdp, createFrame } from './frames.ts';
import { compileRule } from './rule.ts';
import { Schedule } from './schedule.ts';
import { type Port, Switch } from './switch.ts';
import { anyTraffic, createTestLan } from './test-lan.ts';

const [clientMac, serverMac] = [0x0200_0000_0001, 0x0200_0000_0002];
const [client, server] = [0x0a00_0001, 0x0a00_0002];
const envelope = { sourceMac: clientMac, destinationMac: serverMac, source: client, destination: server, ttl: 64, identification: 1 };
const segment = { sourcePort: 50_000, destinationPort: 502, sequence: 1, acknowledgement: 1, flags: 0x18, window: 1, mss: undefined };
const back = { ...envelope, sourceMac: serverMac, destinationMac: clientMac, source: server, destination: client };
const readAdu = Uint8Array.of(0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 10);
const writeAdu = Uint8Array.of(0, 2, 0, 0, 0, 6, 1, 6, 0, 0, 1, 244);

const frames = {
  read: buildTcp(envelope, { ...segment, payload: readAdu }),
  write: buildTcp(envelope, { ...segment, payload: writeAdu }),
  readThenWrite: buildTcp(envelope, { ...segment, payload: Uint8Array.of(...readAdu, ...writeAdu) }),
  halfWrite: buildTcp(envelope, { ...segment, payload: writeAdu.subarray(0, 7) }),
  restOfWrite: buildTcp(envelope, { ...segment, payload: writeAdu.subarray(7) }),
  cutRead: buildTcp(envelope, { ...segment, payload: readAdu.subarray(0, 10) }),
  emptyAck: buildTcp(envelope, { ...segment, flags: 0x10, payload: new Uint8Array(0) }),
  answer: buildTcp(back, { ...segment, sourcePort: 502, destinationPort: 50_000, payload: writeAdu }),
  otherPort: buildTcp(envelope, { ...segment, destinationPort: 80, payload: writeAdu }),
  udp: buildUdp(envelope, 123, 123, new Uint8Array(48)),
  otherHost: buildTcp({ ...envelope, sourceMac: 0x0200_0000_0003, source: 0x0a00_0003 }, { ...segment, payload: writeAdu }),
  arp: buildArp(serverMac, clientMac, { operation: 1, senderMac: clientMac, senderAddress: client, targetMac: 0, targetAddress: server }),
};
type FrameName = keyof typeof frames;
const codeOf = (_protocol: string, name: string): number | undefined => (name === 'write-single-register' ? 6 : undefined);

test('a rule takes out what it names, and nothing else', () => {
  const cases: readonly { readonly rule: Partial<TrafficRule>; readonly stops: readonly FrameName[] }[] = [
    {
      rule: { clientAddress: '10.0.0.1', serverAddress: '10.0.0.2', transport: 'tcp', serverPort: 502 },
      stops: ['read', 'write', 'readThenWrite', 'halfWrite', 'restOfWrite', 'cutRead', 'emptyAck', 'answer'],
    },
    {
      rule: { clientAddress: '10.0.0.1' },
      stops: ['read', 'write', 'readThenWrite', 'halfWrite', 'restOfWrite', 'cutRead', 'emptyAck', 'answer', 'otherPort', 'udp'],
    },
    { rule: { serverAddress: '10.0.0.2', serverPort: 80 }, stops: ['otherPort'] },
    { rule: { transport: 'udp' }, stops: ['udp'] },
    {
      rule: { mac: '02:00:00:00:00:01' },
      stops: ['read', 'write', 'readThenWrite', 'halfWrite', 'restOfWrite', 'cutRead', 'emptyAck', 'answer', 'otherPort', 'udp', 'arp'],
    },
    { rule: { mac: '02:00:00:00:00:03' }, stops: ['otherHost'] },
    { rule: { clientAddress: '02:00:00:00:00:03', serverAddress: '02:00:00:00:00:02' }, stops: ['otherHost'] },
    {
      rule: { clientAddress: '10.0.0.1', serverAddress: '10.0.0.2', protocol: 'modbus', functions: ['write-single-register'] },
      stops: ['write', 'readThenWrite', 'halfWrite', 'restOfWrite', 'cutRead'],
    },
    {
      rule: { protocol: 'modbus', functions: ['write-single-register'], serverPort: 502, transport: 'tcp' },
      stops: ['write', 'readThenWrite', 'halfWrite', 'restOfWrite', 'cutRead', 'otherHost'],
    },
    { rule: { clientAddress: '10.0.0.9' }, stops: [] },
  ];
  for (const { rule, stops } of cases) {
    const isMatch = compileRule({ ...anyTraffic, ...rule }, codeOf);
    // The keys of `frames` are exactly the frame names.
    const stopped = (Object.keys(frames) as FrameName[]).filter((name) => isMatch(viewFrame(frames[name])));
    assert.deepEqual(stopped.toSorted(), stops.toSorted(), JSON.stringify(rule));
  }
});

test('a rule that cannot be enforced as it is meant is refused', () => {
  const cases: readonly { readonly rule: Partial<TrafficRule>; readonly reason: RegExp }[] = [
    { rule: {}, reason: /would take out everything/ },
    { rule: { clientAddress: 'plc' }, reason: /address is "plc"/ },
    { rule: { serverAddress: 'fe80::1' }, reason: /address is "fe80::1"/ },
    { rule: { mac: '10.0.0.1' }, reason: /hardware address is "10.0.0.1"/ },
    { rule: { clientAddress: '10.0.0.1', protocol: 'http' }, reason: /without a port/ },
    { rule: { protocol: 'dnp3', serverPort: 20_000, functions: ['write'] }, reason: /only modbus/ },
    { rule: { protocol: null, functions: ['write-single-register'] }, reason: /only modbus/ },
    { rule: { protocol: 'modbus', transport: 'udp', functions: ['write-single-register'] }, reason: /only tcp/ },
    { rule: { protocol: 'modbus', functions: [] }, reason: /list is empty/ },
    { rule: { protocol: 'modbus', functions: ['write-single-register', 'no-such-function'] }, reason: /"no-such-function" has no known number/ },
  ];
  for (const { rule, reason } of cases) {
    assert.throws(() => compileRule({ ...anyTraffic, ...rule }, codeOf), { name: 'ShinraiError', code: 'plant', message: reason });
  }
  assert.throws(() => compileRule({ ...anyTraffic, protocol: 'modbus', functions: ['write-single-register'] }, undefined), /no known number/);
});

function createTestSwitch() {
  const schedule = new Schedule();
  let mirrored = 0;
  const arrived: string[] = [];
  const lan = new Switch({
    schedule,
    functionCodeOf: codeOf,
    mirror: () => {
      mirrored += 1;
    },
  });
  const ports: readonly Port[] = ['a', 'b', 'c'].map((name) => lan.plug(() => arrived.push(name)));
  const send = (index: number, frame: Uint8Array): readonly string[] => {
    arrived.length = 0;
    ports[index]?.send(frame, 0);
    schedule.advance(1);
    return [...arrived];
  };
  return { schedule, lan, ports, send, mirrored: () => mirrored };
}

test('a frame for an unknown place goes everywhere, for a known one only there, and after five minutes everywhere again', () => {
  const { schedule, send } = createTestSwitch();
  assert.deepEqual(send(0, frames.read), ['b', 'c']);
  assert.deepEqual(send(1, frames.answer), ['a']);
  assert.deepEqual(send(0, frames.read), ['b']);
  schedule.advance(300_001);
  assert.deepEqual(send(0, frames.read), ['b', 'c']);
});

test('frames to the addresses that bridges keep to themselves are mirrored but not forwarded', () => {
  const { send, mirrored } = createTestSwitch();
  assert.deepEqual(send(0, createFrame(0x0180_c200_000e, clientMac, 0x88cc, 46)), []);
  assert.equal(mirrored(), 1);
});

test('a frame that a rule takes out is seen by the mirror, counted, and does not arrive; without the rule it does', () => {
  const { lan, send, mirrored } = createTestSwitch();
  const first = lan.apply({ ...anyTraffic, mac: '02:00:00:00:00:01' });
  const second = lan.apply({ ...anyTraffic, serverPort: 502 });
  assert.deepEqual(send(0, frames.read), []);
  assert.equal(mirrored(), 1);
  assert.deepEqual(
    lan.rules().map(({ id, framesStopped }) => [id, framesStopped]),
    [
      [first.id, 1],
      [second.id, 1],
    ],
  );
  assert.equal(lan.framesStopped, 1);
  assert.ok(lan.remove(first.id));
  assert.deepEqual(send(0, frames.read), []);
  assert.ok(lan.remove(second.id));
  assert.ok(!lan.remove(second.id));
  assert.deepEqual(send(0, frames.read), ['b', 'c']);
  assert.equal(lan.framesStopped, 2);
});

test('at most 256 rules are in force', () => {
  const { lan } = createTestSwitch();
  for (let count = 0; count < 256; count += 1) lan.apply({ ...anyTraffic, serverPort: count });
  assert.throws(() => lan.apply({ ...anyTraffic, serverPort: 999 }), /at most 256/);
});

test('an unplugged port neither sends nor receives, and what was learnt of it is sent everywhere', () => {
  const { ports, send } = createTestSwitch();
  send(1, frames.answer);
  ports[1]?.unplug();
  assert.deepEqual(send(0, frames.read), ['c']);
  assert.deepEqual(send(1, frames.answer), []);
});

test('neighbours are asked for once, confirmed by unicast after 30 s, and packets to nobody are dropped after three questions', () => {
  const lan = createTestLan(2);
  const [one, other] = lan.hosts;
  assert.ok(one !== undefined && other !== undefined);
  const received: number[] = [];
  other.bind(9, ({ payload }) => received.push(payload[0] ?? 0));
  const questions = () => lan.seen.filter(({ frame }) => frame.arp?.operation === 1 && frame.sourceMac === clientMac).map(({ frame }) => frame.destinationMac);
  one.sendUdp(server, 9, 9, Uint8Array.of(1));
  lan.schedule.advance(10_000);
  one.sendUdp(server, 9, 9, Uint8Array.of(2));
  lan.schedule.advance(10_000);
  assert.deepEqual(questions(), [0xffff_ffff_ffff]);
  lan.schedule.advance(20_000);
  one.sendUdp(server, 9, 9, Uint8Array.of(3));
  lan.schedule.advance(1_000);
  assert.deepEqual(questions(), [0xffff_ffff_ffff, serverMac]);
  one.sendUdp(0x0a00_0063, 9, 9, Uint8Array.of(4));
  lan.schedule.advance(10_000);
  assert.equal(questions().length, 5);
  assert.deepEqual(received, [1, 2, 3]);
  assert.deepEqual(one.knownNeighbours(), [server]);
});
