// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../base/random.ts';
import { createProcess, gauss, sizes } from './process.ts';

function isNear(found: number, wanted: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - wanted) <= tolerance, `${what}: found ${found}, wanted ${wanted} ± ${tolerance}`);
}

test('no water and no chlorine comes from nowhere or gets lost, whatever the machines do', () => {
  const seed = 5;
  const random = createRandom(seed);
  const { state, commands, step } = createProcess(random);
  const waterOf = () => state.t1LevelM * sizes.t1AreaM2 + state.t2LevelM * sizes.t2AreaM2;
  const chlorineOf = () => state.residualMgPerL * state.t2LevelM * sizes.t2AreaM2;
  const [waterM3, chlorineG] = [waterOf(), chlorineOf()];
  const extremes = { t1Most: 0, t1Least: 9, t2Least: 9, residualMost: 0 };
  for (let second = 0; second < 40_000; second += 1) {
    if (second % 300 === 0) {
      commands.isP1On = random.next() < 0.5;
      commands.isP2On = random.next() < 0.6;
      commands.valveTarget = random.next();
      commands.doseGPerH = random.next() * 2_000;
    }
    step(1, (second / 3600) % 24);
    extremes.t1Most = Math.max(extremes.t1Most, state.t1LevelM);
    extremes.t1Least = Math.min(extremes.t1Least, state.t1LevelM);
    extremes.t2Least = Math.min(extremes.t2Least, state.t2LevelM);
    extremes.residualMost = Math.max(extremes.residualMost, state.residualMgPerL);
    assert.ok(state.t1LevelM >= 0 && state.t1LevelM <= sizes.t1HeightM, `T1 at ${state.t1LevelM}, seed ${seed}`);
    assert.ok(state.t2LevelM >= 0 && state.t2LevelM <= sizes.t2HeightM, `T2 at ${state.t2LevelM}, seed ${seed}`);
    assert.ok(state.residualMgPerL >= 0 && Number.isFinite(state.residualMgPerL), `residual ${state.residualMgPerL}, seed ${seed}`);
  }
  isNear(waterM3 + state.rawTotalM3, waterOf() + state.distributedTotalM3 + state.spilledTotalM3, 1e-6, 'water');
  isNear(chlorineG + state.dosedTotalG, chlorineOf() + state.usedTotalG + state.chlorineOutTotalG, 1e-6, 'chlorine');
  // The run went to the ends of the tanks, or the balance says little.
  assert.ok(state.spilledTotalM3 > 1 && extremes.t1Most === sizes.t1HeightM && extremes.t1Least < 0.01 && extremes.t2Least < 0.01, JSON.stringify(extremes));
});

test('with the dose that the raw water uses plus the set point, the residual settles at the set point less the decay', () => {
  const { state, commands, step } = createProcess({ next: () => 0.5, below: () => 0 });
  commands.isP1On = true;
  for (let second = 0; second < 3_600; second += 1) {
    commands.valveTarget = state.demandM3PerH / (sizes.valveFlowM3PerH * Math.sqrt(state.t1LevelM)) + 0.3 * (2 - state.t2LevelM);
    commands.doseGPerH = state.transferFlowM3PerH * (sizes.rawDemandMgPerL + 0.6);
    step(1, 9);
  }
  isNear(state.residualMgPerL, 0.6, 0.01, 'residual');
});

test('pumps, valve and doser follow their orders with their own time', () => {
  const { state, commands, step } = createProcess(createRandom(1));
  commands.isP1On = true;
  commands.valveTarget = 1;
  for (let tick = 0; tick < 30; tick += 1) step(0.1, 9);
  isNear(state.rawFlowM3PerH, sizes.p1FlowM3PerH * (1 - Math.exp(-1)), 0.01, 'flow after one time constant');
  isNear(state.valvePosition, 0.5 + 3 / sizes.valveStrokeS, 1e-9, 'valve after three seconds');
});

test('demand is low at night and high in the morning and the evening', () => {
  const { state, step } = createProcess({ next: () => 0.25, below: () => 0 }); // gauss is 0 at 0.25: no noise.
  assert.ok(Math.abs(gauss({ next: () => 0.25, below: () => 0 })) < 1e-9);
  const demandAt = (hourOfDay: number): number => {
    step(0.1, hourOfDay);
    return state.demandM3PerH;
  };
  assert.ok(demandAt(3) < 0.5 * demandAt(7.5));
  assert.ok(demandAt(19) > demandAt(14.5) && demandAt(14.5) > demandAt(3));
  isNear(demandAt(23.999), demandAt(0), 0.1, 'demand over midnight');
});
