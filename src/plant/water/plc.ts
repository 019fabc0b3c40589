// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../base/random.ts';
import { gauss, type Process, sizes } from './process.ts';
import { coils, createMemory, discreteInputs, holdingRegisters, inputRegisters, type Memory } from './register-map.ts';

/** Fixed in the wiring, not in memory: nobody can write them over the network. */
export const interlocks = { t1HighHighM: 3.6, t1LowLowM: 0.4, t2HighHighM: 2.8, t2LowLowM: 0.4, t2ReleaseM: 0.8, flowForDosingM3PerH: 5 } as const;

/** What the control program believes the raw water needs; the set point comes on top. */
const dosingDemandMgPerL = sizes.rawDemandMgPerL;

export interface Plc {
  readonly memory: Memory;
  /** One run of the control program: read inputs, decide, write outputs. `dtS` since the last run. */
  scan(dtS: number): void;
}

interface Readings {
  readonly t1LevelM: number;
  readonly t2LevelM: number;
  readonly transferFlowM3PerH: number;
  readonly distributionFlowM3PerH: number;
  readonly residualMgPerL: number;
}

/**
 * The programmable controller of the water plant. It does what its registers say: like most controllers of its kind it checks neither
 * who writes a set point nor whether it is sensible. What protects the plant from any set point are the interlocks.
 */
export function createPlc(process: Process, random: Random): Plc {
  const memory = createMemory();
  const fill = createFillControl(memory);
  const dosing = createDosingControl(memory);
  const alarms = createAlarms(memory);
  let analyserMgPerL = process.state.residualMgPerL;
  let isP2Blocked = false;
  let uptimeMs = 0;
  const scan = (dtS: number): void => {
    const { state, commands } = process;
    analyserMgPerL += (state.residualMgPerL - analyserMgPerL) * (1 - Math.exp(-dtS / 8)); // The sample line takes its time.
    uptimeMs += Math.round(dtS * 1000);
    const readings = readSensors(process, analyserMgPerL, random);
    const isT2HighHigh = state.t2LevelM > interlocks.t2HighHighM;
    const isT1LowLow = state.t1LevelM < interlocks.t1LowLowM;
    if (state.t2LevelM < interlocks.t2LowLowM) isP2Blocked = true;
    else if (state.t2LevelM > interlocks.t2ReleaseM) isP2Blocked = false;
    commands.isP1On = fill(readings.t1LevelM) && state.t1LevelM <= interlocks.t1HighHighM;
    commands.isP2On = (isSet(memory, coils.p2Auto) || isSet(memory, coils.p2Request)) && !isP2Blocked;
    commands.valveTarget = isT2HighHigh || isT1LowLow ? 0 : decideValve(memory, readings);
    commands.doseGPerH = dosing.decide(readings, dtS);
    writeInputs(memory, process, readings, uptimeMs / 1000);
    alarms(readings.residualMgPerL, dosing.isTripped());
  };
  return { memory, scan };
}

function readSensors(process: Process, analyserMgPerL: number, random: Random): Readings {
  const { state } = process;
  return {
    t1LevelM: Math.max(0, state.t1LevelM + 0.003 * gauss(random)),
    t2LevelM: Math.max(0, state.t2LevelM + 0.002 * gauss(random)),
    transferFlowM3PerH: Math.max(0, state.transferFlowM3PerH + 0.3 * gauss(random)),
    distributionFlowM3PerH: Math.max(0, state.distributionFlowM3PerH + 0.3 * gauss(random)),
    residualMgPerL: Math.max(0, analyserMgPerL + 0.005 * gauss(random)),
  };
}

/** P1: between two levels in automatic, where the operator may start or stop a filling early; by request alone in manual. */
function createFillControl(memory: Memory): (t1LevelM: number) => boolean {
  let isFilling = false;
  return (t1LevelM) => {
    const isRequested = isSet(memory, coils.p1Request);
    if (isRequested !== isFilling) isFilling = isRequested;
    if (isSet(memory, coils.p1Auto)) {
      if (t1LevelM * 1000 < holding(memory, holdingRegisters.t1StartLevel)) isFilling = true;
      if (t1LevelM * 1000 > holding(memory, holdingRegisters.t1StopLevel)) isFilling = false;
    }
    memory.coil[coils.p1Request] = isFilling ? 1 : 0;
    return isFilling;
  };
}

function decideValve(memory: Memory, readings: Readings): number {
  if (!isSet(memory, coils.valveAuto)) return clamp(holding(memory, holdingRegisters.valveManual) / 1000, 0, 1);
  const wantedM3PerH = readings.distributionFlowM3PerH + 60 * (holding(memory, holdingRegisters.t2LevelSetPoint) / 1000 - readings.t2LevelM);
  const fullM3PerH = sizes.valveFlowM3PerH * Math.sqrt(Math.max(readings.t1LevelM, 0.05));
  return clamp(wantedM3PerH / fullM3PerH, 0, 1);
}

/** Dose by flow, corrected by the measured residual (proportional and integral); tripped above the limit. */
function createDosingControl(memory: Memory): { decide(readings: Readings, dtS: number): number; isTripped(): boolean } {
  let correctionGPerH = 0;
  let isTripped = false;
  const decide = (readings: Readings, dtS: number): number => {
    const tripMgPerL = holding(memory, holdingRegisters.residualTripLimit) / 100;
    if (readings.residualMgPerL > tripMgPerL) isTripped = true;
    else if (readings.residualMgPerL < tripMgPerL * 0.8) isTripped = false;
    const isFlowing = readings.transferFlowM3PerH > interlocks.flowForDosingM3PerH;
    if (isTripped || !isFlowing || !isSet(memory, coils.dosingEnabled)) return 0;
    const setPointMgPerL = holding(memory, holdingRegisters.residualSetPoint) / 100;
    const error = setPointMgPerL - readings.residualMgPerL;
    const gain = holding(memory, holdingRegisters.dosingGain);
    const integralS = Math.max(1, holding(memory, holdingRegisters.dosingIntegral));
    // Near the set point only: far from it the sum would grow to no purpose and overshoot later.
    if (Math.abs(error) < 0.5) correctionGPerH = clamp(correctionGPerH + (gain * error * dtS) / integralS, -100, 100);
    const byFlowGPerH = readings.transferFlowM3PerH * (setPointMgPerL + dosingDemandMgPerL);
    return clamp(byFlowGPerH + gain * error + correctionGPerH, 0, sizes.doseMaxGPerH);
  };
  return { decide, isTripped: () => isTripped };
}

function createAlarms(memory: Memory): (residualMgPerL: number, isTripped: boolean) => void {
  let wasRaised = false;
  return (residualMgPerL, isTripped) => {
    const input = memory['discrete-input'];
    const isHigh = residualMgPerL * 100 > holding(memory, holdingRegisters.residualHighLimit);
    const isLow = residualMgPerL * 100 < holding(memory, holdingRegisters.residualLowLimit);
    input[discreteInputs.residualHigh] = isHigh ? 1 : 0;
    input[discreteInputs.residualLow] = isLow ? 1 : 0;
    input[discreteInputs.dosingTripped] = isTripped ? 1 : 0;
    const isRaised = isHigh || isLow || isTripped;
    if (isRaised && !wasRaised) input[discreteInputs.alarmUnacknowledged] = 1;
    if (isSet(memory, coils.alarmAcknowledge)) input[discreteInputs.alarmUnacknowledged] = 0;
    memory.coil[coils.alarmAcknowledge] = 0;
    wasRaised = isRaised;
  };
}

function writeInputs(memory: Memory, process: Process, readings: Readings, uptimeS: number): void {
  const { state, commands } = process;
  const bit = memory['discrete-input'];
  bit[discreteInputs.p1Running] = commands.isP1On ? 1 : 0;
  bit[discreteInputs.p2Running] = commands.isP2On ? 1 : 0;
  bit[discreteInputs.dosingRunning] = commands.doseGPerH > 0 ? 1 : 0;
  bit[discreteInputs.valveOpen] = state.valvePosition > 0.98 ? 1 : 0;
  bit[discreteInputs.valveClosed] = state.valvePosition < 0.02 ? 1 : 0;
  bit[discreteInputs.t1HighHigh] = state.t1LevelM > interlocks.t1HighHighM ? 1 : 0;
  bit[discreteInputs.t1LowLow] = state.t1LevelM < interlocks.t1LowLowM ? 1 : 0;
  bit[discreteInputs.t2HighHigh] = state.t2LevelM > interlocks.t2HighHighM ? 1 : 0;
  bit[discreteInputs.t2LowLow] = state.t2LevelM < interlocks.t2LowLowM ? 1 : 0;
  const register = memory['input-register'];
  register[inputRegisters.t1Level] = counts(readings.t1LevelM, 1000);
  register[inputRegisters.t2Level] = counts(readings.t2LevelM, 1000);
  register[inputRegisters.rawFlow] = counts(state.rawFlowM3PerH, 10);
  register[inputRegisters.transferFlow] = counts(readings.transferFlowM3PerH, 10);
  register[inputRegisters.distributionFlow] = counts(readings.distributionFlowM3PerH, 10);
  register[inputRegisters.residual] = counts(readings.residualMgPerL, 100);
  register[inputRegisters.doseRate] = counts(state.doseGPerH, 10);
  register[inputRegisters.valvePosition] = counts(state.valvePosition, 1000);
  register[inputRegisters.waterTemperature] = counts(state.waterTemperatureC, 10);
  register[inputRegisters.pressure] = counts(180 + 1.4 * readings.distributionFlowM3PerH, 1);
  register[inputRegisters.scanCount] = ((register[inputRegisters.scanCount] ?? 0) + 1) & 0xffff;
  register[inputRegisters.uptimeHigh] = Math.floor(uptimeS / 0x10000);
  register[inputRegisters.uptimeLow] = Math.floor(uptimeS) & 0xffff;
}

function isSet(memory: Memory, address: number): boolean {
  return memory.coil[address] === 1;
}

function holding(memory: Memory, address: number): number {
  return memory['holding-register'][address] ?? 0;
}

function counts(value: number, perUnit: number): number {
  return clamp(Math.round(value * perUnit), 0, 0xffff);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
