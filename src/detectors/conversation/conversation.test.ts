// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleConversation } from '../samples.ts';
import { createConversationDetector } from './conversation.ts';

function learnt(...conversations: readonly Parameters<typeof sampleConversation>[0][]): ReturnType<typeof createConversationDetector> {
  const detector = createConversationDetector();
  for (const conversation of conversations) detector.learn(sampleConversation(conversation));
  return detector;
}

test('each departure from the conversations has its own words and score', () => {
  const norm = [
    { count: 40 },
    { client: '10.0.0.6', server: '10.0.0.7', service: 'http', door: 'tcp/80' },
    { client: '10.0.0.7', server: '224.0.0.1', isMulticast: true },
  ];
  const cases = [
    { name: 'the same again', parts: {}, words: undefined, score: undefined },
    { name: 'a client nobody knows', parts: { client: '10.0.0.66' }, words: 'finding.unknown-client', score: 1 },
    { name: 'two known devices that never talked', parts: { client: '10.0.0.6' }, words: 'finding.new-pair', score: 1 },
    { name: 'a known device that only answered', parts: { client: '10.0.0.7' }, words: 'finding.new-role', score: 1 },
    { name: 'the server opens a conversation to its client', parts: { client: '10.0.0.9', server: '10.0.0.5' }, words: 'finding.reversed-role', score: 0.9 },
    { name: 'another service of a known pair', parts: { service: 'http', door: 'tcp/80' }, words: 'finding.new-service', score: 0.9 },
    { name: 'another service at a known door', parts: { service: 'tls' }, words: 'finding.new-service', score: 0.9 },
    { name: 'a known service at another door', parts: { door: 'tcp/5020' }, words: 'finding.new-service', score: 0.9 },
    { name: 'a known door, content not recognised', parts: { service: 'tcp/502' }, words: undefined, score: undefined },
    {
      name: 'a new service to a known group',
      parts: { client: '10.0.0.7', server: '224.0.0.1', isMulticast: true, service: 'ntp' },
      words: 'finding.new-multicast',
      score: 0.9 * 0.3,
    },
    { name: 'a new group', parts: { server: '224.0.0.251', isMulticast: true, service: 'mdns', door: 'udp/5353' }, words: 'finding.new-multicast', score: 0.3 },
  ];
  for (const { name, parts, words, score } of cases) {
    const judgement = learnt(...norm).judge(sampleConversation(parts));
    assert.equal(judgement?.words.key, words, name);
    assert.equal(judgement?.score, score, name);
  }
});

test('the expectation names what the server is used for, with its support', () => {
  const judgement = learnt({ count: 40 }).judge(sampleConversation({ client: '10.0.0.66' }));
  assert.equal(judgement?.observed, '10.0.0.66 > 10.0.0.9 modbus@tcp/502');
  assert.equal(judgement?.expected, '10.0.0.5 > 10.0.0.9 modbus@tcp/502');
  assert.equal(judgement?.support, 40);
});

test('a recognised service takes the place of its door, whichever came first', () => {
  for (const order of [
    ['tcp/502', 'modbus'],
    ['modbus', 'tcp/502'],
  ]) {
    const detector = learnt(...order.map((service) => ({ service })));
    const entries = detector.entries();
    assert.deepEqual(
      entries.map(({ key, support }) => ({ key, support })),
      [{ key: '10.0.0.5 > 10.0.0.9 modbus@tcp/502', support: 2 }],
    );
    assert.equal(detector.counts().singletons, 0);
  }
});

test('a door that was learnt without its content holds the content too', () => {
  const detector = learnt({ service: 'tcp/443', door: 'tcp/443' });
  assert.equal(detector.judge(sampleConversation({ service: 'tls', door: 'tcp/443' })), undefined);
});

test('all new groups of one client share a key, all services of an unknown pair share a key, services of a known pair do not', () => {
  const detector = learnt({});
  const keyOf = (parts: Parameters<typeof sampleConversation>[0]): string | undefined => detector.judge(sampleConversation(parts))?.key;
  assert.equal(keyOf({ server: '224.0.0.1', isMulticast: true }), keyOf({ server: '224.0.0.2', isMulticast: true }));
  assert.equal(keyOf({ client: '10.0.0.66', service: 'tcp/1', door: 'tcp/1' }), keyOf({ client: '10.0.0.66', service: 'tcp/2', door: 'tcp/2' }));
  assert.notEqual(keyOf({ service: 'tcp/1', door: 'tcp/1' }), keyOf({ service: 'tcp/2', door: 'tcp/2' }));
});
