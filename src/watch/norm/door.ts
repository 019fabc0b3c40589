// SPDX-License-Identifier: Apache-2.0
import type { ConversationFeature } from '../../model/feature.ts';
import type { Flow, Transport } from '../../model/flow.ts';

/** Below this a port is one that servers are reached at; from it on both sides' ports are chance. Source: RFC 6335, section 6. */
const ephemeralPortMin = 49_152;

/** Where a server is reached, known from the first packet on: `tcp/502`, `udp/ephemeral`, or the service itself below TCP, UDP and SCTP. */
export function doorOf(transport: Transport, serverPort: number, service: string): string {
  if (transport !== 'tcp' && transport !== 'udp' && transport !== 'sctp') return service;
  return serverPort >= ephemeralPortMin ? `${transport}/ephemeral` : `${transport}/${serverPort}`;
}

/** Each device has its own multicast group for being asked its address: they are one. Source: RFC 4291, section 2.7.1. */
export function collapseServer(address: string): string {
  return address.startsWith('ff02::1:ff') ? 'ff02::1:ff00:0/104' : address;
}

/** A conversation as a feature, to ask a detector whether the norm holds it; it stands for no packet. */
export function featureOfFlow(flow: Flow, service: string): ConversationFeature {
  const door = doorOf(flow.transport, flow.serverPort ?? 0, service);
  const isRecognised = flow.protocol !== 'unknown';
  return {
    kind: 'conversation',
    packet: 0,
    atMs: flow.firstMs,
    lastMs: flow.lastMs,
    count: 1,
    flow: -1,
    client: flow.clientAddress,
    server: collapseServer(flow.serverAddress),
    service: isRecognised ? service : door,
    door,
    isMulticast: false,
  };
}
