// SPDX-License-Identifier: Apache-2.0
import { type Clock, systemClock } from './clock.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/**
 * Facts of a log line. Never payloads, keys, passwords or evidence: only names, counts, ids and codes.
 * The names of what every line has are taken.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>> & {
  readonly [K in 'at' | 'level' | 'room' | 'message']?: undefined;
};

/** One fixed message a kind of event, with its facts in fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with the room's name on every line. */
  room(name: string): Log;
}

export function createLog(options: {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly clock?: Clock;
  readonly roomName?: string;
}): Log {
  const clock = options.clock ?? systemClock;
  const put = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (rank[level] < rank[options.level]) return;
    const head = { at: new Date(clock.nowMs()).toISOString(), level, room: options.roomName, message };
    options.write(JSON.stringify({ ...head, ...fields, ...head })); // first and last: no field can stand in for them
  };
  return {
    debug: (message, fields) => put('debug', message, fields),
    info: (message, fields) => put('info', message, fields),
    warning: (message, fields) => put('warning', message, fields),
    error: (message, fields) => put('error', message, fields),
    room: (name) => createLog({ ...options, roomName: name }),
  };
}

/** For tests and offline commands that have nothing to say. */
export const silentLog: Log = createLog({ level: 'error', write: () => {} });
