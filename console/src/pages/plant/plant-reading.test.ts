// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { plantLimits } from '../../../../src/plant/state.ts';
import { consoleWords } from '../../../../src/platform/i18n/console.ts';
import { readPlant, shownValue } from './plant-reading.ts';

test('levels in metres become shares of the height of their tank', () => {
  const reading = readPlant({ values: { tank1LevelM: 2, tank2LevelM: 3 }, states: {} });
  assert.equal(reading.t1Percent, 50);
  assert.equal(reading.t2Percent, 100);
});

test('what the plant does not tell is null and not zero', () => {
  const reading = readPlant({ values: {}, states: {} });
  assert.deepEqual([reading.t1Percent, reading.residualMgPerL, reading.valvePercent], [null, null, null]);
  assert.equal(reading.isResidualBad, false);
});

test('a pump runs where its feedback says so, and where there is none, where water flows', () => {
  assert.equal(readPlant({ values: { rawFlowM3PerH: 80 }, states: {} }).isP1Running, true);
  assert.equal(readPlant({ values: { rawFlowM3PerH: 80 }, states: { pump1: false } }).isP1Running, false);
});

test('chlorine is bad above and below the limits and when the controller says so', () => {
  for (const [chlorineMgPerL, isBad] of [
    [0.6, false],
    [1.4, true],
    [0.05, true],
  ] as const)
    assert.equal(readPlant({ values: { chlorineMgPerL }, states: {} }).isResidualBad, isBad, String(chlorineMgPerL));
  assert.equal(readPlant({ values: { chlorineMgPerL: 0.6 }, states: { 'alarm.residualHigh': true } }).isResidualBad, true);
});

test('a value is shown with the unit that its name ends with', () => {
  for (const [name, value, shown] of [
    ['tank1LevelM', 2.2345, '2.23 m'],
    ['rawFlowM3PerH', 118.4, '118 m³/h'],
    ['chlorineMgPerL', 0.6, '0.60 mg/L'],
    ['doseGPerH', 60, '60.00 g/h'],
    ['valvePercent', 51.7, '51.70 %'],
    ['waterTemperatureC', 11.5, '11.50 °C'],
    ['somethingElse', 7, '7.00'],
  ] as const)
    assert.equal(shownValue(name, value), shown);
});

test('every value, pump, alarm, limit and phase that the simulated plant tells has its word', () => {
  const source = (path: string): string => readFileSync(new URL(`../../../../src/${path}`, import.meta.url), 'utf8');
  const namesIn = (text: string, start: string, end: string, pattern: RegExp): readonly string[] => {
    const part = text.slice(text.indexOf(start), text.indexOf(end, text.indexOf(start)));
    return [...part.matchAll(pattern)].map((match) => match[1] ?? '');
  };
  const groups: Readonly<Record<string, readonly string[]>> = {
    plantValue: namesIn(source('programs/site/plant-runner.ts'), 'function valuesOf', '\n}', /^ {4}(\w+):/gm),
    plantState: namesIn(source('programs/handlers/plant.ts'), 'states: {', '...', /(\w+): state\./g),
    plantAlarm: namesIn(source('plant/state.ts'), 'alarmNames', ']);', /'(\w+)'/g),
    plantLimit: Object.keys(plantLimits),
    phase: [...new Set([...source('plant/attack.ts').matchAll(/phase: '([a-z-]+)'/g)].map((match) => match[1] ?? ''))],
  };
  for (const [group, names] of Object.entries(groups)) {
    assert.ok(names.length >= 3, `${group}: the sources name some`);
    for (const name of names) assert.ok(`console.${group}.${name}` in consoleWords, `console.${group}.${name}`);
  }
});
