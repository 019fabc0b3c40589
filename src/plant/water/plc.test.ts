// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../base/random.ts';
import { createPlc, interlocks, type Plc } from './plc.ts';
import { createProcess, type Process } from './process.ts';
import { coils, createMemory, discreteInputs, holdingRegisters, inputRegisters, plannedCoils, plannedSetPoints, registerMap } from './register-map.ts';

interface Rig {
  readonly process: Process;
  readonly plc: Plc;
  /** Lets seconds pass and calls `watch` after every scan. */
  run(seconds: number, watch?: () => void): void;
}

function createRig(seed = 3): Rig {
  const process = createProcess(createRandom(seed));
  const plc = createPlc(process, createRandom(seed + 1));
  const run = (seconds: number, watch: () => void = () => {}): void => {
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      process.step(0.1, 9);
      plc.scan(0.1);
      watch();
    }
  };
  return { process, plc, run };
}

function hold(plc: Plc, address: number, value: number): void {
  plc.memory['holding-register'][address] = value;
}

test('left alone the controller keeps levels and residual where they belong, and P1 starts and stops', () => {
  const { process, plc, run } = createRig();
  let starts = 0;
  let wasOn = false;
  run(3_600, () => {
    const { t1LevelM, t2LevelM, residualMgPerL } = process.state;
    assert.ok(t1LevelM > 1.7 && t1LevelM < 2.7, `T1 at ${t1LevelM}`);
    assert.ok(Math.abs(t2LevelM - 2) < 0.1, `T2 at ${t2LevelM}`);
    assert.ok(Math.abs(residualMgPerL - 0.6) < 0.1, `residual ${residualMgPerL}`);
    if (process.commands.isP1On && !wasOn) starts += 1;
    wasOn = process.commands.isP1On;
  });
  assert.ok(starts >= 3, `${starts} starts`);
  assert.equal(process.state.spilledTotalM3, 0);
  assert.equal(plc.memory['input-register'][inputRegisters.uptimeLow], 3_600);
  assert.ok(Math.abs((plc.memory['input-register'][inputRegisters.t1Level] ?? 0) / 1000 - process.state.t1LevelM) < 0.02);
});

test('a whole day of demand is supplied without leaving the levels and the residual', () => {
  const process = createProcess(createRandom(11));
  const plc = createPlc(process, createRandom(12));
  for (let tick = 0; tick < 864_000; tick += 1) {
    process.step(0.1, tick / 36_000);
    plc.scan(0.1);
    if (tick % 100 !== 0) continue;
    const { t1LevelM, t2LevelM, residualMgPerL, demandM3PerH, distributionFlowM3PerH } = process.state;
    const isGood = t1LevelM > 1.5 && t1LevelM < 2.8 && Math.abs(t2LevelM - 2) < 0.1 && Math.abs(residualMgPerL - 0.6) < 0.15;
    assert.ok(isGood && distributionFlowM3PerH > 0.8 * demandM3PerH, `at ${tick / 36_000} h: ${JSON.stringify(process.state)}`);
  }
  assert.equal(process.state.spilledTotalM3, 0);
});

test('no set point makes T1 run over: the float stops P1', () => {
  const { process, plc, run } = createRig();
  hold(plc, holdingRegisters.t1StartLevel, 65_535);
  hold(plc, holdingRegisters.t1StopLevel, 65_535);
  let most = 0;
  run(3_600, () => {
    most = Math.max(most, process.state.t1LevelM);
  });
  assert.ok(most > interlocks.t1HighHighM && most < 3.8, `T1 reached ${most}`);
  assert.equal(process.state.spilledTotalM3, 0);
});

test('with P1 off in manual, T1 runs down to the float that closes V1, and P2 stops before T2 is empty', () => {
  const { process, plc, run } = createRig();
  plc.memory.coil[coils.p1Auto] = 0;
  plc.memory.coil[coils.p1Request] = 0;
  run(3_600);
  assert.ok(process.state.t1LevelM > 0.25 && process.state.t1LevelM < interlocks.t1LowLowM, `T1 at ${process.state.t1LevelM}`);
  assert.ok(process.state.t2LevelM > 0.25 && process.state.t2LevelM < interlocks.t2LowLowM, `T2 at ${process.state.t2LevelM}`);
  assert.equal(process.commands.isP2On, false);
  assert.equal(process.commands.doseGPerH, 0, 'nothing flows, so nothing is dosed');
  assert.deepEqual(
    [discreteInputs.t1LowLow, discreteInputs.t2LowLow].map((address) => plc.memory['discrete-input'][address]),
    [1, 1],
  );
  plc.memory.coil[coils.p1Auto] = 1;
  run(1_800);
  assert.equal(process.commands.isP2On, true, 'the town is supplied again');
});

test('with V1 open in manual, T2 does not run over', () => {
  const { process, plc, run } = createRig();
  plc.memory.coil[coils.valveAuto] = 0;
  hold(plc, holdingRegisters.valveManual, 1000);
  let most = 0;
  run(1_800, () => {
    most = Math.max(most, process.state.t2LevelM);
  });
  assert.ok(most > interlocks.t2HighHighM && most <= 3, `T2 reached ${most}`);
  assert.equal(process.state.spilledTotalM3, 0);
});

test('a wrong set point is followed until the trip limit stops the dosing; the alarm stays until someone acknowledges it', () => {
  const { process, plc, run } = createRig();
  hold(plc, holdingRegisters.residualSetPoint, 500);
  let most = 0;
  run(600, () => {
    most = Math.max(most, process.state.residualMgPerL);
  });
  assert.ok(most > 2.5 && most < 3.6, `residual reached ${most}`);
  const inputs = plc.memory['discrete-input'];
  assert.deepEqual([inputs[discreteInputs.residualHigh], inputs[discreteInputs.alarmUnacknowledged]], [1, 1]);
  hold(plc, holdingRegisters.residualSetPoint, 60);
  run(900);
  assert.deepEqual([inputs[discreteInputs.residualHigh], inputs[discreteInputs.alarmUnacknowledged]], [0, 1]);
  plc.memory.coil[coils.alarmAcknowledge] = 1;
  run(0.1);
  assert.deepEqual([inputs[discreteInputs.alarmUnacknowledged], plc.memory.coil[coils.alarmAcknowledge]], [0, 0]);
});

test('the operator can start and stop a filling, and dosing can be switched off', () => {
  const { process, plc, run } = createRig();
  assert.equal(process.commands.isP1On, false);
  plc.memory.coil[coils.p1Request] = 1;
  run(1);
  assert.equal(process.commands.isP1On, true);
  plc.memory.coil[coils.p1Request] = 0;
  run(1);
  assert.equal(process.commands.isP1On, false);
  plc.memory.coil[coils.dosingEnabled] = 0;
  run(600);
  assert.ok(process.state.residualMgPerL < 0.2, 'without dosing the residual falls');
  assert.equal(plc.memory['discrete-input'][discreteInputs.residualLow], 1);
});

test('any numbers in memory keep the program running with finite outputs', () => {
  const seed = 17;
  const random = createRandom(seed);
  const { process, plc, run } = createRig();
  for (let round = 0; round < 200; round += 1) {
    const holding = plc.memory['holding-register'];
    holding[random.below(holding.length)] = random.below(4) === 0 ? random.below(2) * 65_535 : random.below(65_536);
    plc.memory.coil[random.below(plc.memory.coil.length)] = random.below(2);
    run(5, () => {
      const { doseGPerH, valveTarget } = process.commands;
      assert.ok(doseGPerH >= 0 && doseGPerH <= 1_200 && valveTarget >= 0 && valveTarget <= 1, `seed ${seed}, round ${round}`);
    });
    assert.ok(Number.isFinite(process.state.residualMgPerL));
  }
});

test('names, addresses and start values of the register map agree with each other and with the README', () => {
  const byName = { coil: coils, 'discrete-input': discreteInputs, 'input-register': inputRegisters, 'holding-register': holdingRegisters };
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [space, entries] of Object.entries(registerMap)) {
    // `byName` has the keys of `registerMap`.
    assert.deepEqual(byName[space as keyof typeof byName], Object.fromEntries(entries.map(({ name, address }) => [name, address])), space);
    for (const { address, name, unit, meaning } of entries) {
      const row = new RegExp(
        `^\\| ${space} +\\| ${address} +\\| \`${name}\` +\\| ${unit.replaceAll(/[.()/]/g, '\\$&')} *\\| ${meaning.replaceAll(/[.()/]/g, '\\$&')} *\\|`,
        'm',
      );
      assert.match(readme, row, `README row of ${space} ${address}`);
    }
  }
  assert.equal(plannedSetPoints.length, registerMap['holding-register'].length);
  assert.equal(plannedCoils.length, registerMap.coil.length);
  assert.deepEqual([...createMemory()['holding-register']], plannedSetPoints);
});
