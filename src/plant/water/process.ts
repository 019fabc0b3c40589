// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../base/random.ts';

/** Sizes of the plant. A town of about 6,000 people; the contact chamber is small, so that a wrong dose shows within a minute. */
export const sizes = {
  t1AreaM2: 6,
  t1HeightM: 4,
  t2AreaM2: 2,
  t2HeightM: 3,
  p1FlowM3PerH: 120,
  /** Flow through the open valve at one metre of water above it. */
  valveFlowM3PerH: 110,
  valveStrokeS: 20,
  doseMaxGPerH: 1_200,
  /** Chlorine that the raw water itself uses up at once. */
  rawDemandMgPerL: 0.8,
  decayPerH: 0.05,
  demandMeanM3PerH: 70,
} as const;

/** What the programmable controller orders. */
export interface Commands {
  isP1On: boolean;
  isP2On: boolean;
  /** 0 closed … 1 open. */
  valveTarget: number;
  doseGPerH: number;
}

/** What is true in the plant, whatever a sensor or a screen says. */
export interface ProcessState {
  readonly t1LevelM: number;
  readonly t2LevelM: number;
  readonly rawFlowM3PerH: number;
  readonly transferFlowM3PerH: number;
  readonly distributionFlowM3PerH: number;
  readonly demandM3PerH: number;
  readonly valvePosition: number;
  readonly doseGPerH: number;
  /** Free chlorine in the contact chamber T2 and so in what leaves the plant. */
  readonly residualMgPerL: number;
  readonly waterTemperatureC: number;
  /** Sums since the start, for balances. */
  readonly rawTotalM3: number;
  readonly distributedTotalM3: number;
  readonly spilledTotalM3: number;
  readonly dosedTotalG: number;
  readonly usedTotalG: number;
  readonly chlorineOutTotalG: number;
}

export interface Process {
  readonly state: ProcessState;
  readonly commands: Commands;
  /** Lets `dtS` seconds pass; `hourOfDay` is local time, 0 … 24. Steps above one second are too coarse for the fast parts. */
  step(dtS: number, hourOfDay: number): void;
}

/** Share of the mean demand at each full hour: low at night, peaks in the morning and the evening. */
const dailyDemand = [
  0.45, 0.38, 0.35, 0.35, 0.42, 0.65, 1.1, 1.5, 1.45, 1.25, 1.1, 1.05, 1.1, 1.05, 0.95, 0.95, 1.0, 1.2, 1.45, 1.55, 1.4, 1.15, 0.85, 0.6,
] as const;

/** Mass balances of water and chlorine, with pumps, valve and doser that need time to follow. */
export function createProcess(random: Random): Process {
  const commands: Commands = { isP1On: false, isP2On: true, valveTarget: 0.5, doseGPerH: 112 };
  const state: { -readonly [K in keyof ProcessState]: number } = {
    t1LevelM: 2.2,
    t2LevelM: 2,
    rawFlowM3PerH: 0,
    transferFlowM3PerH: 80,
    distributionFlowM3PerH: 80,
    demandM3PerH: 80,
    valvePosition: 0.5,
    doseGPerH: 112,
    residualMgPerL: 0.6,
    waterTemperatureC: 12.5,
    rawTotalM3: 0,
    distributedTotalM3: 0,
    spilledTotalM3: 0,
    dosedTotalG: 0,
    usedTotalG: 0,
    chlorineOutTotalG: 0,
  };
  let demandNoise = 0;
  const step = (dtS: number, hourOfDay: number): void => {
    demandNoise += (-demandNoise * dtS) / 60 + 0.03 * Math.sqrt(dtS / 30) * gauss(random);
    state.demandM3PerH = Math.max(5, sizes.demandMeanM3PerH * demandShare(hourOfDay) * (1 + demandNoise));
    state.waterTemperatureC = 12.5 + 1.5 * Math.sin(((hourOfDay - 9) / 24) * 2 * Math.PI);
    moveMachines(state, commands, dtS);
    const volumes = moveWater(state, dtS);
    moveChlorine(state, volumes, dtS);
  };
  return { state, commands, step };
}

type Mutable = { -readonly [K in keyof ProcessState]: number };
interface Volumes {
  readonly t2BeforeM3: number;
  readonly inM3: number;
  readonly outM3: number;
}

function moveMachines(state: Mutable, commands: Commands, dtS: number): void {
  state.rawFlowM3PerH = follow(state.rawFlowM3PerH, commands.isP1On ? sizes.p1FlowM3PerH : 0, 3, dtS);
  state.distributionFlowM3PerH = follow(state.distributionFlowM3PerH, commands.isP2On ? state.demandM3PerH : 0, 3, dtS);
  state.doseGPerH = follow(state.doseGPerH, Math.min(commands.doseGPerH, sizes.doseMaxGPerH), 4, dtS);
  const stroke = dtS / sizes.valveStrokeS;
  state.valvePosition += Math.max(-stroke, Math.min(stroke, commands.valveTarget - state.valvePosition));
}

/** Nothing flows that is not there; what does not fit spills. */
function moveWater(state: Mutable, dtS: number): Volumes {
  const hours = dtS / 3600;
  const t1BeforeM3 = state.t1LevelM * sizes.t1AreaM2;
  const t2BeforeM3 = state.t2LevelM * sizes.t2AreaM2;
  const rawM3 = state.rawFlowM3PerH * hours;
  const wantedM3 = sizes.valveFlowM3PerH * state.valvePosition * Math.sqrt(state.t1LevelM) * hours;
  const transferM3 = Math.min(wantedM3, t1BeforeM3 + rawM3);
  const outM3 = Math.min(state.distributionFlowM3PerH * hours, t2BeforeM3 + transferM3);
  const t1AfterM3 = t1BeforeM3 + rawM3 - transferM3;
  const t2AfterM3 = t2BeforeM3 + transferM3 - outM3;
  const t1SpillM3 = Math.max(0, t1AfterM3 - sizes.t1AreaM2 * sizes.t1HeightM);
  const t2SpillM3 = Math.max(0, t2AfterM3 - sizes.t2AreaM2 * sizes.t2HeightM);
  state.t1LevelM = (t1AfterM3 - t1SpillM3) / sizes.t1AreaM2;
  state.t2LevelM = (t2AfterM3 - t2SpillM3) / sizes.t2AreaM2;
  state.transferFlowM3PerH = transferM3 / hours;
  state.distributionFlowM3PerH = outM3 / hours;
  state.rawTotalM3 += rawM3;
  state.distributedTotalM3 += outM3;
  state.spilledTotalM3 += t1SpillM3 + t2SpillM3;
  return { t2BeforeM3, inM3: transferM3, outM3: outM3 + t2SpillM3 };
}

/** The chamber is stirred: what leaves has the residual of what is inside. Grams per cubic metre are milligrams per litre. */
function moveChlorine(state: Mutable, volumes: Volumes, dtS: number): void {
  const beforeG = state.residualMgPerL * volumes.t2BeforeM3;
  const dosedG = (state.doseGPerH * dtS) / 3600;
  const presentG = beforeG + dosedG;
  const usedG = Math.min(presentG, volumes.inM3 * sizes.rawDemandMgPerL + (beforeG * (sizes.decayPerH * dtS)) / 3600);
  const volumeM3 = volumes.t2BeforeM3 + volumes.inM3;
  const outG = volumeM3 > 0 ? (presentG - usedG) * (volumes.outM3 / volumeM3) : 0;
  const leftM3 = volumeM3 - volumes.outM3;
  const leftG = presentG - usedG - outG;
  state.residualMgPerL = leftM3 > 1e-6 ? leftG / leftM3 : 0;
  state.dosedTotalG += dosedG;
  state.usedTotalG += leftM3 > 1e-6 ? usedG : usedG + leftG;
  state.chlorineOutTotalG += outG;
}

function demandShare(hourOfDay: number): number {
  const hour = Math.floor(hourOfDay) % 24;
  const part = hourOfDay - Math.floor(hourOfDay);
  const here = dailyDemand[hour] ?? 1;
  const next = dailyDemand[(hour + 1) % 24] ?? 1;
  return here + (next - here) * part;
}

/** First-order lag, exact for any step. */
function follow(value: number, target: number, lagS: number, dtS: number): number {
  return target + (value - target) * Math.exp(-dtS / lagS);
}

/** A standard normal number. Source: Box and Muller, 1958. */
export function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
