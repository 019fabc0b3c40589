// SPDX-License-Identifier: Apache-2.0
import type { Language } from './preferences.ts';

const tags: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' };
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, name: string, options: Intl.DateTimeFormatOptions, zone: string | undefined): Intl.DateTimeFormat {
  const key = `${language} ${name} ${zone ?? ''}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(tags[language], { ...options, hourCycle: 'h23', ...(zone === undefined ? {} : { timeZone: zone }) });
    cache.set(key, found);
  }
  return found;
}

const clockTime: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };

/** `03:12:45` for today, else with the date before it; in the reader's zone unless one is given. */
export function formatTime(atMs: number, nowMs: number, language: Language, zone?: string): string {
  const days = formatter(language, 'day', day, zone);
  const time = formatter(language, 'time', clockTime, zone).format(atMs);
  return days.format(atMs) === days.format(nowMs) ? time : `${days.format(atMs)} ${time}`;
}

/** Date and time with the name of the zone: for titles and exported text, where nothing may be guessed. */
export function formatFullTime(atMs: number, language: Language, zone?: string): string {
  return formatter(language, 'full', { ...day, ...clockTime, timeZoneName: 'short' }, zone).format(atMs);
}

/** `5 s`, `4 min 12 s`, `3 h 5 min`, `2 d 4 h`; never more than two parts. */
export function formatDuration(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = language === 'ja' ? { d: '日', h: '時間', min: '分', s: '秒' } : { d: ' d', h: ' h', min: ' min', s: ' s' };
  const gap = language === 'ja' ? '' : ' ';
  const two = (a: number, aUnit: string, b: number, bUnit: string): string => (b === 0 ? `${a}${aUnit}` : `${a}${aUnit}${gap}${b}${bUnit}`);
  if (seconds < 60) return `${seconds}${unit.s}`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), unit.min, seconds % 60, unit.s);
  if (seconds < 86_400) return two(Math.floor(seconds / 3600), unit.h, Math.floor((seconds % 3600) / 60), unit.min);
  return two(Math.floor(seconds / 86_400), unit.d, Math.floor((seconds % 86_400) / 3600), unit.h);
}

/** `4:12`, `1:03:09`: for a running countdown, which must not change its width. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(tags[language], { maximumFractionDigits: 1 }).format(count);
}

/** `87 %`; what is not nothing is never shown as 0, what is not all never as 100. */
export function formatShare(share: number, language: Language): string {
  const percent = share * 100;
  const shown = share > 0 && percent < 1 ? '<1' : share < 1 && percent > 99 ? '>99' : String(Math.round(percent));
  return language === 'ja' ? `${shown}%` : `${shown} %`;
}

/** `512 B`, `14.2 kB`, `3.1 MB`: powers of a thousand. */
export function formatBytes(bytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
  let value = bytes;
  let step = 0;
  while (value >= 999.95 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const shown = new Intl.NumberFormat(tags[language], { maximumFractionDigits: step === 0 ? 0 : 1 }).format(value);
  return `${shown} ${units[step] ?? 'B'}`;
}
