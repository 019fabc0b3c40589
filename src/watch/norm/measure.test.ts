// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTraffic } from './fake-traffic.ts';
import { createMeasurer, type Measured } from './measure.ts';
import { rowsPerFlowMax } from './memo.ts';

function measureWith(traffic: FakeTraffic): (epoch?: number) => Measured {
  const measurer = createMeasurer(traffic.flows);
  return (epoch = 0) => traffic.batch((messages, sightings, moment) => measurer.measure(messages, sightings, moment, epoch));
}

test('equal messages of a flow are one feature with their count, first and last time, and packets', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  const flow = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  measure();
  const packets = [traffic.say(flow), 0, 0];
  traffic.say(flow, { objectFirst: 50 });
  traffic.atMs += 5;
  packets[1] = traffic.say(flow);
  traffic.atMs += 5;
  packets[2] = traffic.say(flow);
  const measurer = createMeasurer(traffic.flows);
  traffic.batch((messages, sightings, moment) => {
    const measured = measurer.measure(messages, sightings, moment, 0);
    assert.deepEqual(
      measured.features.map((feature) => [feature.kind, feature.count, feature.packet]),
      [
        ['function', 3, packets[0]],
        ['function', 1, (packets[0] ?? 0) + 1],
      ],
    );
    assert.equal((measured.features[0]?.lastMs ?? 0) - (measured.features[0]?.atMs ?? 0), 10);
    assert.deepEqual(measured.packetsOf(0), packets);
    assert.deepEqual(measured.packetsOf(1), [(packets[0] ?? 0) + 1]);
  });
});

test('what the norm holds is left out until the epoch changes or the row is given to another flow', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  const flow = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  traffic.say(flow);
  const first = measure(1);
  assert.deepEqual(
    first.features.map((feature) => feature.kind),
    ['conversation', 'function'],
  );
  first.hold(1);
  traffic.say(flow);
  assert.equal(measure(1).features.length, 0);
  traffic.say(flow);
  assert.equal(measure(2).features.length, 1);
  traffic.say(flow);
  measure(2).hold(0);
  traffic.sightings.opened.push(flow);
  traffic.say(flow);
  assert.equal(measure(2).features.length, 2);
});

test('a flow with more kinds of messages than are remembered loses no message', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  const flow = traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  measure();
  for (let round = 0; round < 3; round += 1) for (let kind = 0; kind < rowsPerFlowMax * 3; kind += 1) traffic.say(flow, { objectFirst: kind });
  const measured = measure();
  assert.equal(
    measured.features.reduce((sum, feature) => sum + feature.count, 0),
    rowsPerFlowMax * 9,
  );
});

test('texts from the wire are made well-formed', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  const flow = traffic.open('10.0.0.5', '10.0.0.9', 80, 'http');
  traffic.say(flow, { object: '/\ud83d', functionName: '\udc00', status: '\ud800' });
  const feature = measure().features.find(({ kind }) => kind === 'function');
  assert.ok(feature?.kind === 'function');
  for (const text of [feature.object, feature.functionName, feature.status]) assert.ok(text.isWellFormed());
});

test('address resolution is a feature only when everyone is asked', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  const everyone = traffic.open('00:00:5e:00:53:05', 'ff:ff:ff:ff:ff:ff', 0x0806, 'arp', 'ethernet');
  const one = traffic.open('00:00:5e:00:53:05', '00:00:5e:00:53:09', 0x0806, 'arp', 'ethernet');
  for (const flow of [everyone, one])
    for (const functionName of ['request', 'reply', 'gratuitous']) traffic.say(flow, { functionName, object: '10.0.0.9', objectFirst: -1 });
  const features = measure().features;
  assert.equal(features.length, 1);
  assert.ok(features[0]?.kind === 'function' && features[0].functionName === 'request' && features[0].isMulticast);
});

test('the door is the port, one for all ephemeral ports, and the service itself below IP', () => {
  const traffic = new FakeTraffic();
  const measure = measureWith(traffic);
  traffic.open('10.0.0.5', '10.0.0.9', 502, 'modbus');
  traffic.open('10.0.0.5', '10.0.0.9', 4444);
  traffic.open('10.0.0.5', '10.0.0.9', 50_123, undefined, 'udp');
  traffic.open('00:00:5e:00:53:05', '01:80:c2:00:00:0e', 0x88cc, 'lldp', 'ethernet');
  traffic.open('fe80::5', 'ff02::1:ff00:9', 0, 'icmp6', 'icmp6');
  const doors = measure().features.map((feature) => feature.kind === 'conversation' && [feature.server, feature.service, feature.door]);
  assert.deepEqual(doors, [
    ['10.0.0.9', 'modbus', 'tcp/502'],
    ['10.0.0.9', 'tcp/4444', 'tcp/4444'],
    ['10.0.0.9', 'udp/ephemeral', 'udp/ephemeral'],
    ['01:80:c2:00:00:0e', 'lldp', 'lldp'],
    ['ff02::1:ff00:0/104', 'icmp6', 'icmp6'],
  ]);
});
