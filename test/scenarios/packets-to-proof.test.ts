// SPDX-License-Identifier: Apache-2.0
// The command line as its users call it: from a capture to findings that name observed, expected, support and packets.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import type { GroundTruth } from '../../src/plant/record.ts';
import { type Ran, shinrai, temporaryFolder } from '../command-line.ts';

const folder = temporaryFolder('packets');
const at = (name: string): string => join(folder, name);
const norm = at('norm.json');
const truths = new Map<string, GroundTruth>();
const watched = new Map<string, Ran>();

async function record(name: string, ...args: readonly string[]): Promise<void> {
  const ran = await shinrai(['plant', 'record', '--out', at(`${name}.pcap`), '--json', ...args]);
  assert.equal(ran.code, 0, ran.said);
  truths.set(name, ran.lines[0].truth);
}

async function watch(name: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await shinrai(['watch', at(`${name}.pcap`), '--norm', norm, '--json', ...args]);
  assert.equal(ran.code, 0, ran.said);
  watched.set(name, ran);
  return ran;
}

const findingsOf = (name: string): Ran['lines'] => (watched.get(name)?.lines ?? []).filter((line) => line.kind === 'finding');
const incidentsOf = (name: string): Ran['lines'] => (watched.get(name)?.lines ?? []).filter((line) => line.kind === 'incident');
const truthOf = (name: string): GroundTruth => truths.get(name) ?? assert.fail(`"${name}" was recorded`);
const namedPackets = (name: string): Set<number> => new Set(findingsOf(name).flatMap((finding) => finding.packets as number[]));

/** Share of these packets that findings name. */
function recall(name: string, packets: readonly number[]): number {
  const named = namedPackets(name);
  assert.ok(packets.length > 0, 'there is something to find');
  return packets.filter((number) => named.has(number)).length / packets.length;
}

/** Those of the packets that carry a decoded message: what layers of conversations and functions can speak of. */
async function withMessage(name: string, packets: readonly number[], protocol: string): Promise<readonly number[]> {
  const { lines } = await shinrai(['messages', at(`${name}.pcap`), '--json']);
  const carrying = new Set(lines.filter((line) => line.protocol === protocol).map((line) => line.packet));
  return packets.filter((number) => carrying.has(number));
}

suite('packets to findings', () => {
  before(async () => {
    await record('normal', '--seed', '7', '--minutes', '40');
    const learnt = await shinrai(['learn', at('normal.pcap'), '--out', norm, '--json']);
    assert.equal(learnt.code, 0, learnt.said);
    assert.equal(learnt.lines[0].packets, truthOf('normal').packets);
    await record('setpoint', '--seed', '8', '--minutes', '12', '--attack', 'setpoint');
    await record('hmi-takeover', '--seed', '9', '--minutes', '12', '--attack', 'hmi-takeover');
    await record('maintenance', '--seed', '10', '--minutes', '12', '--attack', 'maintenance');
    await record('other', '--seed', '11', '--minutes', '20');
    for (const name of ['setpoint', 'hmi-takeover', 'maintenance', 'other', 'normal']) await watch(name);
  });

  test('what was learnt, and the same plant with other noise, gives no finding', () => {
    for (const name of ['normal', 'other']) assert.equal(watched.get(name)?.out, '', name);
  });

  test('while learning nothing is told, and the command says that nothing was judged', async () => {
    await record('short', '--seed', '12', '--minutes', '1', '--attack', 'setpoint');
    const ran = await shinrai(['watch', at('short.pcap'), '--json']);
    assert.deepEqual([ran.code, ran.out], [0, '']);
    assert.match(ran.said, /warning: learning did not end in this capture, so nothing was judged; give --norm/);
  });

  test('without a norm the quiet beginning is learnt and the attack after it is found', async () => {
    await record('long', '--seed', '13', '--minutes', '40', '--attack', 'setpoint');
    const { lines } = await shinrai(['watch', at('long.pcap'), '--json']);
    const start = truthOf('long').attackStartMs ?? Number.NaN;
    const writes = lines.filter((line) => line.operation === 'write' && line.addresses.includes('10.20.0.101'));
    assert.equal(writes.length, 1, JSON.stringify(writes.map((line) => line.observed)));
    assert.deepEqual(
      lines.filter((line) => line.kind === 'finding' && line.atMs < start).map((line) => line.observed),
      [],
    );
  });

  test('every finding names observed, expected, support, score and packets of the capture, in the order of the contract', () => {
    for (const name of ['setpoint', 'hmi-takeover', 'maintenance']) {
      const { packets } = truthOf(name);
      for (const finding of findingsOf(name)) {
        for (const key of ['id', 'detector', 'subject', 'observed', 'expected', 'severity']) assert.equal(typeof finding[key], 'string', `${name} ${key}`);
        for (const key of ['observed', 'expected', 'subject']) assert.notEqual(finding[key], '', `${name} ${finding.id} ${key}`);
        assert.ok(Number.isInteger(finding.support) && finding.support >= 0);
        assert.ok(finding.score > 0 && finding.score <= 1);
        assert.ok(finding.technique === null || /^T[0-9]{4}$/.test(finding.technique));
        const numbers: readonly number[] = finding.packets;
        assert.ok(numbers.length > 0 && numbers.every((number, index) => number > (numbers[index - 1] ?? 0) && number <= packets), finding.id);
        assert.equal(finding.packetCount, numbers.length);
      }
      const kinds = (watched.get(name)?.lines ?? []).map((line) => line.kind);
      assert.deepEqual(kinds, [...kinds].sort(), 'findings first, then incidents'); // "finding" < "incident"
      const ids = new Set(findingsOf(name).map((finding) => finding.id));
      assert.ok(ids.size === findingsOf(name).length && incidentsOf(name).length > 0);
      for (const incident of incidentsOf(name)) assert.ok(incident.from.every((id: string) => ids.has(id)));
    }
  });

  test('a stranger who writes the set point: his packets are named, nobody else is blamed, and the cause is an attack', () => {
    const truth = truthOf('setpoint');
    assert.ok(recall('setpoint', truth.attackPackets) >= 0.95, `${recall('setpoint', truth.attackPackets)}`);
    const guilty = new Set([...truth.attackPackets, ...truth.answerPackets]);
    assert.deepEqual(
      [...namedPackets('setpoint')].filter((number) => !guilty.has(number)),
      [],
    );
    const [incident, ...more] = incidentsOf('setpoint');
    assert.deepEqual([incident.origin, incident.causes[0].nature, more.length], ['10.20.0.101', 'attack', 0]);
    assert.ok(incident.stage >= 3);
    const write = findingsOf('setpoint').find((finding) => finding.operation === 'write');
    assert.equal(write?.observed, '10.20.0.101 > 10.20.0.10 modbus unit 1 write-single-register holding-register/0');
    assert.equal(write?.technique, 'T0836');
  });

  test('every Modbus message of a taken-over terminal is named though its address and its peer are known', async () => {
    const truth = truthOf('hmi-takeover');
    const messages = await withMessage('hmi-takeover', truth.attackPackets, 'modbus');
    assert.equal(recall('hmi-takeover', messages), 1);
    const guilty = new Set([...truth.attackPackets, ...truth.answerPackets]);
    assert.deepEqual(
      [...namedPackets('hmi-takeover')].filter((number) => !guilty.has(number)),
      [],
    );
    const [incident] = incidentsOf('hmi-takeover');
    assert.equal(incident.origin, '10.20.0.20');
    assert.ok(incident.stage >= 2, 'restarting the controller and writing its limits again and again is at least an unusual act');
    assert.ok(incident.causes.some((cause: { nature: string }) => cause.nature === 'attack'));
  });

  test('planned maintenance is told as unusual, and other explanations rank above an attack', async () => {
    const truth = truthOf('maintenance');
    const written = findingsOf('maintenance');
    assert.deepEqual(
      written.map((finding) => finding.operation),
      ['write'],
    );
    assert.ok(written[0].packets.every((number: number) => truth.maintenancePackets.includes(number)));
    const [incident] = incidentsOf('maintenance');
    assert.equal(incident.causes[0].nature, 'maintenance');
    assert.ok(
      incident.causes.some((cause: { nature: string }) => cause.nature === 'attack'),
      'an attack stays in the running',
    );
    assert.ok(incident.stage <= 2);
  });

  test('equal input gives equal findings, byte by byte', async () => {
    const first = watched.get('setpoint')?.out;
    assert.equal((await watch('setpoint')).out, first);
  });

  test('people get sentences in both languages', async () => {
    const english = await shinrai(['watch', at('setpoint.pcap'), '--norm', norm]);
    const japanese = await shinrai(['watch', at('setpoint.pcap'), '--norm', norm, '--language', 'ja']);
    assert.match(english.out, /10\.20\.0\.101/);
    assert.match(japanese.out, /[ぁ-ん]/);
    for (const { out } of [english, japanese]) assert.doesNotMatch(out, /\{\{|finding\.|incident\.(title|cause)/, 'no key and no hole is left in a sentence');
  });

  test('with --fail-on-finding the exit is 1 for findings and 0 for none', async () => {
    const exits = await Promise.all(['setpoint', 'other'].map((name) => shinrai(['watch', at(`${name}.pcap`), '--norm', norm, '--fail-on-finding'])));
    assert.deepEqual(
      exits.map(({ code }) => code),
      [1, 0],
    );
  });
});
