// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleBinding } from '../samples.ts';
import { createBindingDetector } from './binding.ts';

function learnt(...bindings: readonly Parameters<typeof sampleBinding>[0][]): ReturnType<typeof createBindingDetector> {
  const detector = createBindingDetector();
  for (const binding of bindings) detector.learn(sampleBinding(binding));
  return detector;
}

test('what was learnt is held, and learning it again is not new', () => {
  const detector = createBindingDetector();
  assert.equal(detector.learn(sampleBinding()), true);
  assert.equal(detector.learn(sampleBinding({ packet: 9, atMs: 2000 })), false);
  assert.equal(detector.judge(sampleBinding()), undefined);
});

test('each departure from the bindings has its own words, score and expectation', () => {
  const known = { address: '10.0.0.9', mac: '00:00:5e:00:53:09' };
  const cases = [
    {
      name: 'a known address behind another device',
      parts: { ...known, mac: 'de:ad:00:00:00:01' },
      words: 'finding.changed-binding',
      score: 1,
      technique: 'T0830',
    },
    {
      name: 'a known address claimed by another device',
      parts: { ...known, mac: 'de:ad:00:00:00:01', isClaim: true },
      words: 'finding.duplicate-address',
      score: 1,
      technique: 'T0830',
    },
    {
      name: 'a known address behind a device that is known under another',
      parts: { ...known, mac: '00:00:5e:00:53:05' },
      words: 'finding.taken-address',
      score: 1,
      technique: 'T0830',
    },
    { name: 'a known device in another VLAN', parts: { ...known, vlan: 7 }, words: 'finding.moved-device', score: 0.8, technique: null },
    { name: 'an unknown device', parts: { address: '10.0.0.66', mac: 'de:ad:00:00:00:01' }, words: 'finding.new-device', score: 0.8, technique: null },
    { name: 'a known device with another address', parts: { ...known, address: '10.0.0.66' }, words: 'finding.new-address', score: 0.6, technique: null },
  ];
  for (const { name, parts, words, score, technique } of cases) {
    const judgement = learnt({}, known).judge(sampleBinding(parts));
    assert.equal(judgement?.words.key, words, name);
    assert.equal(judgement.score, score, name);
    assert.equal(judgement.technique, technique, name);
    assert.ok(judgement.support >= 1, name);
    assert.match(judgement.observed, new RegExp(parts.address), name);
  }
  const spoofed = learnt({}, known).judge(sampleBinding({ ...known, mac: 'de:ad:00:00:00:01' }));
  assert.equal(spoofed?.expected, '10.0.0.9 at 00:00:5e:00:53:09');
});

test('a router brings new addresses with every packet: only claims behind it are judged', () => {
  const detector = createBindingDetector();
  const mac = '00:00:5e:00:53:01';
  for (let host = 1; host <= 8; host += 1) assert.equal(detector.learn(sampleBinding({ address: `198.51.100.${host}`, mac })), true);
  assert.equal(detector.learn(sampleBinding({ address: '198.51.100.99', mac })), false, 'what lies behind a router is not learnt');
  assert.equal(detector.judge(sampleBinding({ address: '198.51.100.200', mac })), undefined);
  detector.learn(sampleBinding());
  assert.equal(detector.judge(sampleBinding({ mac })), undefined, 'a local packet, seen on the other side of the router');
  assert.equal(detector.judge(sampleBinding({ mac, isClaim: true }))?.words.key, 'finding.duplicate-address');
  assert.equal(detector.judge(sampleBinding({ address: '10.0.0.200', mac, isClaim: true }))?.words.key, 'finding.new-address');
});

test('a device with seven addresses is not yet a router', () => {
  const mac = '00:00:5e:00:53:01';
  const detector = learnt(...[1, 2, 3, 4, 5, 6, 7].map((host) => ({ address: `10.0.0.${host}`, mac })));
  assert.equal(detector.judge(sampleBinding({ address: '10.0.0.8', mac }))?.words.key, 'finding.new-address');
});

test('a temporary IPv6 address within the known network is no news, another network is', () => {
  const detector = learnt({ address: '2001:db8:0:1::5' });
  assert.equal(detector.judge(sampleBinding({ address: '2001:db8:0:1:aaaa:bbbb:cccc:dddd' })), undefined);
  assert.equal(detector.judge(sampleBinding({ address: '2001:db8::1:9' }))?.words.key, 'finding.new-address');
  assert.equal(detector.judge(sampleBinding({ address: '2001:db8:0:2::5' }))?.words.key, 'finding.new-address');
});

test('unspecified addresses belong to nobody', () => {
  const detector = learnt({});
  for (const address of ['0.0.0.0', '::', '']) {
    assert.equal(detector.learn(sampleBinding({ address, mac: 'de:ad:00:00:00:01' })), false);
    assert.equal(detector.judge(sampleBinding({ address, mac: 'de:ad:00:00:00:01' })), undefined);
  }
});

test('a norm that was learnt where hardware addresses cannot be seen says nothing', () => {
  assert.equal(createBindingDetector().judge(sampleBinding()), undefined);
});

test('two devices behind one address while learning raise a doubt on both entries', () => {
  const detector = learnt({}, { mac: 'de:ad:00:00:00:01' }, { address: '10.0.0.9', mac: '00:00:5e:00:53:09' });
  assert.deepEqual(
    detector.entries().map((entry) => entry.doubt?.key ?? null),
    ['norm.doubt.two-macs', 'norm.doubt.two-macs', null],
  );
});

test('an entry that a person takes out is judged again', () => {
  const detector = learnt({}, { address: '10.0.0.9', mac: '00:00:5e:00:53:09' });
  assert.equal(detector.decide('10.0.0.5 00:00:5e:00:53:05', 'remove'), true);
  assert.equal(detector.judge(sampleBinding())?.words.key, 'finding.new-device');
  assert.equal(detector.decide('10.0.0.5 00:00:5e:00:53:05', 'remove'), false);
});
