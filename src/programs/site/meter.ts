// SPDX-License-Identifier: Apache-2.0
const rateStepMs = 10_000;
const rateSteps = 60;

/** How many packets came when. */
export interface Meter {
  count(packets: number, atMs: number): void;
  latest(): number;
  rate(): readonly number[];
}

/** Counts packets in steps of ten seconds of the capture's own time. */
export function createMeter(): Meter {
  const steps = new Map<number, number>();
  let latest = 0;
  let newest = 0;
  return {
    count: (packets, atMs) => {
      latest = packets;
      const step = Math.floor(atMs / rateStepMs);
      newest = Math.max(newest, step);
      steps.set(step, (steps.get(step) ?? 0) + packets);
      for (const old of steps.keys()) if (old <= newest - rateSteps - 1) steps.delete(old);
    },
    latest: () => latest,
    // The newest step is not full yet: it is left out.
    rate: () => Array.from({ length: rateSteps }, (_, index) => (steps.get(newest - rateSteps + index) ?? 0) / (rateStepMs / 1_000)),
  };
}
