// SPDX-License-Identifier: Apache-2.0
import type { FlowKey } from './flow-key.ts';

/** Bits of {@link FlowColumns.state}. */
export const flowBit = {
  /** The client is endpoint b of the key. */
  clientIsB: 1,
  /** Who the client is stands firm (handshake seen): content may not turn it round. */
  clientIsFirm: 2,
  /** First sequence number of a, of b is known (also guessed from an acknowledgement, as tshark does). */
  baseA: 4,
  baseB: 8,
  /** Next expected sequence number of a, of b is known. */
  nextA: 16,
  nextB: 32,
  /** FIN or RST was seen: a SYN opens a new conversation. */
  ended: 64,
  /** The row's key now belongs to a newer conversation (port reuse, idle split): the index does not lead here. */
  replaced: 128,
  finA: 256,
  finB: 512,
  /** The first packet went to a group hardware address (a subnet's broadcast cannot be told from the IP address alone). */
  toGroup: 1024,
  /** An `unknown` message was given for the first payload of a, of b. */
  saidA: 2048,
  saidB: 4096,
} as const;

/** How far the application protocol of a flow is known. */
export const appState = { undecided: 0, decoding: 1, unknown: 2 } as const;

/**
 * The flow table's columns: typed arrays that double when they are full, about 130 bytes a flow. Columns with two values a row hold
 * those of endpoint a at `row * 2` and of b at `row * 2 + 1`.
 */
export class FlowColumns {
  capacity = 0;
  addresses = new Int32Array(0); // 8 words a row: a0-a3, b0-b3
  hashes = new Int32Array(0);
  ports = new Int32Array(0);
  kinds = new Uint16Array(0);
  state = new Uint16Array(0);
  packets = new Uint32Array(0); // 2 a row, by sender
  bytes = new Float64Array(0); // 2 a row, by sender
  firstMs = new Float64Array(0);
  lastMs = new Float64Array(0);
  baseSequence = new Int32Array(0); // 2 a row
  nextSequence = new Int32Array(0); // 2 a row
  macs = new Int32Array(0); // 4 words a row: last hardware address and VLAN of a, of b
  service = new Uint16Array(0); // number in the list of protocols + 1; 0 = unknown
  app = new Uint8Array(0);
  tries = new Uint8Array(0);

  constructor(capacity: number) {
    this.grow(capacity);
  }

  grow(capacity: number): void {
    this.capacity = capacity;
    this.addresses = enlarge(this.addresses, new Int32Array(capacity * 8));
    this.hashes = enlarge(this.hashes, new Int32Array(capacity));
    this.ports = enlarge(this.ports, new Int32Array(capacity));
    this.kinds = enlarge(this.kinds, new Uint16Array(capacity));
    this.state = enlarge(this.state, new Uint16Array(capacity));
    this.packets = enlarge(this.packets, new Uint32Array(capacity * 2));
    this.bytes = enlarge(this.bytes, new Float64Array(capacity * 2));
    this.firstMs = enlarge(this.firstMs, new Float64Array(capacity));
    this.lastMs = enlarge(this.lastMs, new Float64Array(capacity));
    this.baseSequence = enlarge(this.baseSequence, new Int32Array(capacity * 2));
    this.nextSequence = enlarge(this.nextSequence, new Int32Array(capacity * 2));
    this.macs = enlarge(this.macs, new Int32Array(capacity * 4));
    this.service = enlarge(this.service, new Uint16Array(capacity));
    this.app = enlarge(this.app, new Uint8Array(capacity));
    this.tries = enlarge(this.tries, new Uint8Array(capacity));
  }

  /** Starts a row with the key and empty counters. */
  open(row: number, key: FlowKey, atMs: number): void {
    const at = row * 8;
    const addresses = this.addresses;
    addresses[at] = key.a0;
    addresses[at + 1] = key.a1;
    addresses[at + 2] = key.a2;
    addresses[at + 3] = key.a3;
    addresses[at + 4] = key.b0;
    addresses[at + 5] = key.b1;
    addresses[at + 6] = key.b2;
    addresses[at + 7] = key.b3;
    this.hashes[row] = key.hash;
    this.ports[row] = key.ports;
    this.kinds[row] = key.kind;
    this.state[row] = 0;
    this.packets[row * 2] = 0;
    this.packets[row * 2 + 1] = 0;
    this.bytes[row * 2] = 0;
    this.bytes[row * 2 + 1] = 0;
    this.firstMs[row] = atMs;
    this.lastMs[row] = atMs;
    // One by one: a call of fill costs more than it saves for four.
    this.macs[row * 4] = 0;
    this.macs[row * 4 + 1] = 0;
    this.macs[row * 4 + 2] = 0;
    this.macs[row * 4 + 3] = 0;
    this.service[row] = 0;
    this.app[row] = appState.undecided;
    this.tries[row] = 0;
  }

  /** Is this the row of the key? */
  holds(row: number, key: FlowKey): boolean {
    const at = row * 8;
    const addresses = this.addresses;
    return (
      addresses[at] === key.a0 &&
      addresses[at + 4] === key.b0 &&
      this.ports[row] === key.ports &&
      this.kinds[row] === key.kind &&
      addresses[at + 1] === key.a1 &&
      addresses[at + 5] === key.b1 &&
      addresses[at + 2] === key.a2 &&
      addresses[at + 6] === key.b2 &&
      addresses[at + 3] === key.a3 &&
      addresses[at + 7] === key.b3
    );
  }
}

function enlarge<T extends Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
