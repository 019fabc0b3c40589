// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../base/random.ts';
import { linkTypes } from '../../model/packet.ts';
import { protocols } from '../../protocols/index.ts';
import { arp, ethernet, hexBytes, ipv4, macs, segment, udp } from './fixtures/packets.ts';
import { viewPacket } from './packet-view.ts';

const view = (packet: Uint8Array) => viewPacket(packet, { protocols, linkType: linkTypes.ethernet, wireBytes: packet.length, atMs: 0 });
const request = segment(hexBytes('0001 0000 0006 11 05 006b ff00'), { sequence: 7 });

test('a packet is shown in its layers, each field with its place in the bytes', () => {
  const { summary, layers } = view(request);
  assert.equal(summary, '10.0.0.2:40000 > 10.0.0.1:502 modbus request write-single-coil coil/107');
  assert.deepEqual(
    layers.map((layer) => layer.name),
    ['Ethernet', 'IPv4', 'TCP', 'modbus'],
  );
  const fields = layers.flatMap((layer) => layer.fields.map((field) => [`${layer.name} ${field.name}`, field] as const));
  const places: Readonly<Record<string, readonly [string, number, number]>> = {
    'Ethernet source': [macs.station, 6, 6],
    'Ethernet type': ['0x0800', 12, 2],
    'IPv4 source': ['10.0.0.2', 26, 4],
    'IPv4 protocol': ['6', 23, 1],
    'TCP destination port': ['502', 36, 2],
    'TCP sequence': ['7', 38, 4],
    'TCP flags': ['ACK', 47, 1],
    'modbus object': ['coil/107', 54, 12],
  };
  for (const [name, [value, offset, length]] of Object.entries(places)) {
    const found = fields.find(([known]) => known === name)?.[1];
    assert.deepEqual([found?.value, found?.offset, found?.length], [value, offset, length], name);
  }
});

test('packets without ports, payloads that nobody knows and damage are shown too', () => {
  assert.match(view(arp({ mac: macs.plant, address: '10.0.0.1', target: '10.0.0.2' })).summary, /^00:1b:1b:00:00:01 > ff:ff:ff:ff:ff:ff arp /);
  assert.deepEqual(view(ethernet(ipv4(udp('??'), { protocol: 17 }))).layers.at(-1), {
    name: 'Payload',
    fields: [{ name: 'bytes', value: '2 bytes', offset: 42, length: 2 }],
  });
  assert.equal(view(request.subarray(0, 10)).layers.at(-1)?.name, 'Malformed');
});

test('no packet makes it throw or point outside', () => {
  const seed = 3;
  const random = createRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const packet = request.slice(0, random.below(request.length + 1));
    for (let change = random.below(4); change > 0 && packet.length > 0; change -= 1) packet[random.below(packet.length)] = random.below(256);
    for (const layer of view(packet).layers) {
      for (const field of layer.fields)
        assert.ok(
          field.offset >= 0 && field.length >= 0 && field.offset + field.length <= packet.length,
          `seed ${seed}, round ${round}, ${layer.name} ${field.name}`,
        );
    }
  }
});
