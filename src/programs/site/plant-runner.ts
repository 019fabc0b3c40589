// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { type CaptureHealth, type PacketBatch, PacketBuffer, type PacketSource } from '../../model/packet.ts';
import { createPlant, type Plant } from '../../plant/plant.ts';
import type { FunctionCodeOf } from '../../plant/wire/rule.ts';
import type { Enforcer } from '../../watch/response/enforcer.ts';

export interface PlantRunner {
  readonly plant: Plant;
  readonly source: PacketSource;
  readonly enforcer: Enforcer;
  /** True while the plant lives through the past faster than real time. */
  isCatchingUp(): boolean;
  /** Readings for the picture, oldest first: at most one a second of simulated time and `samplesMax` in all. */
  samples(): readonly PlantSample[];
}
export interface PlantSample {
  readonly atMs: number;
  readonly values: { readonly [name: string]: number };
}

const stepMs = 40;
const pastMs = 12 * 60_000;
const catchUpSpeed = 60;
const samplesMax = 600;
const sampleMs = 1_000;

/**
 * Runs the simulated plant by the clock. It begins twelve minutes in the past and lives through them at sixty times real time, so that there is something to learn from;
 * from then on its time is the clock's. Every frame on its mirror port comes out of `source`.
 */
export function runPlant(options: {
  readonly seed: number;
  readonly clock: Clock;
  readonly functionCodeOf: FunctionCodeOf;
  readonly firstNumber: number;
}): PlantRunner {
  const plant = createPlant({ seed: options.seed, startMs: options.clock.nowMs() - pastMs, speed: catchUpSpeed, functionCodeOf: options.functionCodeOf });
  const samples: PlantSample[] = [];
  let catchesUp = true;
  let isClosed = false;
  let packets = 0;
  let bytes = 0;

  /** Lets time pass: at most up to the clock, so that the plant never runs ahead of it. */
  const pass = (realMs: number): void => {
    const behindMs = options.clock.nowMs() - plant.nowMs;
    plant.advance(Math.max(0, Math.min(behindMs, catchesUp ? realMs * catchUpSpeed : behindMs)));
    if (catchesUp && behindMs < stepMs * catchUpSpeed) {
      catchesUp = false;
      plant.setSpeed(1);
    }
    if (plant.nowMs - (samples.at(-1)?.atMs ?? 0) < sampleMs) return;
    samples.push({ atMs: plant.nowMs, values: valuesOf(plant) });
    if (samples.length > samplesMax) samples.splice(0, samples.length - samplesMax);
  };

  async function* batches(): AsyncGenerator<PacketBatch> {
    const buffer = new PacketBuffer(16_384, 8_388_608);
    buffer.firstNumber = options.firstNumber;
    while (!isClosed) {
      await wait(stepMs);
      pass(stepMs);
      for (let isDone = false; !isDone; ) {
        isDone = plant.drain(buffer);
        packets += buffer.count;
        bytes += buffer.used;
        if (buffer.count > 0) yield buffer;
        buffer.reset();
      }
    }
  }
  const health = (): CaptureHealth => ({ packets, bytes, dropped: plant.framesLost, cut: undefined });
  const source: PacketSource = {
    batches,
    health,
    close: async () => {
      isClosed = true;
    },
  };
  return { plant, source, enforcer: createSwitchEnforcer(plant), isCatchingUp: () => catchesUp, samples: () => samples };
}

/** The simulated switch as an enforcement point: one rule of the switch for each rule of the response. */
function createSwitchEnforcer(plant: Plant): Enforcer {
  const inForce = new Map<string, readonly string[]>();
  const removeAll = (ids: readonly string[]): void => {
    for (const id of ids) plant.switch.remove(id);
  };
  return {
    name: 'switch of the simulated plant',
    endsByItself: false,
    apply: async (id, rules) => {
      const applied: string[] = [];
      try {
        for (const rule of rules) applied.push(plant.switch.apply(rule).id);
      } catch (cause) {
        removeAll(applied);
        throw cause;
      }
      inForce.set(id, applied);
    },
    remove: async (id) => {
      removeAll(inForce.get(id) ?? []);
      inForce.delete(id);
    },
    packetsStopped: async (id) => {
      const ids = inForce.get(id);
      if (ids === undefined) return undefined;
      return plant.switch.rules().reduce((sum, rule) => (ids.includes(rule.id) ? sum + rule.framesStopped : sum), 0);
    },
    inForce: async () => [...inForce.keys()],
  };
}

function valuesOf(plant: Plant): PlantSample['values'] {
  const { process, setPoints } = plant.state();
  return {
    tank1LevelM: process.t1LevelM,
    tank2LevelM: process.t2LevelM,
    rawFlowM3PerH: process.rawFlowM3PerH,
    distributionFlowM3PerH: process.distributionFlowM3PerH,
    demandM3PerH: process.demandM3PerH,
    chlorineMgPerL: process.residualMgPerL,
    chlorineSetPointMgPerL: (setPoints['residualSetPoint'] ?? 0) / 100,
    doseGPerH: process.doseGPerH,
    valvePercent: process.valvePosition * 100,
    waterTemperatureC: process.waterTemperatureC,
  };
}
