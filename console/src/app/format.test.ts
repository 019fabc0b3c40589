// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatCountdown, formatDuration, formatFullTime, formatShare, formatTime } from './format.ts';

const at = Date.UTC(2026, 10, 22, 18, 12, 45);

test('a time of today has no date, a time of another day has one, and the zone decides which day it is', () => {
  assert.equal(formatTime(at, at + 60_000, 'en', 'UTC'), '18:12:45');
  assert.equal(formatTime(at, at + 86_400_000, 'en', 'UTC'), '22/11/2026 18:12:45');
  assert.equal(formatTime(at, at, 'ja', 'Asia/Tokyo'), '03:12:45');
  assert.equal(formatTime(at, at - 4 * 3_600_000, 'ja', 'Asia/Tokyo'), '2026/11/23 03:12:45');
});

test('the full time names its zone', () => {
  assert.match(formatFullTime(at, 'ja', 'Asia/Tokyo'), /2026\/11\/23.*0?3:12:45.*JST/);
  assert.match(formatFullTime(at, 'en', 'UTC'), /UTC/);
});

test('a duration has at most two parts, in either language', () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [-5, '0 s', '0秒'],
    [5_000, '5 s', '5秒'],
    [252_000, '4 min 12 s', '4分12秒'],
    [240_000, '4 min', '4分'],
    [11_100_000, '3 h 5 min', '3時間5分'],
    [187_200_000, '2 d 4 h', '2日4時間'],
  ];
  for (const [ms, en, ja] of cases) {
    assert.equal(formatDuration(ms, 'en'), en);
    assert.equal(formatDuration(ms, 'ja'), ja);
  }
});

test('a countdown rounds up, so that 0:00 means that the time is over', () => {
  assert.equal(formatCountdown(1), '0:01');
  assert.equal(formatCountdown(0), '0:00');
  assert.equal(formatCountdown(-3_000), '0:00');
  assert.equal(formatCountdown(252_000), '4:12');
  assert.equal(formatCountdown(3_789_000), '1:03:09');
});

test('a share that is not nothing is not shown as 0 and one that is not all is not shown as 100', () => {
  assert.equal(formatShare(0, 'en'), '0 %');
  assert.equal(formatShare(0.0004, 'en'), '<1 %');
  assert.equal(formatShare(0.874, 'ja'), '87%');
  assert.equal(formatShare(0.9996, 'ja'), '>99%');
  assert.equal(formatShare(1, 'en'), '100 %');
});

test('bytes and counts are grouped and rounded', () => {
  assert.equal(formatBytes(999, 'en'), '999 B');
  assert.equal(formatBytes(14_230, 'en'), '14.2 kB');
  assert.equal(formatBytes(999_960, 'en'), '1 MB');
  assert.equal(formatBytes(3_100_000_000, 'ja'), '3.1 GB');
  assert.equal(formatCount(128_400, 'en'), '128,400');
});
