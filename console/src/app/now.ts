// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';
import { systemClock } from '../../../src/base/clock.ts';

// One timer for all that count seconds on a page.
let nowMs = systemClock.nowMs();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  nowMs = systemClock.nowMs();
  timer ??= setInterval(() => {
    nowMs = systemClock.nowMs();
    for (const each of watchers) each();
  }, 1000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, told anew each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
