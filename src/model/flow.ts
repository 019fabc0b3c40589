// SPDX-License-Identifier: Apache-2.0
import { integer, nullable, number, object, oneOf, type Static, text } from '../base/schema.ts';

export const transports = ['tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'ip', 'ethernet'] as const;
export type Transport = (typeof transports)[number];

/** A conversation between a client and a server: `shinrai flows --json`. Bytes are frame lengths on the wire. */
export const Flow = object('Flow', {
  clientAddress: text({ description: 'IP address, or MAC address where there is no IP.' }),
  clientPort: nullable(integer({ minimum: 0, maximum: 65535 })),
  serverAddress: text(),
  serverPort: nullable(integer({ minimum: 0, maximum: 65535 })),
  transport: oneOf(transports),
  protocol: text({ description: 'Application protocol by content, or "unknown".' }),
  packets: integer(),
  bytes: integer(),
  clientPackets: integer(),
  clientBytes: integer(),
  serverPackets: integer(),
  serverBytes: integer(),
  firstMs: number(),
  lastMs: number(),
  communityId: text({ description: 'Community ID 1.0, seed 0; "" for conversations that it does not define.' }),
});
export type Flow = Static<typeof Flow>;

/**
 * All conversations since the start, by row. Rows keep their number while the conversation lives; `read` allocates, the others do not.
 */
export interface FlowTable {
  readonly count: number;
  read(flow: number): Flow;
  /** `10.0.0.5 > 10.0.0.9 modbus`-like parts without allocating a whole Flow. Addresses are interned strings. */
  clientAddress(flow: number): string;
  serverAddress(flow: number): string;
  serverPort(flow: number): number;
  transport(flow: number): Transport;
  /** Packets of both directions so far, and times of the first and the last. */
  packets(flow: number): number;
  firstMs(flow: number): number;
  lastMs(flow: number): number;
  /** Service name: the protocol found by content, else `tcp/502`, `udp/9999`, `ethernet/0x88cc`. */
  service(flow: number): string;
  /** True when the server side is a multicast or broadcast address. */
  isMulticast(flow: number): boolean;
  /** Numbers of the flow's packets in order, where keeping them was asked for; at most `packetsKeptMax` of them. */
  packetNumbers(flow: number): readonly number[];
}

/** An address seen behind a hardware address: the first sighting of the pair. */
export interface Binding {
  readonly address: string;
  readonly mac: string;
  readonly vlan: number;
  readonly packet: number;
  readonly atMs: number;
  readonly flow: number;
  /** From a claim (ARP sender, DHCP acknowledgement) rather than from a packet's source. */
  readonly isClaim: boolean;
}

/** What the traffic of one batch of packets brought, beside the messages. Reused between batches. */
export interface Sightings {
  /** Rows of flows that were opened in this batch. */
  readonly opened: readonly number[];
  /** Rows of flows whose service was recognised (or corrected) by content in this batch. */
  readonly identified: readonly number[];
  readonly bindings: readonly Binding[];
}
