// SPDX-License-Identifier: Apache-2.0
import type { Detector } from '../../detectors/detector.ts';

/**
 * When learning ends. Two measurements must agree (README, "When learning ends", has the reasoning and figures):
 * the Good-Turing estimate of meeting something new lies below `noveltyMax`, and nothing new came for a quiet time
 * that is a share of all the time spent learning, so that the rule is the same for a minute of a laboratory and a month of a plant.
 */
export interface LearningRule {
  /** Share of packets that may still bring something new. Source: monitoring.md, section 4 (c). */
  readonly noveltyMax: number;
  /** Nothing new for at least this time … */
  readonly quietMinMs: number;
  /** … and for at least this share of the time spent learning so far. */
  readonly quietShare: number;
}

/** For captures, exercises and the demonstration. */
export const learningDefaults: LearningRule = { noveltyMax: 1e-4, quietMinMs: 60_000, quietShare: 0.5 };
/** For a real site: as the research asks, an hour of quiet at least. */
export const siteLearning: LearningRule = { noveltyMax: 1e-4, quietMinMs: 3_600_000, quietShare: 0.5 };
/** Learning lasts until `endLearning` is called: for `shinrai learn`, which takes whole files in. */
export const learnToTheEnd: LearningRule = { noveltyMax: 0, quietMinMs: Number.MAX_VALUE, quietShare: 1 };

/** An entry is confirmed without a person after this many sightings in this many windows. */
export const confirmation = { supportMin: 3, windowsMin: 2 } as const;

/** How far learning has come; times in ms of the capture, NaN before the first batch. */
export interface Progress {
  readonly packets: number;
  readonly startedMs: number;
  readonly lastMs: number;
  readonly lastNewMs: number;
  /** (f1 + 1) / N: entries seen once, and one that nobody has thought of, over all packets. */
  readonly noveltyRate: number;
  readonly quietMs: number;
  readonly quietNeededMs: number;
  /** 0 … 1: the worse of the two measurements. */
  readonly share: number;
  readonly isSettled: boolean;
}

export interface Learner {
  /** Counts a batch of `packets` that ended at `atMs`; `hasNew` when a detector learnt something from it. */
  observe(packets: number, atMs: number, hasNew: boolean): void;
  progress(): Progress;
}

/** Measures novelty while detectors learn. `singletons` answers how many entries rest on one observation; `packetsBefore` when learning goes on from a norm. */
export function createLearner(rule: LearningRule, singletons: () => number, packetsBefore = 0): Learner {
  let packets = packetsBefore;
  let startedMs = Number.NaN;
  let lastMs = Number.NaN;
  let lastNewMs = Number.NaN;
  return {
    observe: (batchPackets, atMs, hasNew) => {
      packets += batchPackets;
      if (Number.isNaN(startedMs)) startedMs = atMs;
      // A clock that jumps back must neither end learning early nor keep it from ending.
      lastMs = Number.isNaN(lastMs) ? atMs : Math.max(lastMs, atMs);
      if (hasNew || Number.isNaN(lastNewMs)) lastNewMs = lastMs;
    },
    progress: () => {
      const noveltyRate = packets === 0 ? 1 : Math.min(1, (singletons() + 1) / packets);
      const quietMs = Number.isNaN(lastMs) ? 0 : lastMs - lastNewMs;
      const elapsedMs = Number.isNaN(lastMs) ? 0 : lastMs - startedMs;
      const quietNeededMs = Math.max(rule.quietMinMs, elapsedMs * rule.quietShare);
      const isSettled = noveltyRate < rule.noveltyMax && quietMs >= quietNeededMs;
      const share = isSettled ? 1 : Math.min(0.99, rule.noveltyMax / noveltyRate, quietMs / quietNeededMs);
      return { packets, startedMs, lastMs, lastNewMs, noveltyRate, quietMs, quietNeededMs, share, isSettled };
    },
  };
}

/** Confirms the entries that were seen often enough in enough windows, while learning. Answers how many. */
export function confirmSeasoned(detectors: readonly Detector[]): number {
  let confirmed = 0;
  for (const detector of detectors) {
    if (detector.counts().onProbation === 0) continue;
    for (const entry of detector.entries()) {
      if (entry.state === 'confirmed' || entry.support < confirmation.supportMin || entry.windows < confirmation.windowsMin) continue;
      if (detector.decide(entry.key, 'confirm')) confirmed += 1;
    }
  }
  return confirmed;
}
