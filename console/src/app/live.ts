// SPDX-License-Identifier: Apache-2.0
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { systemClock } from '../../../src/base/clock.ts';
import { type EventKind, eventKinds, keysMadeOld } from './live-keys.ts';

const gatherMs = 250;
const retryMs = 3_000;

export type LiveState = 'connecting' | 'live' | 'lost';
interface Live {
  readonly state: LiveState;
  /** When the connection was lost. */
  readonly sinceMs: number;
}
let live: Live = { state: 'connecting', sinceMs: systemClock.nowMs() };
const watchers = new Set<() => void>();

function become(state: LiveState): void {
  if (live.state === state) return;
  live = { state, sinceMs: systemClock.nowMs() };
  for (const watcher of watchers) watcher();
}

/** How the line to the server stands. */
export function useLive(): Live {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => live,
  );
}

/** Keeps one stream of events open while mounted and has the queries fetched again that an event makes old. */
export function useEvents(): void {
  const client = useQueryClient();
  useEffect(() => listen(client), [client]);
}

function listen(client: QueryClient): () => void {
  const waiting = new Set<EventKind>();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const flush = (): void => {
    gathering = undefined;
    for (const key of keysMadeOld(waiting)) void client.invalidateQueries({ queryKey: [key] });
    waiting.clear();
  };
  const open = (): void => {
    const wasLost = live.state === 'lost';
    source = new EventSource('/api/events');
    source.onopen = () => {
      become('live');
      // What happened while the line was down was not told: everything may be old.
      if (wasLost) void client.invalidateQueries();
    };
    source.onerror = () => {
      become('lost');
      source?.close();
      clearTimeout(retrying);
      retrying = setTimeout(open, retryMs);
    };
    // Too much was missed to be told one by one.
    source.addEventListener('reset', () => void client.invalidateQueries());
    for (const kind of eventKinds) {
      source.addEventListener(kind, () => {
        waiting.add(kind);
        gathering ??= setTimeout(flush, gatherMs);
      });
    }
  };
  open();
  return () => {
    clearTimeout(gathering);
    clearTimeout(retrying);
    source?.close();
  };
}
