// SPDX-License-Identifier: Apache-2.0
import type { Flow, FlowTable, Transport } from '../../../model/flow.ts';
import { transport, transportNames } from '../headers/transport-header.ts';
import { endpointText, ipv4Text, isGroupAddress } from './address-text.ts';
import { communityId } from './community-id.ts';
import { FlowColumns, flowBit } from './flow-columns.ts';
import { FlowIndex } from './flow-index.ts';
import { type FlowKey, family, fragmentBit } from './flow-key.ts';
import { PacketNumbers } from './packet-numbers.ts';

/** Named limit: rows looked at to find one that has been idle for long, when the table is full. */
const evictionSample = 64;
/** Named limit: address texts that are kept once for all flows; beyond it all are made anew. */
const textsMax = 65_536;
const rowsAtStart = 1024;

/**
 * All conversations, by row. Rows are given in the order of first sight; when `flowsMax` rows are in use, a new flow takes the row of
 * the longest idle of {@link evictionSample} rows (counted in `evicted`): bounded memory under a flood of new flows.
 */
export class FlowRows implements FlowTable {
  readonly columns: FlowColumns;
  readonly packetsKept: PacketNumbers | undefined;
  count = 0;
  evicted = 0;
  readonly #index: FlowIndex;
  readonly #flowsMax: number;
  readonly #protocolNames: readonly string[];
  readonly #onEvict: (row: number) => void;
  readonly #texts: (string | undefined)[] = []; // 2 a row: client, server
  /** Addresses that many flows have: one text for all, by the word of an IPv4 address, else by the text itself. */
  readonly #interned = new Map<number | string, string>();
  #hand = 0;

  constructor(options: {
    readonly flowsMax: number;
    readonly keepPackets: boolean;
    /** Names by `service` number - 1. */
    readonly protocolNames: readonly string[];
    /** Called before a row is given to another flow. */
    readonly onEvict: (row: number) => void;
  }) {
    this.columns = new FlowColumns(Math.min(rowsAtStart, options.flowsMax));
    this.#index = new FlowIndex(this.columns, rowsAtStart * 2);
    this.#flowsMax = options.flowsMax;
    this.packetsKept = options.keepPackets ? new PacketNumbers() : undefined;
    this.#protocolNames = options.protocolNames;
    this.#onEvict = options.onEvict;
  }

  /** Row of the key's newest conversation, or -1. */
  find(key: FlowKey): number {
    return this.#index.find(key);
  }

  /** Opens a row for the key; from now on the key leads to it, and no longer to an older conversation of the same endpoints. */
  open(key: FlowKey, atMs: number, clientIsB: boolean, isFirm: boolean): number {
    const columns = this.columns;
    const row = this.#takeRow();
    columns.open(row, key, atMs);
    columns.state[row] = (clientIsB ? flowBit.clientIsB : 0) | (isFirm ? flowBit.clientIsFirm : 0);
    this.#texts[row * 2] = undefined;
    this.#texts[row * 2 + 1] = undefined;
    this.packetsKept?.open(row);
    const older = this.#index.put(key, row);
    if (older >= 0) columns.state[older] = (columns.state[older] as number) | flowBit.replaced; // rows are within their columns
    return row;
  }

  /** Content showed that the server is where the client was thought to be. */
  turnRound(row: number): void {
    this.columns.state[row] = (this.columns.state[row] as number) ^ flowBit.clientIsB;
    this.#texts[row * 2] = undefined;
    this.#texts[row * 2 + 1] = undefined;
  }

  #takeRow(): number {
    const columns = this.columns;
    if (this.count < this.#flowsMax) {
      if (this.count === columns.capacity) columns.grow(Math.min(columns.capacity * 2, this.#flowsMax));
      this.count += 1;
      return this.count - 1;
    }
    let oldest = this.#hand;
    for (let step = 0; step < evictionSample; step += 1) {
      this.#hand = this.#hand + 1 === this.count ? 0 : this.#hand + 1;
      if ((columns.lastMs[this.#hand] as number) < (columns.lastMs[oldest] as number)) oldest = this.#hand;
    }
    this.evicted += 1;
    this.#onEvict(oldest);
    this.#index.remove(columns.hashes[oldest] as number, oldest);
    return oldest;
  }

  /** 1 when endpoint b is the client, else 0: the side (index of the two-value columns) of the client. */
  clientSide(row: number): number {
    return (this.columns.state[row] as number) & flowBit.clientIsB;
  }

  transportCode(row: number): number {
    return (this.columns.kinds[row] as number) & 15;
  }

  /** Address family of the endpoints: 4, 6, or 0 for hardware addresses. */
  family(row: number): number {
    return ((this.columns.kinds[row] as number) >> 4) & 15;
  }

  transport(flow: number): Transport {
    return transportNames[this.transportCode(flow)] as Transport; // codes are indexes of the names
  }

  clientAddress(flow: number): string {
    return this.#texts[flow * 2] ?? this.#keepText(flow * 2, this.#addressOf(flow, this.clientSide(flow)));
  }

  serverAddress(flow: number): string {
    return this.#texts[flow * 2 + 1] ?? this.#keepText(flow * 2 + 1, this.#addressOf(flow, 1 - this.clientSide(flow)));
  }

  #keepText(place: number, address: string): string {
    this.#texts[place] = address;
    return address;
  }

  #addressOf(row: number, side: number): string {
    const { addresses } = this.columns;
    const at = row * 8 + side * 4;
    const kind = this.family(row);
    if (kind === family.ipv4) {
      const word = addresses[at] as number; // the row is within its columns
      return this.#interned.get(word) ?? this.#intern(word, ipv4Text(word));
    }
    const text = endpointText(kind, addresses, at);
    return this.#interned.get(text) ?? this.#intern(text, text);
  }

  #intern(key: number | string, text: string): string {
    if (this.#interned.size === textsMax) this.#interned.clear();
    this.#interned.set(key, text);
    return text;
  }

  portOf(row: number, side: number): number {
    const ports = this.columns.ports[row] as number;
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  clientPort(flow: number): number {
    return this.portOf(flow, this.clientSide(flow));
  }

  /** Port of the server; ICMP type, IP protocol number or EtherType for transports without ports. */
  serverPort(flow: number): number {
    const code = this.transportCode(flow);
    const ports = this.columns.ports[flow] as number;
    if (code === transport.ethernet || code === transport.ip) return ports;
    return this.portOf(flow, 1 - this.clientSide(flow));
  }

  /** The protocol found by content, or undefined. */
  protocol(flow: number): string | undefined {
    return this.#protocolNames[(this.columns.service[flow] as number) - 1];
  }

  service(flow: number): string {
    return this.protocol(flow) ?? this.#portName(flow);
  }

  #portName(flow: number): string {
    const name = this.transport(flow);
    const port = this.serverPort(flow);
    if (name === 'ethernet')
      return port < 0 ? name : port < 256 ? `ethernet/llc-0x${port.toString(16).padStart(2, '0')}` : `ethernet/0x${port.toString(16).padStart(4, '0')}`;
    if (name === 'ip') return ((this.columns.kinds[flow] as number) & fragmentBit) !== 0 ? `ip/${port}-fragment` : `ip/${port}`;
    return name === 'icmp' || name === 'icmp6' ? name : `${name}/${port}`;
  }

  isMulticast(flow: number): boolean {
    const state = this.columns.state[flow] as number;
    if ((state & flowBit.toGroup) !== 0) return true;
    const server = flow * 8 + (1 - this.clientSide(flow)) * 4;
    return isGroupAddress(this.family(flow), this.columns.addresses[server] as number);
  }

  /** Counters without the texts: for who walks over all flows. */
  totals(flow: number): {
    readonly packets: number;
    readonly bytes: number;
    readonly clientPackets: number;
    readonly serverPackets: number;
    readonly firstMs: number;
    readonly lastMs: number;
  } {
    const { packets, bytes, firstMs, lastMs } = this.columns;
    const client = flow * 2 + this.clientSide(flow);
    const clientPackets = packets[client] as number; // the row is within its columns
    const serverPackets = packets[flow * 4 + 1 - client] as number;
    return {
      packets: clientPackets + serverPackets,
      bytes: (bytes[flow * 2] as number) + (bytes[flow * 2 + 1] as number),
      clientPackets,
      serverPackets,
      firstMs: firstMs[flow] as number,
      lastMs: lastMs[flow] as number,
    };
  }

  packets(flow: number): number {
    // `as number`: the row is within its columns.
    return (this.columns.packets[flow * 2] as number) + (this.columns.packets[flow * 2 + 1] as number);
  }

  firstMs(flow: number): number {
    return this.columns.firstMs[flow] as number; // likewise
  }

  lastMs(flow: number): number {
    return this.columns.lastMs[flow] as number; // likewise
  }

  packetNumbers(flow: number): readonly number[] {
    return this.packetsKept?.read(flow) ?? [];
  }

  read(flow: number): Flow {
    const columns = this.columns;
    const client = flow * 2 + this.clientSide(flow);
    const server = flow * 2 + 1 - this.clientSide(flow);
    const code = this.transportCode(flow);
    const hasPorts = code === transport.tcp || code === transport.udp || code === transport.sctp;
    const clientPackets = columns.packets[client] as number;
    const serverPackets = columns.packets[server] as number;
    const clientBytes = columns.bytes[client] as number;
    const serverBytes = columns.bytes[server] as number;
    return {
      clientAddress: this.clientAddress(flow),
      clientPort: hasPorts ? this.clientPort(flow) : null,
      serverAddress: this.serverAddress(flow),
      serverPort: hasPorts ? this.serverPort(flow) : null,
      transport: this.transport(flow),
      protocol: this.protocol(flow) ?? 'unknown',
      packets: clientPackets + serverPackets,
      bytes: clientBytes + serverBytes,
      clientPackets,
      clientBytes,
      serverPackets,
      serverBytes,
      firstMs: columns.firstMs[flow] as number,
      lastMs: columns.lastMs[flow] as number,
      communityId: this.family(flow) === family.mac ? '' : communityId(columns, flow),
    };
  }
}
