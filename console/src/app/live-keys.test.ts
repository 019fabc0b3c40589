// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventKinds, keysMadeOld } from './live-keys.ts';

test('events that came together name each query key once', () => {
  assert.deepEqual([...keysMadeOld(['finding', 'incident', 'finding'])].sort(), ['assets', 'findings', 'incidents', 'map', 'overview', 'trace']);
  assert.deepEqual(keysMadeOld([]), []);
});

test('whatever changes what needs a decision makes the overview old', () => {
  for (const kind of ['finding', 'incident', 'response', 'norm', 'overview'] as const) assert.ok(keysMadeOld([kind]).includes('overview'), kind);
});

test('every kind of event that the server publishes is known here', () => {
  const programs = fileURLToPath(new URL('../../../src/programs/', import.meta.url));
  const texts = readdirSync(programs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(programs, name), 'utf8'));
  const published = texts.flatMap((text) => [...text.matchAll(/\bpublish\('([a-z]+)'/g)].map((match) => match[1] ?? ''));
  assert.ok(published.length > 0, 'the programs publish something');
  const known: readonly string[] = eventKinds;
  assert.deepEqual(
    published.filter((kind) => !known.includes(kind)),
    [],
  );
});
