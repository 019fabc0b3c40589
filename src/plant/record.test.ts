// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pcapHeader, pcapRecord } from '../model/pcap-record.ts';
import { type AttackName, attackNames } from './attack.ts';
import { type RecordedPacket, recordPlant, recordStartMs } from './record.ts';
import { formatAddress } from './wire/addresses.ts';
import { viewFrame } from './wire/frame-view.ts';
import { tcpFlags } from './wire/frames.ts';

const stranger = Uint8Array.of(0x00, 0x2b, 0x67, 0x5d, 0x1c, 0x9e);
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

function record(minutes: number, attack?: AttackName, seed = 7) {
  const recording = recordPlant({ seed, minutes, ...(attack === undefined ? {} : { attack }) });
  const packets = [...recording.packets];
  return { packets, truth: recording.truth() };
}

function hashOf(packets: readonly RecordedPacket[]): string {
  const hash = createHash('sha256');
  for (const packet of packets) hash.update(`${packet.atMs} `).update(packet.bytes);
  return hash.digest('hex');
}

test('equal options give equal bytes, another seed or another attack gives others', () => {
  const hash = hashOf(record(2, 'setpoint').packets);
  assert.equal(hashOf(record(2, 'setpoint').packets), hash);
  assert.notEqual(hashOf(record(2, 'setpoint', 8).packets), hash);
  assert.notEqual(hashOf(record(2, 'scan').packets), hash);
});

test('the attack changes nothing before it begins, at three fifths of the time', () => {
  const [quiet, attacked] = [record(3), record(3, 'setpoint')];
  const { attackStartMs } = attacked.truth;
  assert.equal(attackStartMs, recordStartMs + 0.6 * 180_000);
  const before = (packets: readonly RecordedPacket[]) => packets.filter(({ atMs }) => atMs < (attackStartMs ?? 0));
  assert.equal(hashOf(before(attacked.packets)), hashOf(before(quiet.packets)));
  assert.ok(before(quiet.packets).length > 3_000);
  assert.deepEqual([quiet.truth.attack, quiet.truth.attackPackets, quiet.truth.limitsBroken], [null, [], []]);
});

test('the ground truth names every packet of the stranger and every answer to it, and no other', () => {
  const { packets, truth } = record(5, 'setpoint');
  const isFrom = (bytes: Uint8Array, offset: number): boolean => stranger.every((byte, index) => bytes[offset + index] === byte);
  const asked = packets.filter(({ bytes }) => isFrom(bytes, 6)).map(({ number }) => number);
  assert.deepEqual(truth.attackPackets, asked);
  const others = packets.filter(({ bytes }) => !isFrom(bytes, 6));
  const isAboutStranger = (bytes: Uint8Array): boolean => isFrom(bytes, 0) || formatAddress(viewFrame(bytes).arp?.targetAddress ?? 0) === '10.20.0.101';
  assert.deepEqual(
    truth.answerPackets,
    others.filter(({ bytes }) => isAboutStranger(bytes)).map(({ number }) => number),
  );
  assert.ok(truth.attackPackets.length > 500 && truth.answerPackets.length > 150);
  assert.equal(truth.packets, packets.length);
  assert.deepEqual(
    packets.map(({ number }) => number),
    packets.map((_, index) => index + 1),
  );
  assert.ok(packets.filter(({ cause }) => cause !== 'normal').every(({ atMs }) => atMs >= (truth.attackStartMs ?? 0)));
  assert.deepEqual(
    truth.limitsBroken.map(({ limit }) => limit),
    ['residualMgPerL'],
  );
});

test('the ground truth of a taken-over terminal is its second connection and nothing else', () => {
  const { packets, truth } = record(5, 'hmi-takeover');
  const attacking = packets.filter(({ cause }) => cause === 'attack').map(({ bytes }) => viewFrame(bytes));
  assert.ok(attacking.length > 50);
  assert.ok(attacking.every(({ ipv4, tcp }) => formatAddress(ipv4?.source ?? 0) === '10.20.0.20' && tcp?.destinationPort === 502));
  const codes = new Set(attacking.flatMap(({ tcp }) => (tcp !== undefined && tcp.payload.length >= 8 ? [tcp.payload[7]] : [])));
  assert.deepEqual(
    [...codes].toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    [3, 8, 16, 17, 43],
  );
  assert.equal(truth.attackPackets.length, attacking.length);
});

test('every TCP stream begins with a handshake, has no gap, and each end is in good order or a reset', () => {
  const { packets } = record(10, 'setpoint');
  const next = new Map<string, number>();
  const isEnded = new Map<string, boolean>();
  let streams = 0;
  for (const { bytes, number } of packets) {
    const { ipv4, tcp } = viewFrame(bytes);
    if (ipv4 === undefined || tcp === undefined) continue;
    const key = `${ipv4.source}:${tcp.sourcePort} > ${ipv4.destination}:${tcp.destinationPort}`;
    const has = (flag: number): boolean => (tcp.flags & flag) !== 0;
    if (has(tcpFlags.syn)) {
      assert.ok(!next.has(key), `packet ${number}: ports are not used twice`);
      streams += has(tcpFlags.ack) ? 0 : 1;
      next.set(key, (tcp.sequence + 1) >>> 0);
      continue;
    }
    if (has(tcpFlags.rst)) {
      isEnded.set(key, true);
      continue;
    }
    const expected = next.get(key);
    assert.ok(expected !== undefined, `packet ${number}: begins in the middle`);
    const isKeepAlive = tcp.payload.length === 0 && tcp.sequence === (expected - 1) >>> 0;
    assert.ok(tcp.sequence === expected || isKeepAlive, `packet ${number}: gap or repetition`);
    assert.ok(isEnded.get(key) !== true || tcp.payload.length === 0, `packet ${number}: data after the end`);
    next.set(key, (expected + tcp.payload.length + (has(tcpFlags.fin) ? 1 : 0)) >>> 0);
    if (has(tcpFlags.fin)) isEnded.set(key, true);
  }
  assert.ok(streams > 150, `${streams} streams`);
});

test('a time out of range is refused', () => {
  for (const minutes of [0, -1, 1_441, Number.NaN]) assert.throws(() => recordPlant({ seed: 1, minutes }), { code: 'plant' });
});

const expertColumns = ['-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.severity', '-e', '_ws.expert.message', '-e', '_ws.malformed'];
const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

for (const attack of [undefined, ...attackNames]) {
  test(`tshark reads the capture (${attack ?? 'no attack'}) without a malformed packet, a wrong checksum or a warning`, {
    skip: hasTshark ? false : 'needs tshark',
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'shinrai-plant-'));
    try {
      const path = join(folder, 'plant.pcap');
      const { packets, truth } = record(4, attack);
      writeFileSync(path, Buffer.concat([pcapHeader(), ...packets.map(({ bytes, atMs }) => pcapRecord(bytes, atMs))]));
      const run = spawnSync('tshark', ['-n', '-r', path, ...checks, '-Y', '_ws.expert || _ws.malformed', ...expertColumns], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      assert.equal(run.status, 0, run.stderr);
      // Severities of tshark: chat 0x200000, note 0x400000, warning 0x600000, error 0x800000.
      const rows = run.stdout.split('\n').filter((line) => line !== '');
      assert.ok(rows.length > 50, 'tshark has something to say of every handshake');
      const bad = rows.filter((line) => {
        const [, severities = '', messages = '', malformed = ''] = line.split('\t');
        const isSerious = severities.split(',').some((severity) => Number(severity) >= 0x600000);
        const isReset = truth.attackStartMs !== null && messages === 'Connection reset (RST)'; // A scan of closed ports, a restart: that is what happens.
        return malformed !== '' || (isSerious && !isReset);
      });
      assert.deepEqual(bad, []);
      const notes = rows.filter((line) => /retransmission|out-of-order|Duplicate|unseen|not captured|padding/i.test(line));
      assert.deepEqual(notes, []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
