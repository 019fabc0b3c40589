// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { ShinraiError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Feature } from '../model/feature.ts';
import { findingWords } from '../platform/i18n/finding.ts';
import { createDetectors, detectorMakers } from './index.ts';
import { sampleBinding, sampleConversation, sampleFunction } from './samples.ts';

const options = { operationOf: (_protocol: string, name: string) => (name.startsWith('write') ? { class: 'write', technique: 'T0836' } : { class: 'read' }) };
const seed = 20_260;

/** Features of a network in which anything may be said: names, spaces, prototypes, separators, half pairs of surrogates made well-formed. */
function randomFeatures(random: Random, count: number): readonly Feature[] {
  const words = [
    'a',
    'b > c',
    '',
    '__proto__',
    'constructor',
    'toString',
    ' ',
    'x'.repeat(256),
    '\u0000',
    '\ud83d'.toWellFormed(),
    '{{known}}',
    '10.0.0.1',
    'fe80::1',
    ':::',
    '信頼',
  ];
  const pick = (): string => words[random.below(words.length)]!; // below the length
  const features: Feature[] = [];
  for (let index = 0; index < count; index += 1) {
    const seen = { packet: index + 1, atMs: index * 1000, lastMs: index * 1000 + 5, count: 1 + random.below(3), flow: random.below(9) };
    const isYes = random.below(2) === 0;
    features.push(sampleBinding({ ...seen, address: pick(), mac: pick(), vlan: random.below(3), isClaim: isYes }));
    features.push(sampleConversation({ ...seen, client: pick(), server: pick(), service: pick(), door: pick(), isMulticast: isYes }));
    const object = { object: pick(), objectFirst: random.below(70_000) - 1, objectCount: random.below(130) };
    const said = { functionName: pick(), status: pick(), messageKind: (['request', 'response', 'notify'] as const)[random.below(3)]!, fromClient: isYes };
    features.push(sampleFunction({ ...seen, ...object, ...said, client: pick(), server: pick(), service: pick(), unit: random.below(4) - 1 }));
  }
  return features;
}

test('every detector is named as its folder and has a README and a test', () => {
  for (const [name, make] of Object.entries(detectorMakers)) {
    assert.equal(make(options).name, name);
    for (const file of [`${name}.ts`, `${name}.test.ts`, 'README.md']) assert.ok(existsSync(new URL(`${name}/${file}`, import.meta.url)), `${name}/${file}`);
  }
  const layers = createDetectors(options).map((detector) => detector.layer);
  assert.deepEqual(layers, [...layers].sort());
});

for (const name of Object.keys(detectorMakers)) {
  const make = (entriesMax?: number) => detectorMakers[name]!({ ...options, ...(entriesMax === undefined ? {} : { entriesMax }) }); // a key of the list

  test(`${name}: what was learnt is not judged, whatever the texts in it (seed ${seed})`, () => {
    const detector = make();
    const features = randomFeatures(createRandom(seed), 400);
    for (const feature of features) detector.learn(feature);
    for (const feature of features) assert.equal(detector.judge(feature), undefined, JSON.stringify(feature));
    assert.ok(detector.counts().entries > 0);
  });

  test(`${name}: judging changes nothing, and every judgement is complete (seed ${seed + 1})`, () => {
    const detector = make();
    for (const feature of randomFeatures(createRandom(seed), 5)) detector.learn(feature);
    const before = canonicalJson(detector.save());
    let judged = 0;
    for (const feature of randomFeatures(createRandom(seed + 1), 400)) {
      const judgement = detector.judge(feature);
      if (judgement === undefined) continue;
      judged += 1;
      assert.ok(judgement.score > 0 && judgement.score <= 1);
      assert.ok(judgement.observed !== '' && judgement.expected !== '');
      assert.ok(Number.isSafeInteger(judgement.support) && judgement.support >= 0);
      assert.ok(Object.hasOwn(findingWords, judgement.words.key), judgement.words.key);
      const sentence = findingWords[judgement.words.key as keyof typeof findingWords]; // asserted in the line before
      for (const [, hole = ''] of `${sentence.en} ${sentence.ja}`.matchAll(/{{(\w+)}}/g))
        assert.ok(hole in judgement.words.with, `${judgement.words.key}: ${hole}`);
    }
    assert.ok(judged > 0);
    assert.equal(canonicalJson(detector.save()), before);
  });

  test(`${name}: save and load give the same norm byte for byte, and the same verdicts (seed ${seed + 2})`, () => {
    const detector = make();
    for (const feature of randomFeatures(createRandom(seed + 2), 60)) detector.learn(feature);
    const [first] = detector.entries();
    assert.ok(first !== undefined && detector.decide(first.key, 'confirm'));
    const text = canonicalJson(detector.save());
    const other = make();
    other.load(JSON.parse(text) as Json); // text of canonicalJson
    assert.equal(canonicalJson(other.save()), text);
    assert.deepEqual(other.entries(), detector.entries());
    assert.deepEqual(other.counts(), detector.counts());
    for (const feature of randomFeatures(createRandom(seed + 3), 200)) assert.deepEqual(other.judge(feature), detector.judge(feature));
  });

  test(`${name}: a norm that is full refuses, counts what it refused, and judges it as unknown`, () => {
    const detector = make(3);
    const features = randomFeatures(createRandom(seed), 60);
    for (const feature of features) detector.learn(feature);
    const counts = detector.counts();
    assert.equal(counts.entries, 3);
    assert.ok(counts.refused > 0);
    assert.ok(features.some((feature) => detector.judge(feature) !== undefined));
  });

  test(`${name}: a saved form that is not its own is refused with a reason and leaves the norm as it was`, () => {
    const detector = make();
    for (const feature of randomFeatures(createRandom(seed), 8)) detector.learn(feature);
    const saved = detector.save() as { readonly refused: number; readonly entries: readonly { readonly [member: string]: Json }[] }; // what Ledger.save gives
    const [entry] = saved.entries;
    assert.ok(entry !== undefined);
    const broken: readonly Json[] = [
      null,
      [],
      'x',
      {},
      { refused: 0, entries: {} },
      { refused: -1, entries: [] },
      { refused: 0, entries: [null] },
      { refused: 0, entries: [entry, entry] },
      ...Object.keys(entry).flatMap((member) => [
        { refused: 0, entries: [{ ...entry, [member]: {} }] },
        { refused: 0, entries: [Object.fromEntries(Object.entries(entry).filter(([key]) => key !== member))] },
      ]),
      { refused: 0, entries: [{ ...entry, support: 0.5 }] },
      { refused: 0, entries: [{ ...entry, support: 0 }] },
    ];
    const before = canonicalJson(detector.save());
    for (const json of broken) {
      assert.throws(
        () => detector.load(json),
        (error: unknown) => error instanceof ShinraiError && error.code === 'norm' && error.message.startsWith('Cannot load norm: '),
        canonicalJson(json),
      );
      assert.equal(canonicalJson(detector.save()), before);
    }
  });

  test(`${name}: entries that a person takes out are gone, and its counts follow`, () => {
    const detector = make();
    for (const feature of randomFeatures(createRandom(seed), 40)) detector.learn(feature);
    for (const { key } of detector.entries()) assert.equal(detector.decide(key, 'remove'), true, key);
    assert.deepEqual(detector.counts(), { entries: 0, singletons: 0, onProbation: 0, refused: 0 });
    assert.equal(detector.decide('nothing', 'confirm'), false);
  });
}

test('all sentences name what is filled in alike in both languages', () => {
  for (const [key, { en, ja }] of Object.entries(findingWords)) {
    const holes = (text: string): readonly string[] => [...new Set([...text.matchAll(/{{(\w+)}}/g)].map(([, hole = '']) => hole))].sort();
    assert.deepEqual(holes(ja), holes(en), key);
    assert.match(ja, /[\u3040-\u30ff]/, key);
  }
});
