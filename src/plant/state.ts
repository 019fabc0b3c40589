// SPDX-License-Identifier: Apache-2.0
import type { AttackName, RunningAttack } from './attack.ts';
import type { Hmi } from './devices/hmi.ts';
import type { ModbusServer } from './devices/modbus-server.ts';
import type { DeviceName } from './network.ts';
import type { Process, ProcessState } from './water/process.ts';
import { type Memory, type RegisterEntry, registerMap } from './water/register-map.ts';

/** What must hold for the water to be safe and the town to be supplied; judged by what is true, not by what a sensor says. */
export const plantLimits = {
  residualMgPerL: { least: 0.2, most: 1.2 },
  t1LevelM: { least: 0.5, most: 3.5 },
  t2LevelM: { least: 0.6, most: 2.7 },
  /** Share of the demand that is supplied. */
  supplyShare: { least: 0.5, most: 2 },
} as const;
export type LimitName = keyof typeof plantLimits;

/** Ground truth at one moment: for the picture of the plant and for tests. */
export interface PlantState {
  readonly atMs: number;
  /** What is true in the process. */
  readonly process: ProcessState;
  readonly pumps: { readonly isP1Running: boolean; readonly isP2Running: boolean; readonly isDosing: boolean };
  /** Holding registers by name, raw counts (units in the register map). */
  readonly setPoints: Readonly<Record<string, number>>;
  readonly coils: Readonly<Record<string, boolean>>;
  /** Names of the discrete inputs that are alarms and are on. */
  readonly alarms: readonly string[];
  readonly limitsBroken: readonly LimitName[];
  readonly attack: { readonly name: AttackName; readonly startedMs: number; readonly phase: string } | undefined;
  /** Devices in foreign hands. */
  readonly compromised: readonly DeviceName[];
  readonly operator: { readonly writes: number; readonly corrections: number; readonly isBlinded: boolean; readonly isTerminalSilent: boolean };
  readonly isListenOnly: boolean;
  /** Frames that rules of the switch have taken out. */
  readonly framesStopped: number;
}

const alarmNames: ReadonlySet<string> = new Set([
  't1HighHigh',
  't1LowLow',
  't2HighHigh',
  't2LowLow',
  'residualHigh',
  'residualLow',
  'dosingTripped',
  'alarmUnacknowledged',
]);

/** Copies everything out of the parts: what is returned does not change later. */
export function describePlant(parts: {
  readonly atMs: number;
  readonly startMs: number;
  readonly process: Process;
  readonly memory: Memory;
  readonly hmi: Hmi;
  readonly modbus: ModbusServer;
  readonly attack: RunningAttack | undefined;
  readonly framesStopped: number;
}): PlantState {
  const { process, memory, hmi, attack } = parts;
  const isOn = byName(registerMap['discrete-input'], memory['discrete-input'], (value) => value === 1);
  return {
    atMs: parts.atMs,
    process: { ...process.state },
    pumps: { isP1Running: process.commands.isP1On, isP2Running: process.commands.isP2On, isDosing: process.commands.doseGPerH > 0 },
    setPoints: byName(registerMap['holding-register'], memory['holding-register'], (value) => value),
    coils: byName(registerMap.coil, memory.coil, (value) => value === 1),
    alarms: Object.keys(isOn).filter((name) => isOn[name] === true && alarmNames.has(name)),
    limitsBroken: findBroken(process.state),
    attack: attack === undefined ? undefined : { name: attack.name, startedMs: parts.startMs + attack.startedMs, phase: attack.phase() },
    compromised: attack?.compromised ?? [],
    operator: { writes: hmi.writes, corrections: hmi.corrections, isBlinded: hmi.isBlinded, isTerminalSilent: hmi.isSilent() },
    isListenOnly: parts.modbus.isListenOnly,
    framesStopped: parts.framesStopped,
  };
}

function findBroken(state: ProcessState): readonly LimitName[] {
  const values: Readonly<Record<LimitName, number>> = {
    residualMgPerL: state.residualMgPerL,
    t1LevelM: state.t1LevelM,
    t2LevelM: state.t2LevelM,
    supplyShare: state.distributionFlowM3PerH / state.demandM3PerH,
  };
  // The keys of `values` are exactly the limit names.
  return (Object.keys(values) as LimitName[]).filter((name) => values[name] < plantLimits[name].least || values[name] > plantLimits[name].most);
}

function byName<T>(entries: readonly RegisterEntry[], memory: Uint8Array | Uint16Array, read: (value: number) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.map(({ address, name }) => [name, read(memory[address] ?? 0)]));
}
