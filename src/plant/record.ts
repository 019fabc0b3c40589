// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../base/errors.ts';
import type { AttackName } from './attack.ts';
import { createPlant, type MirrorFrame } from './plant.ts';
import type { LimitName } from './state.ts';

const minutesMax = 24 * 60;
const stepMs = 1_000;
/** The scenario begins after this share of the time, so that the norm can be learnt from what comes before. */
export const attackStartShare = 0.6;
/** 2026-04-01 09:00 in Japan. */
export const recordStartMs = Date.UTC(2026, 3, 1, 0, 0, 0);

export interface RecordOptions {
  readonly seed: number;
  /** Simulated time, above 0 to 1,440. */
  readonly minutes: number;
  readonly attack?: AttackName;
  readonly startMs?: number;
}

export interface RecordedPacket extends MirrorFrame {
  /** Counted from 1, as Wireshark does. */
  readonly number: number;
}

/** What really happened; whole once all packets are taken. Packet numbers are in rising order. */
export interface GroundTruth {
  readonly seed: number;
  readonly attack: AttackName | null;
  readonly attackStartMs: number | null;
  readonly packets: number;
  /** Sent by the attacker's hand. */
  readonly attackPackets: readonly number[];
  /** Sent by others to the attacker. */
  readonly answerPackets: readonly number[];
  readonly maintenancePackets: readonly number[];
  /** When each limit of the plant was first broken. */
  readonly limitsBroken: readonly { readonly limit: LimitName; readonly atMs: number }[];
}

export interface Recording {
  /** Makes the packets as they are asked for; may be walked once. */
  readonly packets: Iterable<RecordedPacket>;
  truth(): GroundTruth;
}

/**
 * The plant's traffic as a capture: equal options give equal bytes and times.
 * Throws ShinraiError('plant') when the time is out of range.
 */
export function recordPlant(options: RecordOptions): Recording {
  if (!(options.minutes > 0 && options.minutes <= minutesMax)) {
    throw new ShinraiError('plant', `Cannot record: found ${options.minutes} minutes, more than 0 and at most ${minutesMax} is required`);
  }
  const truth = {
    seed: options.seed,
    attack: options.attack ?? null,
    attackStartMs: null as number | null, // Widened: set when the scenario begins.
    packets: 0,
    attackPackets: [] as number[],
    answerPackets: [] as number[],
    maintenancePackets: [] as number[],
    limitsBroken: [] as { limit: LimitName; atMs: number }[],
  };
  return { packets: walk(options, truth), truth: () => truth };
}

type OpenTruth = {
  -readonly [K in keyof GroundTruth]: GroundTruth[K] extends readonly (infer T)[] ? T[] : GroundTruth[K];
};

function* walk(options: RecordOptions, truth: OpenTruth): Generator<RecordedPacket> {
  const startMs = options.startMs ?? recordStartMs;
  const plant = createPlant({ seed: options.seed, startMs });
  const endMs = options.minutes * 60_000;
  const attackMs = Math.floor(endMs * attackStartShare);
  for (let atMs = 0; atMs < endMs; ) {
    const goalMs = Math.min(endMs, atMs < attackMs ? Math.min(attackMs, atMs + stepMs) : atMs + stepMs);
    plant.advance(goalMs - atMs);
    atMs = goalMs;
    for (const frame of plant.takeFrames()) yield note(frame, truth);
    for (const limit of plant.state().limitsBroken) {
      if (!truth.limitsBroken.some((broken) => broken.limit === limit)) truth.limitsBroken.push({ limit, atMs: startMs + atMs });
    }
    if (atMs === attackMs && options.attack !== undefined) {
      plant.startAttack(options.attack);
      truth.attackStartMs = startMs + atMs;
    }
  }
}

function note(frame: MirrorFrame, truth: OpenTruth): RecordedPacket {
  truth.packets += 1;
  const number = truth.packets;
  if (frame.cause === 'attack') truth.attackPackets.push(number);
  else if (frame.cause === 'answer') truth.answerPackets.push(number);
  else if (frame.cause === 'maintenance') truth.maintenancePackets.push(number);
  return { ...frame, number };
}
