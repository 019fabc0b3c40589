// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from './clock.ts';
import { createLog, type LogFields, type LogLevel, silentLog } from './log.ts';

function collect(level: LogLevel): { readonly log: ReturnType<typeof createLog>; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog({ level, write: (line) => lines.push(line), clock: createManualClock(1_790_000_000_123) }), lines };
}

test('a line is one object with time, level, room, message and every field', () => {
  const { log, lines } = collect('debug');
  log.room('evidence').warning('slow disk', { waitedMs: 2.5, name: 'a "b"\nc', isLast: false, cause: null });
  assert.deepEqual(lines, [
    '{"at":"2026-09-21T14:13:20.123Z","level":"warning","room":"evidence","message":"slow disk","waitedMs":2.5,"name":"a \\"b\\"\\nc","isLast":false,"cause":null}',
  ]);
});

test('fields that are undefined and a room that is not given leave no trace', () => {
  const { log, lines } = collect('info');
  log.info('started', { reason: undefined });
  assert.deepEqual(JSON.parse(lines[0] ?? ''), { at: '2026-09-21T14:13:20.123Z', level: 'info', message: 'started' });
});

const levels = ['debug', 'info', 'warning', 'error'] as const;
for (const [rank, level] of levels.entries()) {
  test(`a log of level ${level} writes that and what is worse`, () => {
    const { log, lines } = collect(level);
    for (const each of levels) log.room('a')[each](each);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).message),
      levels.slice(rank),
    );
  });
}

test('no field can stand in for time, level, room or message', () => {
  // @ts-expect-error the type refuses the name too
  const named: LogFields = { level: 'debug' };
  const { log, lines } = collect('info');
  const fields: Readonly<Record<string, string>> = { at: 'never', level: 'debug', room: 'other', message: 'all is well', code: 'x' };
  log.room('platform').error('disk failed', fields as LogFields); // a record whose names the compiler does not know
  assert.deepEqual(JSON.parse(lines[0] ?? ''), { at: '2026-09-21T14:13:20.123Z', level: 'error', room: 'platform', message: 'disk failed', code: 'x' });
  assert.equal(named.level, 'debug');
});

test('a room of a room has the last name and leaves the first log as it was', () => {
  const { log, lines } = collect('info');
  log.room('a').room('b').info('x');
  log.info('y');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).room),
    ['b', undefined],
  );
});

test('a log without a clock tells the time of the machine, and the silent log takes everything', () => {
  const lines: string[] = [];
  const before = Date.now();
  createLog({ level: 'info', write: (line) => lines.push(line) }).info('x');
  const atMs = Date.parse(JSON.parse(lines[0] ?? '').at);
  assert.ok(before <= atMs && atMs <= Date.now());
  for (const level of levels) silentLog[level]('x', { a: 1 });
});
