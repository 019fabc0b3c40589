// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../../base/log.ts';
import type { Finding } from '../../model/finding.ts';

/** Named limits: findings that wait for the centre; how many are handed over at once; how long after a failure it is tried again. */
export const waitingMax = 10_000;
const handedMax = 500;
const retryMs = 1_000;

/** Hands findings to the centre beside the line, so that packets never wait for a store, and a centre that fails stops no sensor. */
export interface Reporter {
  /** Takes findings; the latest form of a finding takes the place of one that still waits. Beyond `waitingMax` the oldest is given up, and the log says so. */
  put(findings: readonly Finding[]): void;
  /** Resolves when nothing waits any more, or after one more try that fails. */
  close(): Promise<void>;
}

/** `report` resolves when the findings are stored; while it fails they wait and are handed over again, in order. */
export function createReporter(report: (findings: readonly Finding[]) => Promise<void>, log: Log, pauseMs = retryMs): Reporter {
  const waiting = new Map<string, Finding>();
  const closing = new AbortController();
  let isRunning = false;
  let ended = Promise.resolve();

  const handOver = async (): Promise<boolean> => {
    const handed = [...waiting.values()].slice(0, handedMax);
    try {
      await report(handed);
    } catch (cause) {
      log.error('the centre did not take findings', { waiting: waiting.size, reason: cause instanceof Error ? cause.message : String(cause) });
      return false;
    }
    // A finding that has grown meanwhile waits on.
    for (const finding of handed) if (waiting.get(finding.id) === finding) waiting.delete(finding.id);
    return true;
  };
  const run = async (): Promise<void> => {
    isRunning = true;
    while (waiting.size > 0) {
      const isLast = closing.signal.aborted;
      if (await handOver()) continue;
      if (isLast) break;
      await wait(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined); // aborted: one more try
    }
    isRunning = false; // no `await` since the last look at `waiting`: what is put from now on starts another run
  };
  return {
    put: (findings) => {
      for (const finding of findings) waiting.set(finding.id, finding);
      const lost = waiting.size - waitingMax;
      if (lost > 0) {
        for (const id of [...waiting.keys()].slice(0, lost)) waiting.delete(id);
        log.error('findings were given up, because the centre does not take them', { lost });
      }
      if (waiting.size > 0 && !isRunning) ended = run();
    },
    close: async () => {
      closing.abort();
      await ended;
    },
  };
}
