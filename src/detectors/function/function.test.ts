// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFunction } from '../samples.ts';
import { createFunctionDetector, type OperationOf } from './function.ts';

const operations: Readonly<Record<string, { readonly class: string; readonly technique?: string }>> = {
  'read-holding-registers': { class: 'read' },
  'write-single-register': { class: 'write', technique: 'T0836' },
  'restart-communications': { class: 'stop-start', technique: 'T0816' },
};
const operationOf: OperationOf = (_protocol, functionName) => operations[functionName];

function learnt(...functions: readonly Parameters<typeof sampleFunction>[0][]): ReturnType<typeof createFunctionDetector> {
  const detector = createFunctionDetector({ operationOf });
  for (const parts of functions) detector.learn(sampleFunction(parts));
  return detector;
}
const write = { functionName: 'write-single-register', objectFirst: 40, objectCount: 1 };

test('each departure from the functions has its own words, score, severity and technique', () => {
  const cases = [
    { name: 'the same again', parts: {}, words: undefined },
    { name: 'a part of the known range', parts: { objectFirst: 3, objectCount: 2 }, words: undefined },
    { name: 'the answer to a known question', parts: { fromClient: false, messageKind: 'response' as const }, words: undefined },
    {
      name: 'a function never seen',
      parts: { functionName: 'read-coils', object: 'coil' },
      words: 'finding.new-function',
      score: 0.95,
      severity: 'medium',
      technique: null,
    },
    { name: 'a write never seen', parts: write, words: 'finding.new-command', score: 0.95, severity: 'high', technique: 'T0836' },
    {
      name: 'a restart never seen',
      parts: { functionName: 'restart-communications', object: '' },
      words: 'finding.new-command',
      score: 0.95,
      severity: 'critical',
      technique: 'T0816',
    },
    { name: 'another unit', parts: { unit: 2 }, words: 'finding.new-function', score: 0.95, severity: 'medium', technique: null },
    { name: 'a range never seen', parts: { objectFirst: 5, objectCount: 10 }, words: 'finding.new-object', score: 0.8, severity: 'medium', technique: null },
    {
      name: 'another space',
      parts: { object: 'coil', objectFirst: 0, objectCount: 1 },
      words: 'finding.new-object',
      score: 0.8,
      severity: 'medium',
      technique: null,
    },
    { name: 'the server asks the client', parts: { fromClient: false }, words: 'finding.new-way', score: 0.7, severity: 'medium', technique: null },
    {
      name: 'an error never seen',
      parts: { fromClient: false, messageKind: 'response' as const, status: 'illegal-data-address' },
      words: 'finding.new-error',
      score: 0.6,
      severity: 'low',
      technique: null,
    },
    {
      name: 'bytes nobody can read',
      parts: { functionName: 'unreadable', object: '', status: 'malformed' },
      words: 'finding.unreadable',
      score: 0.5,
      severity: 'low',
      technique: null,
    },
  ];
  for (const { name, parts, words, score, severity, technique } of cases) {
    const judgement = learnt({ count: 20 }).judge(sampleFunction(parts));
    assert.equal(judgement?.words.key, words, name);
    if (words === undefined) continue;
    assert.equal(judgement?.score, score, name);
    assert.equal(judgement?.severity, severity, name);
    assert.equal(judgement?.technique, technique, name);
    assert.equal(judgement?.support, 20, name);
  }
});

test('where nothing was learnt of a service between two devices, the words say so instead of naming nothing', () => {
  const judged = (parts: Parameters<typeof sampleFunction>[0]): string | undefined =>
    learnt({}).judge(sampleFunction({ client: '10.0.0.66', ...parts }))?.words.key;
  assert.equal(judged({}), 'finding.first-function');
  assert.equal(judged(write), 'finding.first-command');
});

test('a known write on a register never written is as severe as a new write, and names the known register', () => {
  const judgement = learnt(write).judge(sampleFunction({ ...write, objectFirst: 41 }));
  assert.equal(judgement?.severity, 'high');
  assert.equal(judgement.technique, 'T0836');
  assert.match(judgement.expected, /holding-register\/40$/);
  assert.match(judgement.observed, /holding-register\/41$/);
});

test('an error that was learnt is held', () => {
  const failed = { fromClient: false, messageKind: 'response' as const, status: 'illegal-data-address' };
  assert.equal(learnt({}, failed).judge(sampleFunction(failed)), undefined);
});

test('a single write is learnt with a doubt, a write in two windows is not', () => {
  const once = learnt(write).entries();
  assert.equal(once[0]?.doubt?.key, 'norm.doubt.rare-command');
  const twice = learnt(write, { ...write, atMs: 700_000, lastMs: 700_000 }).entries();
  assert.equal(twice[0]?.doubt, null);
  assert.equal(twice[0]?.windows, 2);
});

test('new objects, errors and ways of a known function are news to the learner', () => {
  const detector = learnt({});
  assert.equal(detector.learn(sampleFunction()), false);
  assert.equal(detector.learn(sampleFunction({ objectFirst: 100 })), true);
  assert.equal(detector.learn(sampleFunction({ status: 'illegal-function' })), true);
  assert.equal(detector.learn(sampleFunction({ fromClient: false, messageKind: 'response' })), true);
});
