// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { PacketBuffer } from '../model/packet.ts';
import type { TrafficRule } from '../model/response.ts';
import { type AttackName, attackNames, attackSetPoint, isAttackName } from './attack.ts';
import { createPlant, type MirrorFrame, type Plant, type PlantOptions } from './plant.ts';
import { viewFrame } from './wire/frame-view.ts';
import { anyTraffic } from './wire/test-lan.ts';

const startMs = Date.UTC(2026, 3, 1, 0, 0, 0);
const functionCodeOf: PlantOptions['functionCodeOf'] = (_protocol, name) =>
  new Map([
    ['write-single-register', 6],
    ['write-multiple-registers', 16],
  ]).get(name);

function createTestPlant(seed = 7): Plant {
  return createPlant({ seed, startMs, functionCodeOf });
}

/** Advances second by second and calls `watch` after each; frames are thrown away unless `keep` takes them. */
function live(plant: Plant, seconds: number, watch: () => void = () => {}, keep: (frame: MirrorFrame) => void = () => {}): void {
  for (let second = 0; second < seconds; second += 1) {
    plant.advance(1_000);
    plant.takeFrames().forEach(keep);
    watch();
  }
}

function hashOf(frames: readonly MirrorFrame[]): string {
  const hash = createHash('sha256');
  for (const frame of frames) hash.update(`${frame.atMs} ${frame.cause} `).update(frame.bytes);
  return hash.digest('hex');
}

/** Function code of a Modbus request on the wire, or undefined. */
function requestCode(frame: MirrorFrame): number | undefined {
  const { tcp } = viewFrame(frame.bytes);
  return tcp?.destinationPort === 502 && tcp.payload.length >= 8 ? tcp.payload[7] : undefined;
}

test('equal seeds give equal frames, however time is cut into steps; another seed gives others', () => {
  const whole = createTestPlant();
  whole.advance(60_000);
  const cut = createTestPlant();
  const frames: MirrorFrame[] = [];
  for (let ms = 0; ms < 60_000; ms += 37.5) {
    cut.advance(37.5);
    frames.push(...cut.takeFrames());
  }
  const other = createTestPlant(8);
  other.advance(60_000);
  const wholeFrames = whole.takeFrames();
  assert.ok(wholeFrames.length > 1_500);
  assert.equal(hashOf(frames), hashOf(wholeFrames));
  assert.notEqual(hashOf(other.takeFrames()), hashOf(wholeFrames));
});

test('frames come in order of time, at the wall clock, at 30 to 100 a second, from every device', () => {
  const plant = createTestPlant();
  const frames: MirrorFrame[] = [];
  live(plant, 120, undefined, (frame) => frames.push(frame));
  assert.ok(frames.length >= 30 * 120 && frames.length <= 100 * 120, `${frames.length} frames in 120 s`);
  let lastMs = startMs;
  for (const frame of frames) {
    assert.ok(frame.atMs >= lastMs && frame.atMs <= startMs + 120_000);
    lastMs = frame.atMs;
  }
  const senders = new Set(frames.map((frame) => Buffer.from(frame.bytes.subarray(6, 12)).toString('hex')));
  assert.deepEqual(
    [...senders].toSorted(),
    plant
      .devices()
      .map(({ mac }) => mac.replaceAll(':', ''))
      .toSorted(),
  );
});

test('draining into small batches gives the same frames as taking them all', () => {
  const [one, other] = [createTestPlant(), createTestPlant()];
  one.advance(20_000);
  other.advance(20_000);
  const batch = new PacketBuffer(100, 200_000);
  const drained: { atMs: number; bytes: Uint8Array }[] = [];
  for (let isDone = false; !isDone; ) {
    isDone = one.drain(batch);
    for (let row = 0; row < batch.count; row += 1) {
      const start = batch.start[row] ?? 0;
      drained.push({ atMs: batch.atMs[row] ?? 0, bytes: batch.bytes.slice(start, start + (batch.captured[row] ?? 0)) });
    }
    batch.reset();
  }
  assert.deepEqual(
    drained,
    other.takeFrames().map(({ atMs, bytes }) => ({ atMs, bytes: new Uint8Array(bytes) })),
  );
  assert.ok(drained.length > 300 && batch.firstNumber === drained.length + 1);
});

test('frames that nobody takes are lost from the oldest on, and counted', () => {
  const plant = createTestPlant();
  plant.advance(2 * 3_600_000);
  const frames = plant.takeFrames();
  assert.equal(frames.length, 200_000);
  assert.ok(plant.framesLost > 10_000, `${plant.framesLost} lost`);
  assert.ok((frames.at(-1)?.atMs ?? 0) > startMs + 2 * 3_600_000 - 1_000);
});

test('speed runs from 1 to 60 and stretches only `pace`', () => {
  const plant = createTestPlant();
  plant.setSpeed(60);
  plant.pace(500);
  assert.equal(plant.nowMs, startMs + 30_000);
  plant.advance(500);
  assert.equal(plant.nowMs, startMs + 30_500);
  for (const speed of [0, 0.5, 61, Number.NaN]) assert.throws(() => plant.setSpeed(speed), { code: 'plant' });
  assert.throws(() => createPlant({ seed: 1, startMs, speed: 100 }), { code: 'plant' });
});

test('the evening without an attack stays within all limits, and the operator terminal is never silent', () => {
  const plant = createPlant({ seed: 7, startMs: startMs + 9 * 3_600_000 }); // From 18:00 in Japan, over the highest demand.
  for (let minute = 0; minute < 120; minute += 1) {
    plant.advance(60_000);
    plant.takeFrames();
    const state = plant.state();
    assert.deepEqual([state.limitsBroken, state.compromised, state.operator.isTerminalSilent], [[], [], false], `minute ${minute}`);
  }
  assert.ok(plant.state().operator.writes > 100);
  assert.equal(plant.state().operator.corrections, 0);
  assert.deepEqual(plant.state().alarms, []);
});

test('the stranger drives the residual out of its limits when nobody stops the writes', () => {
  const plant = createTestPlant();
  live(plant, 180);
  plant.startAttack('setpoint');
  let broken = false;
  live(plant, 60, () => {
    broken ||= plant.state().limitsBroken.includes('residualMgPerL');
  });
  const state = plant.state();
  assert.ok(broken);
  assert.deepEqual(state.compromised, ['stranger']);
  assert.deepEqual([state.attack?.name, state.attack?.phase, state.attack?.startedMs], ['setpoint', 'writing-set-point', startMs + 180_000]);
  assert.ok(state.alarms.includes('residualHigh'));
  assert.ok(state.operator.corrections > 0, 'the operator sets the value back, in vain');
});

test('stopped before the first write, the plant never leaves its limits', () => {
  const plant = createTestPlant();
  live(plant, 180);
  plant.startAttack('setpoint');
  live(plant, 18);
  assert.ok(plant.stopAttack());
  assert.ok(!plant.stopAttack());
  live(plant, 300, () => assert.deepEqual(plant.state().limitsBroken, []));
  assert.deepEqual(plant.state().compromised, []);
});

const stranger = '10.20.0.101';
const cuts: readonly { readonly name: string; readonly rules: readonly TrafficRule[] }[] = [
  {
    name: 'deny flow',
    rules: [{ ...anyTraffic, clientAddress: stranger, serverAddress: '10.20.0.10', transport: 'tcp', serverPort: 502, protocol: 'modbus' }],
  },
  {
    name: 'restrict function',
    rules: [{ ...anyTraffic, clientAddress: stranger, serverAddress: '10.20.0.10', serverPort: 502, protocol: 'modbus', functions: ['write-single-register'] }],
  },
  {
    name: 'isolate device by address',
    rules: [
      { ...anyTraffic, clientAddress: stranger },
      { ...anyTraffic, serverAddress: stranger },
    ],
  },
  { name: 'isolate device by hardware address', rules: [{ ...anyTraffic, mac: '00:2b:67:5d:1c:9e' }] },
];

for (const { name, rules } of cuts) {
  test(`"${name}" stops the write on the switch: the mirror still sees it, the plant comes back, the terminal goes on`, () => {
    const plant = createTestPlant();
    live(plant, 180);
    plant.startAttack('setpoint');
    live(plant, 23);
    assert.equal(plant.state().setPoints['residualSetPoint'], attackSetPoint);
    const ids = rules.map((rule) => plant.switch.apply(rule).id);
    let attackWrites = 0;
    live(
      plant,
      60,
      () => assert.equal(plant.state().operator.isTerminalSilent, false),
      (frame) => {
        if (frame.cause === 'attack' && requestCode(frame) === 6) attackWrites += 1;
      },
    );
    assert.ok(attackWrites > 0, 'what is taken out is still mirrored');
    assert.notEqual(plant.state().setPoints['residualSetPoint'], attackSetPoint, 'the operator has set the value back, and it stays');
    live(plant, 600, () => assert.notEqual(plant.state().setPoints['residualSetPoint'], attackSetPoint));
    assert.deepEqual(plant.state().limitsBroken, []);
    assert.ok(plant.state().framesStopped > 0);
    assert.ok(plant.switch.rules().some(({ framesStopped }) => framesStopped > 0));
    for (const id of ids) assert.ok(plant.switch.remove(id));
    live(plant, 60);
    assert.equal(plant.state().setPoints['residualSetPoint'], attackSetPoint, 'undone, the attacker is back');
  });
}

test('a taken-over terminal uses its own address, blinds its operator and breaks the limits; restricting its function stops that', () => {
  for (const isRestricted of [false, true]) {
    const plant = createTestPlant();
    live(plant, 180);
    if (isRestricted) {
      plant.switch.apply({
        ...anyTraffic,
        clientAddress: '10.20.0.20',
        serverAddress: '10.20.0.10',
        protocol: 'modbus',
        functions: ['write-multiple-registers'],
      });
    }
    plant.startAttack('hmi-takeover');
    const codes = new Set<number | undefined>();
    let mostMgPerL = 0;
    live(
      plant,
      120,
      () => {
        mostMgPerL = Math.max(mostMgPerL, plant.state().process.residualMgPerL);
      },
      (frame) => frame.cause === 'attack' && codes.add(requestCode(frame)),
    );
    assert.deepEqual([plant.state().compromised, plant.state().operator.isBlinded], [['hmi'], true]);
    for (const code of [8, 16, 17, 43]) assert.ok(codes.has(code), `function ${code} was used`);
    assert.equal(mostMgPerL > 1.2, !isRestricted, `residual reached ${mostMgPerL}`);
    plant.stopAttack();
    live(plant, 900);
    assert.deepEqual(plant.state().limitsBroken, []);
    assert.equal(plant.state().setPoints['residualTripLimit'], 300, 'the operator has set the limits back');
  }
});

test('maintenance writes new set points, stays within the limits, ends by itself, and nobody sets them back', () => {
  const plant = createTestPlant();
  live(plant, 60);
  plant.startAttack('maintenance');
  const causes = new Set<string>();
  live(
    plant,
    600,
    () => assert.deepEqual([plant.state().limitsBroken, plant.state().compromised], [[], []]),
    (frame) => causes.add(frame.cause),
  );
  assert.deepEqual([...causes].toSorted(), ['maintenance', 'normal']);
  assert.equal(plant.state().attack, undefined);
  assert.equal(plant.state().setPoints['t1StopLevel'], 2_700);
  assert.equal(plant.state().operator.corrections, 0);
});

test('one scenario runs at a time, and each can be started again after it was stopped', () => {
  for (const name of attackNames) {
    const plant = createTestPlant();
    live(plant, 5);
    for (let round = 0; round < 2; round += 1) {
      plant.startAttack(name);
      assert.throws(() => plant.startAttack('scan'), { code: 'plant', message: /is running/ });
      live(plant, 9);
      assert.ok(plant.stopAttack());
      live(plant, 3);
    }
  }
  const names: readonly string[] = ['scan', 'setpoint', 'flood', 'constructor'];
  const known: readonly AttackName[] = names.filter(isAttackName);
  assert.deepEqual(known, ['scan', 'setpoint']);
});
