// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { criticalities } from '../../model/asset.ts';
import { evidenceAbout } from '../../model/evidence.ts';
import { severities } from '../../model/finding.ts';
import { incidentStates } from '../../model/incident.ts';
import { actionNames, responseStates } from '../../model/response.ts';
import { operationClasses } from '../../protocols/protocol.ts';
import { roles } from '../http/route.ts';
import { catalogue } from './catalogue.ts';
import { consoleWords } from './console.ts';

const all: readonly (readonly [string, { readonly en: string; readonly ja: string }])[] = [...Object.entries(catalogue), ...Object.entries(consoleWords)];
const placeholdersOf = (text: string): readonly string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();
const keys: readonly string[] = Object.keys(consoleWords);

test('no text is empty in either language, and both fill in the same things', () => {
  for (const [key, { en, ja }] of all) {
    assert.ok(en.trim() !== '' && ja.trim() !== '', key);
    if (!key.endsWith('_one')) assert.deepEqual(placeholdersOf(ja), placeholdersOf(en), key);
  }
});

test('what is to be filled in is written with two braces on each side', () => {
  for (const [key, { en, ja }] of all) for (const text of [en, ja]) assert.equal(text.replaceAll(/\{\{\w+\}\}/g, '').match(/[{}]/), null, key);
});

test('Japanese texts are Japanese and English ones are not', () => {
  for (const [key, { en, ja }] of Object.entries(consoleWords)) {
    assert.doesNotMatch(en, /[\u3040-\u30ff\u4e00-\u9fff]/, key);
    // Short technical labels (ID) are the same in both.
    if (ja.length > 4) assert.match(ja, /[\u3040-\u30ff\u4e00-\u9fff]/, key);
  }
});

test('a text for one has a text for others beside it, and the other way round', () => {
  for (const key of keys) {
    if (key.endsWith('_one')) assert.ok(keys.includes(key.replace(/_one$/, '_other')), key);
    if (key.endsWith('_other')) assert.ok(keys.includes(key.replace(/_other$/, '_one')), key);
  }
});

test('every value of a closed list that the console shows has its word', () => {
  const groups: Readonly<Record<string, readonly string[]>> = {
    severity: severities,
    role: roles,
    roleText: roles,
    responseState: responseStates,
    incidentState: incidentStates,
    action: actionNames,
    about: evidenceAbout,
    criticality: criticalities,
    criticalityText: criticalities,
    operation: operationClasses,
    stage: ['0', '1', '2', '3', '4'],
    stageText: ['0', '1', '2', '3', '4'],
  };
  for (const [group, values] of Object.entries(groups))
    for (const value of values) assert.ok(keys.includes(`console.${group}.${value}`), `console.${group}.${value}`);
});

test('no text of the console is left over', () => {
  const sources = fileURLToPath(new URL('../../../console/src/', import.meta.url));
  const code = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(sources, name), 'utf8'))
    .join('\n');
  // Groups whose last part comes from a record: `name('severity', …)`, or a template.
  const named = new Set(
    [...code.matchAll(/\b(?:name|nameOf)\(\s*'([\w.]+)'/g), ...code.matchAll(/`([\w.]+)\.\$\{/g), ...code.matchAll(/group="(\w+)"/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  const middle = [...code.matchAll(/`([\w.]+)\.\$\{[\w.]+\}\.([\w.]+)`/g)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
  const isUsed = (key: string): boolean => {
    const name = key.replace(/^console\./, '').replace(/_(one|other)$/, '');
    if (code.includes(`'${name}'`) || named.has(name.slice(0, name.lastIndexOf('.')))) return true;
    return middle.some(([head, tail]) => name.startsWith(`${head}.`) && name.endsWith(`.${tail}`));
  };
  assert.deepEqual(
    keys.filter((key) => !isUsed(key)),
    [],
  );
});
