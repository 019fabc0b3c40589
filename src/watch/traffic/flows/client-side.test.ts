// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOf, datagram, ethernet, flag, hexBytes, ipv4, segment } from '../fixtures/packets.ts';
import { lineProtocol } from '../fixtures/protocols.ts';
import { createTraffic } from '../traffic.ts';

/** The client of the first packet's flow. */
function clientOf(packet: Uint8Array): string {
  const traffic = createTraffic({ protocols: [lineProtocol({ name: 'line', mark: 'LINE', ports: [50_200] })] });
  traffic.observe(batchOf([packet]));
  const { clientAddress, clientPort } = traffic.flows.read(0);
  return clientPort === null ? clientAddress : `${clientAddress}:${clientPort}`;
}
const icmp = (type: number): Uint8Array => ethernet(ipv4(hexBytes(`${type.toString(16).padStart(2, '0')}00000000010001`), { protocol: 1 }));

const cases: readonly (readonly [string, Uint8Array, string])[] = [
  ['the sender of a SYN, whatever the ports', segment('', { clientPort: 500, serverPort: 40_000, flags: flag.syn }), '10.0.0.2:500'],
  ['the receiver of a SYN and ACK', segment('', { reverse: true, flags: flag.syn | flag.ack }), '10.0.0.2:40000'],
  ['in the middle: the side whose port is none of a protocol', segment('x', { reverse: true, clientPort: 1000, serverPort: 50_200 }), '10.0.0.2:1000'],
  ['in the middle: the side without the well-known port', segment('x', { reverse: true, clientPort: 2000, serverPort: 22 }), '10.0.0.2:2000'],
  ['in the middle: the side with the ephemeral port', segment('x', { reverse: true, clientPort: 51_000, serverPort: 8080 }), '10.0.0.2:51000'],
  ['in the middle of TCP: the higher of two like ports', segment('x', { reverse: true, clientPort: 3001, serverPort: 3000 }), '10.0.0.2:3001'],
  ['with equal ports: who speaks first', segment('x', { clientPort: 502, serverPort: 502 }), '10.0.0.2:502'],
  ['UDP between like ports: who speaks first', datagram('x', { fromPort: 3000, toPort: 3001 }), '10.0.0.2:3000'],
  ['DHCP: port 68', datagram('x', { from: '10.0.0.1', to: '10.0.0.9', fromPort: 67, toPort: 68 }), '10.0.0.1:67'],
  ['the sender to a group', datagram('x', { to: '224.0.0.251', fromPort: 80, toPort: 5353 }), '10.0.0.2:80'],
  ['the sender of an echo request', icmp(8), '10.0.0.2'],
  ['the receiver of an echo reply', icmp(0), '10.0.0.1'],
];
for (const [name, packet, client] of cases) {
  test(`the client is ${name}`, () => assert.equal(clientOf(packet), client));
}
