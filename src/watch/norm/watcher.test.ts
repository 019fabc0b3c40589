// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetectors } from '../../detectors/index.ts';
import type { Finding } from '../../model/finding.ts';
import { FakeTraffic } from './fake-traffic.ts';
import { createWatcher, type Watcher } from './watcher.ts';

const operations: Readonly<Record<string, { readonly class: string; readonly technique?: string }>> = {
  'read-holding-registers': { class: 'read' },
  'write-single-register': { class: 'write', technique: 'T0836' },
};

interface Site {
  readonly traffic: FakeTraffic;
  readonly watcher: Watcher;
  readonly poll: number;
  /** Ends the batch after `afterMs`; answers all findings told so far by id, newest form. */
  step(afterMs?: number): ReadonlyMap<string, Finding>;
  readonly told: Map<string, Finding>;
  readonly counts: { opened: number; grown: number };
}

/** A site that has learnt that 10.0.0.5 polls 10.0.0.9. */
function createSite(): Site {
  const traffic = new FakeTraffic();
  const detectors = createDetectors({ operationOf: (_protocol, name) => operations[name] });
  const watcher = createWatcher({ detectors, flows: traffic.flows, source: 'test', learning: { noveltyMax: 0, quietMinMs: 1e12, quietShare: 1 } });
  const told = new Map<string, Finding>();
  const counts = { opened: 0, grown: 0 };
  const step = (afterMs = 1000): ReadonlyMap<string, Finding> => {
    const { opened, grown } = traffic.batch((messages, sightings, moment) => watcher.detect(watcher.measure(messages, sightings, moment)));
    for (const finding of opened) assert.ok(!told.has(finding.id), `${finding.id} is opened once`);
    for (const finding of grown) assert.ok(told.has(finding.id), `${finding.id} grows after it was opened`);
    for (const finding of [...opened, ...grown]) told.set(finding.id, finding);
    counts.opened += opened.length;
    counts.grown += grown.length;
    traffic.atMs += afterMs;
    return told;
  };
  const poll = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  traffic.bind('10.0.0.5', '00:00:5e:00:53:05', poll);
  traffic.bind('10.0.0.9', '00:00:5e:00:53:09', poll);
  for (let round = 0; round < 20; round += 1) {
    traffic.say(poll);
    traffic.say(poll, { kind: 'response', fromClient: false });
    step();
  }
  watcher.endLearning();
  return { traffic, watcher, poll, step, told, counts };
}

function only(findings: ReadonlyMap<string, Finding>): Finding {
  const [finding, ...others] = findings.values();
  assert.deepEqual(others, []);
  assert.ok(finding !== undefined);
  return finding;
}

test('while learning nothing is told, and what was learnt is silent afterwards', () => {
  const { traffic, poll, step, watcher } = createSite();
  assert.equal(watcher.phase, 'watching');
  for (let round = 0; round < 200; round += 1) {
    traffic.say(poll);
    step();
  }
  assert.equal(step().size, 0);
  assert.deepEqual(watcher.finish(), { opened: [], grown: [] });
});

test('a command never seen is one finding that grows: each of its packets, its norm, its support', () => {
  const { traffic, poll, step } = createSite();
  const packets: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    traffic.say(poll);
    packets.push(traffic.say(poll, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1 }));
    packets.push(traffic.say(poll, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1, kind: 'response', fromClient: false }));
    step();
  }
  const finding = only(step(3000));
  assert.equal(finding.detector, 'function');
  assert.equal(finding.subject, '10.0.0.5 > 10.0.0.9 modbus');
  assert.deepEqual(finding.addresses, ['10.0.0.5', '10.0.0.9']);
  assert.equal(finding.observed, '10.0.0.5 > 10.0.0.9 modbus unit 1 write-single-register holding-register/7');
  assert.equal(finding.expected, '10.0.0.5 > 10.0.0.9 modbus unit 1 read-holding-registers');
  assert.equal(finding.support, 40);
  assert.equal(finding.severity, 'high');
  assert.equal(finding.technique, 'T0836');
  assert.equal(finding.operation, 'write');
  assert.deepEqual(finding.packets, packets);
  assert.equal(finding.packetCount, packets.length);
  assert.match(finding.from[1] ?? '', /^norm-[0-9a-f]{16}$/);
});

test('a growing finding is told again every two seconds at most, and at the end of the capture', () => {
  const { traffic, poll, step, counts, watcher, told } = createSite();
  for (let round = 0; round < 100; round += 1) {
    traffic.say(poll, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1 });
    step(100);
  }
  assert.equal(counts.opened, 1);
  assert.ok(counts.grown >= 3 && counts.grown <= 5, `${counts.grown}`);
  const { grown } = watcher.finish();
  assert.equal(grown[0]?.packets.length, 100);
  assert.equal(told.get(grown[0]?.id ?? '')?.id, grown[0]?.id);
});

test('the same after a silence of ten minutes is another finding, which covers only what is new', () => {
  const { traffic, poll, step } = createSite();
  traffic.say(poll, { functionName: 'write-single-register' });
  step(700_000);
  const later = traffic.say(poll, { functionName: 'write-single-register' });
  const findings = [...step().values()];
  assert.equal(findings.length, 2);
  assert.deepEqual(findings[1]?.packets, [later]);
  assert.notEqual(findings[0]?.id, findings[1]?.id);
});

test('a finding of low severity goes on when it comes again hours later', () => {
  const { traffic, step } = createSite();
  traffic.open('10.0.0.5', '224.0.0.251', 5353, undefined, 'udp');
  step(5 * 3_600_000);
  traffic.open('10.0.0.5', '224.0.0.252', 5355, undefined, 'udp');
  step(3000);
  const finding = only(step());
  assert.equal(finding.severity, 'low');
  assert.equal(finding.packets.length, 2);
});

test('a stranger is found by address, conversation and command; its whole conversation is covered', () => {
  const { traffic, step } = createSite();
  const flow = traffic.open('10.0.0.66', '10.0.0.9', 502);
  traffic.bind('10.0.0.66', 'de:ad:00:00:00:01', flow);
  step();
  traffic.send(flow);
  traffic.identify(flow, 'modbus');
  const write = traffic.say(flow, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1 });
  step(3000);
  const findings = [...step().values()];
  assert.deepEqual(findings.map((finding) => finding.words.key).sort(), ['finding.first-command', 'finding.new-device', 'finding.unknown-client']);
  const conversation = findings.find((finding) => finding.detector === 'conversation');
  assert.deepEqual(conversation?.packets, traffic.flows.packetNumbers(flow));
  assert.deepEqual(findings.find((finding) => finding.detector === 'function')?.packets, [write]);
});

test('a scan of 1,000 ports of one host by a stranger is one finding that covers every packet', () => {
  const { traffic, step } = createSite();
  for (let port = 1; port <= 1000; port += 1) {
    traffic.open('10.0.0.66', '10.0.0.9', port);
    if (port % 50 === 0) step(100);
  }
  step(3000);
  const findings = [...step().values()];
  assert.deepEqual(findings.map((finding) => finding.words.key).sort(), ['finding.sweep']);
  assert.equal(findings[0]?.packets.length, 1000);
  assert.equal(findings[0]?.words.with['count'], 1000);
  assert.equal(findings[0]?.severity, 'high');
  assert.equal(findings[0]?.technique, 'T0846');
});

test('a stranger at seven ports of one host is not yet a scan', () => {
  const { traffic, step } = createSite();
  for (let port = 1; port <= 7; port += 1) traffic.open('10.0.0.66', '10.0.0.9', port);
  step(3000);
  const finding = only(step());
  assert.equal(finding.words.key, 'finding.unknown-client');
  assert.equal(finding.severity, 'medium');
});

test('a scan of 1,000 ports by a known client of the host is a handful of findings, one of them the scan with all ports', () => {
  const { traffic, step } = createSite();
  for (let port = 1; port <= 1000; port += 1) {
    traffic.open('10.0.0.5', '10.0.0.9', port === 502 ? 5502 : port);
    if (port % 50 === 0) step(100);
  }
  step(3000);
  const findings = [...step().values()];
  assert.ok(findings.length <= 5, `${findings.length}`);
  const sweep = findings.find((finding) => finding.words.key === 'finding.sweep');
  assert.equal(sweep?.words.with['count'], 1000);
  assert.equal(sweep?.packets.length, 1000);
  assert.equal(sweep?.technique, 'T0846');
  assert.equal(sweep?.severity, 'high');
});

test('a scan of 254 hosts is a handful of findings, and the attack after it is not lost in the scan', () => {
  const { traffic, step } = createSite();
  for (let host = 10; host <= 253; host += 1) {
    traffic.open('10.0.0.66', `10.0.0.${host}`, 502);
    if (host % 10 === 0) step(200);
  }
  const flow = traffic.open('10.0.0.66', '10.0.0.9', 502, 'modbus');
  traffic.say(flow, { functionName: 'write-single-register' });
  step(3000);
  const findings = [...step().values()];
  assert.ok(findings.length <= 7, `${findings.length}`);
  assert.equal(findings.find((finding) => finding.words.key === 'finding.sweep')?.words.with['count'], 244);
  assert.ok(findings.some((finding) => finding.subject === '10.0.0.66 > 10.0.0.9 modbus' && finding.detector === 'conversation'));
  assert.ok(findings.some((finding) => finding.words.key === 'finding.first-command'));
});

test('thousands of invented senders end as one finding beside the first few', () => {
  const { traffic, step } = createSite();
  for (let sender = 0; sender < 5000; sender += 1) {
    traffic.open(`172.16.${sender >> 8}.${sender & 255}`, '10.0.0.9', 502);
    if (sender % 500 === 0) step(100);
  }
  step(3000);
  const findings = [...step().values()];
  assert.equal(findings.length, 64);
  const flood = findings.find((finding) => finding.words.key === 'finding.flood');
  assert.equal(flood?.packets.length, 5000);
});

test('a device that asks for a few new addresses is not worth a word, one that asks for all of them is a scan', () => {
  const { traffic, step } = createSite();
  const ask = traffic.open('00:00:5e:00:53:05', 'ff:ff:ff:ff:ff:ff', 0x0806, 'arp', 'ethernet');
  const packets: number[] = [];
  const askFor = (host: number): void => {
    packets.push(traffic.say(ask, { functionName: 'request', object: `10.0.0.${host}`, objectFirst: -1, unit: -1 }));
    step(10);
  };
  for (let host = 1; host <= 15; host += 1) askFor(host);
  assert.equal(step().size, 0);
  for (let host = 16; host <= 254; host += 1) askFor(host);
  step(3000);
  const finding = only(step());
  assert.equal(finding.words.key, 'finding.sweep');
  assert.equal(finding.words.with['count'], 254);
  assert.equal(finding.technique, 'T0846');
  assert.deepEqual(finding.packets, packets);
});

test('one function on very many new objects is a search, told as such', () => {
  const { traffic, poll, step } = createSite();
  for (let address = 0; address < 100; address += 1) traffic.say(poll, { objectFirst: 1000 + address * 50, objectCount: 1 });
  step(3000);
  const finding = only(step());
  assert.equal(finding.words.key, 'finding.object-sweep');
  assert.equal(finding.words.with['count'], 100);
  assert.equal(finding.technique, 'T0861');
  assert.equal(finding.severity, 'high');
});

test('very many new names are one finding, and no search: whoever browses asks for names', () => {
  const { traffic, poll, step } = createSite();
  for (let index = 0; index < 100; index += 1) traffic.say(poll, { object: `host-${index}.example`, objectFirst: -1, objectCount: 0 });
  step(3000);
  const finding = only(step());
  assert.equal(finding.words.key, 'finding.new-object');
  assert.equal(finding.severity, 'low');
});

test('the same capture gives the same findings, whatever the size of its batches', () => {
  const run = (batchPackets: number): readonly string[] => {
    const { traffic, poll, step, told, watcher } = createSite();
    for (let round = 0; round < 60; round += 1) {
      if (round % 10 === 0) traffic.open('10.0.0.66', '10.0.0.9', 502 + round, 'modbus');
      traffic.say(poll, round % 3 === 0 ? { functionName: 'write-single-register', objectFirst: round, objectCount: 1 } : {});
      if (round % batchPackets === 0) step(0);
      traffic.atMs += 10;
    }
    step(0);
    for (const finding of watcher.finish().grown) told.set(finding.id, finding);
    return [...told.values()].map((finding) => `${finding.id} ${finding.observed} ${finding.packets.join()}`).sort();
  };
  assert.deepEqual(run(1), run(60));
  assert.deepEqual(run(7), run(60));
});

test('what a person accepts enters the norm as confirmed and is silent from then on', () => {
  const { traffic, poll, step, watcher, told } = createSite();
  traffic.say(poll, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1 });
  const { id } = only(step());
  assert.equal(watcher.accept('fnd-unknown'), false);
  assert.equal(watcher.accept(id), true);
  traffic.say(poll, { functionName: 'write-single-register', objectFirst: 7, objectCount: 1 });
  step(3000);
  assert.equal(told.size, 1);
  const entry = watcher.entries().find(({ key }) => key.endsWith('write-single-register'));
  assert.equal(entry?.state, 'confirmed');
  traffic.say(poll, { functionName: 'write-single-register', objectFirst: 8, objectCount: 1 });
  step();
  assert.equal(told.size, 2, 'another register was not accepted');
});

test('a finding that was closed can still be accepted', () => {
  const { traffic, poll, step, watcher, told } = createSite();
  traffic.say(poll, { functionName: 'write-single-register' });
  const { id } = only(step(3_600_000));
  step();
  assert.equal(watcher.accept(id), true);
  traffic.say(poll, { functionName: 'write-single-register' });
  step();
  assert.equal(told.size, 1);
});

test('an entry that a person takes out is told when it comes again', () => {
  const { traffic, poll, step, watcher } = createSite();
  const key = '10.0.0.5 > 10.0.0.9 modbus unit 1 read-holding-registers';
  assert.equal(watcher.decide('function', key, 'remove'), true);
  assert.equal(watcher.decide('nothing', key, 'remove'), false);
  traffic.say(poll);
  assert.equal(only(step()).words.key, 'finding.first-function');
});

test('what was learnt but rarely is listed for a person: a single write, not the polling', () => {
  const { watcher, traffic, poll, step } = createSite();
  watcher.resumeLearning();
  assert.equal(watcher.phase, 'learning');
  traffic.say(poll, { functionName: 'write-single-register' });
  step();
  watcher.endLearning();
  const doubts = watcher.doubts().filter((entry) => entry.detector === 'function');
  assert.deepEqual(
    doubts.map((entry) => entry.doubt?.key),
    ['norm.doubt.rare-command'],
  );
  traffic.say(poll, { functionName: 'write-single-register' });
  assert.equal(step().size, 0);
});

test('a long conversation supports its entry with all its packets, told only once', () => {
  const { traffic, poll, step, watcher } = createSite();
  watcher.resumeLearning();
  for (let minute = 0; minute < 30; minute += 1) {
    for (let packet = 0; packet < 10; packet += 1) traffic.send(poll);
    step(61_000);
  }
  watcher.finish();
  const conversation = watcher.entries().find(({ detector }) => detector === 'conversation');
  assert.equal(conversation?.support, traffic.flows.packetNumbers(poll).length);
  assert.ok((conversation?.windows ?? 0) >= 3);
  assert.equal(conversation?.state, 'confirmed');
  assert.ok((watcher.entries().find(({ detector }) => detector === 'binding')?.support ?? 0) > 300);
});

test('learning ends by itself when nothing new comes, and the state says how far it is', () => {
  const traffic = new FakeTraffic();
  const watcher = createWatcher({ detectors: createDetectors({ operationOf: () => undefined }), flows: traffic.flows, source: 'test' });
  const poll = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  let progress = 0;
  for (let second = 0; second < 120 && watcher.phase === 'learning'; second += 1) {
    for (let message = 0; message < 200; message += 1) traffic.say(poll);
    traffic.batch((messages, sightings, moment) => watcher.detect(watcher.measure(messages, sightings, moment)));
    traffic.atMs += 1000;
    const state = watcher.state();
    assert.ok(state.progress >= progress);
    progress = state.progress;
  }
  const state = watcher.state();
  assert.equal(state.phase, 'watching');
  assert.equal(state.progress, 1);
  assert.ok(state.noveltyRate < state.noveltyTarget);
  assert.equal((state.endedMs ?? 0) - state.startedMs, 60_000);
  assert.equal(state.entries, 2);
});

test('a norm that was saved judges another sensor alike; a broken one is refused and the norm stays', () => {
  const first = createSite();
  const text = first.watcher.save();
  const traffic = new FakeTraffic();
  const watcher = createWatcher({ detectors: createDetectors({ operationOf: (_protocol, name) => operations[name] }), flows: traffic.flows, source: 'other' });
  const loaded = watcher.load(text);
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.value.from, ['test']);
  assert.equal(watcher.save(), text);
  const flow = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  traffic.say(flow);
  const stranger = traffic.open('10.0.0.66', '10.0.0.9', 502, 'modbus');
  const { opened } = traffic.batch((messages, sightings, moment) => watcher.detect(watcher.measure(messages, sightings, moment)));
  assert.deepEqual(
    opened.map((finding) => finding.packets),
    [traffic.flows.packetNumbers(stranger)],
  );
  for (const broken of [
    '',
    '{',
    '[]',
    '{}',
    text.replace('"version":1', '"version":2'),
    text.replace('shinrai-norm', 'other'),
    text.replace('"conversation":', '"talk":'),
    text.slice(0, -20),
  ]) {
    const refused = watcher.load(broken);
    assert.ok(!refused.ok && refused.reason !== '', broken.slice(0, 40));
    assert.equal(watcher.save(), text);
  }
});
