// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import type { Binding, Sightings } from '../../model/flow.ts';
import { MessageBatch } from '../../model/message.ts';
import type { PacketBatch } from '../../model/packet.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import { Bindings } from './bindings.ts';
import { readCounters, type TrafficCounters } from './counters.ts';
import { isGroupAddress } from './flows/address-text.ts';
import { clientGuess, guessClient } from './flows/client-side.ts';
import { appState, flowBit } from './flows/flow-columns.ts';
import { FlowKey, family, keyFrame, keyIp } from './flows/flow-key.ts';
import { FlowRows } from './flows/flow-table.ts';
import { Claim, readArpClaim, readDhcpClaim } from './headers/claims.ts';
import { type FragmentLimits, Fragments } from './headers/fragments.ts';
import { Frame, fault, frameFaults, read16, read32 } from './headers/frame.ts';
import { enterOverlay } from './headers/ip-header.ts';
import { decodeFrame } from './headers/link-header.ts';
import { decodeTransport, Segment, tcpFlag, transport } from './headers/transport-header.ts';
import { DeviceNames } from './names.ts';
import { Dissection } from './streams/dissection.ts';
import { Reassembly, type ReassemblyLimits } from './streams/reassembly.ts';
import { UnaddressedSenders } from './unaddressed.ts';

export interface TrafficOptions {
  readonly protocols: readonly Protocol[];
  /** Keep the numbers of each flow's packets for `flows.packetNumbers`. */
  readonly keepPackets?: boolean;
  /** A flow that was silent for longer goes on as a new one; by default a flow is a conversation, however long it pauses. */
  readonly splitIdleMs?: number;
  /** Flows at the same time; beyond that the longest idle make room (counted). */
  readonly flowsMax?: number;
  /** Give an `unknown` message for payloads that no protocol recognises: each datagram, and the first of each stream direction. */
  readonly unknownMessages?: boolean;
  readonly limits?: Partial<TrafficLimits>;
}

export interface TrafficLimits {
  readonly bindingsMax: number;
  readonly fragments: FragmentLimits;
  readonly reassembly: ReassemblyLimits;
}

/** From packets to flows, messages, bindings. One at a time: not to be called again from within. */
export interface Traffic {
  /** Takes the packets in. Afterwards `messages` and `sightings` hold what this batch brought, until the next call. Never throws for what is in a packet. */
  observe(batch: PacketBatch): void;
  /** The packets have ended: delivers what still waited for missing segments; `messages` and `sightings` hold only that. */
  finish(): void;
  readonly messages: MessageBatch;
  readonly sightings: Sightings;
  readonly flows: FlowRows;
  /** Names that devices gave themselves. */
  readonly names: DeviceNames;
  /** Every binding seen so far, in order of first sight. */
  readonly bindings: readonly Binding[];
  /** Who sent packets without an IP address of its own. */
  readonly unaddressed: UnaddressedSenders;
  counters(): TrafficCounters;
}

const flowsMaxDefault = 1_048_576;
const bindingsMaxDefault = 262_144;
/** What is remembered of a silent conversation (decoder, pending bytes) is let go after this time; its flow and service stay. */
const streamIdleMs = 600_000;
const datagramIdleMs = 30_000;
const packetsPerLook = 4;
/** VXLAN, VXLAN-GPE, Geneve. */
const overlayPorts: ReadonlySet<number> = new Set([4789, 4790, 6081]);

/**
 * Traffic that has seen nothing yet. Memory is bounded by the options: about 130 bytes a flow up to `flowsMax` (150 MB at the default of
 * 1,048,576), 64 MiB for what waits in conversations, 128 MiB for packet numbers where they are kept.
 */
export function createTraffic(options: TrafficOptions): Traffic {
  return new TrafficLine(options);
}

class TrafficLine implements Traffic {
  readonly messages = new MessageBatch();
  readonly flows: FlowRows;
  readonly names = new DeviceNames();
  readonly unaddressed = new UnaddressedSenders();
  readonly sightings: { readonly opened: number[]; readonly identified: number[]; readonly bindings: Binding[] };
  readonly #dissection: Dissection;
  readonly #reassembly: Reassembly;
  readonly #fragments: Fragments;
  readonly #bindings: Bindings;
  readonly #frame = new Frame();
  readonly #segment = new Segment();
  readonly #key = new FlowKey();
  readonly #claim = new Claim();
  readonly #seed = randomInt(2 ** 31);
  readonly #splitIdleMs: number;
  readonly #tellUnknown: boolean;
  readonly #faults = new Float64Array(frameFaults.length);
  #packets = 0;
  #bytes = 0;
  #truncated = 0;
  #outsideFlows = 0;
  #sweepRow = 0;

  constructor(options: TrafficOptions) {
    const { protocols, limits } = options;
    this.#tellUnknown = options.unknownMessages ?? false;
    this.flows = new FlowRows({
      flowsMax: options.flowsMax ?? flowsMaxDefault,
      keepPackets: options.keepPackets ?? false,
      protocolNames: protocols.map((protocol) => protocol.name),
      onEvict: (row) => {
        this.#dissection.release(row);
        this.unaddressed.release(row);
      },
    });
    this.#dissection = new Dissection({ protocols, flows: this.flows, out: this.messages, tellUnknown: this.#tellUnknown });
    this.#reassembly = new Reassembly(this.flows.columns, this.#dissection, limits?.reassembly);
    this.#fragments = new Fragments(limits?.fragments);
    this.#bindings = new Bindings(limits?.bindingsMax ?? bindingsMaxDefault);
    this.sightings = { opened: [], identified: this.#dissection.identified, bindings: [] };
    this.#splitIdleMs = options.splitIdleMs ?? Number.POSITIVE_INFINITY;
  }

  get bindings(): readonly Binding[] {
    return this.#bindings.all;
  }

  observe(batch: PacketBatch): void {
    this.#reset();
    const frame = this.#frame;
    const { bytes, start, captured, wire, atMs, linkType, firstNumber, count } = batch;
    for (let index = 0; index < count; index += 1) {
      // `as number`: rows below `count` are filled.
      const capturedBytes = captured[index] as number;
      const wireBytes = wire[index] as number;
      decodeFrame(frame, bytes, start[index] as number, capturedBytes, wireBytes, linkType[index] as number);
      this.#packets += 1;
      this.#bytes += wireBytes;
      if (capturedBytes < wireBytes) this.#truncated += 1;
      if (frame.family !== 0) this.#observeIp(bytes, wireBytes, firstNumber + index, atMs[index] as number);
      else this.#observeFrame(bytes, wireBytes, firstNumber + index, atMs[index] as number);
    }
    this.names.note(this.messages, this.flows);
    if (count > 0) this.#sweep(count, atMs[count - 1] as number);
  }

  finish(): void {
    this.#reset();
    this.#reassembly.flush();
  }

  counters(): TrafficCounters {
    return readCounters({
      packets: this.#packets,
      bytes: this.#bytes,
      truncated: this.#truncated,
      outsideFlows: this.#outsideFlows,
      faults: this.#faults,
      flows: this.flows,
      dissection: this.#dissection,
      reassembly: this.#reassembly,
      fragments: this.#fragments,
      bindings: this.#bindings,
      unaddressed: this.unaddressed,
    });
  }

  #reset(): void {
    this.messages.reset();
    this.sightings.opened.length = 0;
    this.sightings.identified.length = 0;
    this.sightings.bindings.length = 0;
  }

  #observeIp(bytes: Uint8Array, wireBytes: number, packet: number, atMs: number): void {
    const frame = this.#frame;
    const segment = this.#segment;
    let carried = bytes;
    let isPiece = false;
    if (frame.isFragment) {
      const whole = this.#fragments.add(frame, bytes, atMs);
      isPiece = whole === undefined;
      carried = whole ?? bytes;
      const size = whole?.length ?? 0;
      // A piece has no ports of its own to rely on: it counts for the pair of addresses; the one that completes the datagram for the conversation.
      decodeTransport(segment, carried, isPiece ? -1 : frame.ipProtocol, 0, size, size);
    } else decodeTransport(segment, bytes, frame.ipProtocol, frame.carriedStart, frame.carriedEnd, frame.carriedWireEnd);
    if (segment.isMalformed && frame.fault === fault.none) frame.fault = fault.transport;
    if (frame.fault !== fault.none) this.#countFault();
    const key = this.#key;
    keyIp(key, frame, segment, bytes, isPiece, this.#seed);
    const columns = this.flows.columns;
    let row = this.flows.find(key);
    if (row < 0) row = this.#open(bytes, atMs);
    else if (atMs - (columns.lastMs[row] as number) > this.#splitIdleMs) row = this.#splitIdle(row, atMs);
    if (segment.transport === transport.tcp) row = this.#followTcp(row, atMs, bytes);
    this.#count(row, wireBytes, packet, atMs);
    if (frame.macSource >= 0) this.#noteSource(row, bytes, wireBytes, packet, atMs);
    const app = columns.app[row];
    if (segment.transport === transport.udp && overlayPorts.has(segment.destinationPort)) this.#observeOverlay(carried, wireBytes, packet, atMs);
    else if (app !== appState.unknown || this.#tellUnknown) this.#dissect(row, carried, packet, atMs);
  }

  #dissect(row: number, carried: Uint8Array, packet: number, atMs: number): void {
    const segment = this.#segment;
    const key = this.#key;
    if (segment.transport === transport.tcp) {
      this.#reassembly.take(row, key.side, segment, carried, packet, atMs);
      if ((segment.flags & tcpFlag.fin) !== 0) this.#close(row, key.side);
    } else if (segment.transport === transport.udp && segment.payloadEnd > segment.payloadStart) {
      if (segment.sourcePort === 67 && readDhcpClaim(this.#claim, carried, segment.payloadStart, segment.payloadEnd)) this.#noteClaim(row, packet, atMs);
      this.#dissection.datagram('datagram', row, key.side, carried, segment.payloadStart, segment.payloadEnd, packet, atMs);
    }
  }

  /** A reset does not close: anyone can forge one, and what follows it must still be read. Nor does data after FIN go unread. */
  #close(row: number, side: number): void {
    this.#setBits(row, flowBit.finA << side);
    const both = flowBit.finA | flowBit.finB;
    if (((this.flows.columns.state[row] as number) & both) === both) this.#dissection.close(row);
  }

  /** The packet inside a tunnel counts for its own conversation, beside that of the tunnel (as tshark counts it). */
  #observeOverlay(carried: Uint8Array, wireBytes: number, packet: number, atMs: number): void {
    const { destinationPort, payloadStart, payloadEnd, missingBytes } = this.#segment;
    const isInside = enterOverlay(this.#frame, carried, destinationPort, payloadStart, payloadEnd, payloadEnd + missingBytes);
    if (isInside) this.#observeIp(carried, wireBytes, packet, atMs);
  }

  #observeFrame(bytes: Uint8Array, wireBytes: number, packet: number, atMs: number): void {
    const frame = this.#frame;
    if (frame.fault !== fault.none) this.#countFault();
    if (frame.macSource < 0) {
      this.#outsideFlows += 1;
      return;
    }
    const key = this.#key;
    keyFrame(key, frame, bytes, this.#seed);
    this.#segment.transport = transport.ethernet;
    let row = this.flows.find(key);
    if (row < 0) row = this.#open(bytes, atMs);
    else if (atMs - (this.flows.columns.lastMs[row] as number) > this.#splitIdleMs) row = this.#splitIdle(row, atMs);
    this.#count(row, wireBytes, packet, atMs);
    if (frame.etherType === 0x0806 && readArpClaim(this.#claim, bytes, frame.linkStart, frame.linkEnd)) this.#noteClaim(row, packet, atMs);
    if (frame.linkEnd > frame.linkStart) this.#dissection.datagram('frame', row, key.side, bytes, frame.linkStart, frame.linkEnd, packet, atMs);
  }

  #countFault(): void {
    this.#faults[this.#frame.fault] = (this.#faults[this.#frame.fault] as number) + 1; // a fault has a counter
  }

  #open(bytes: Uint8Array, atMs: number): number {
    const guess = guessClient(this.#key, this.#segment, this.#dissection.recogniser.serverPorts);
    const isReceiver = guess === clientGuess.receiver || guess === clientGuess.receiverFirm;
    const clientSide = isReceiver ? 1 - this.#key.side : this.#key.side;
    const row = this.flows.open(this.#key, atMs, clientSide === 1, guess >= clientGuess.senderFirm);
    const { macDestination } = this.#frame;
    if (macDestination >= 0 && ((bytes[macDestination] as number) & 1) === 1) this.#setBits(row, flowBit.toGroup); // inside: decodeFrame checked
    this.sightings.opened.push(row);
    return row;
  }

  /** The conversation goes on in a new row: client, sequence numbers, service and decoder go with it. */
  #splitIdle(row: number, atMs: number): number {
    const columns = this.flows.columns;
    const state = columns.state[row] as number;
    const app = columns.app[row] as number;
    const service = columns.service[row] as number;
    const tries = columns.tries[row] as number;
    const sequences = [columns.baseSequence[row * 2], columns.baseSequence[row * 2 + 1], columns.nextSequence[row * 2], columns.nextSequence[row * 2 + 1]];
    const conversation = this.#dissection.conversations[row];
    this.#dissection.conversations[row] = undefined;
    const next = this.flows.open(this.#key, atMs, false, false);
    columns.state[next] = state & ~(flowBit.replaced | flowBit.saidA | flowBit.saidB);
    columns.app[next] = app;
    columns.service[next] = service;
    columns.tries[next] = tries;
    columns.baseSequence.set(sequences.slice(0, 2) as number[], next * 2); // four numbers of the row
    columns.nextSequence.set(sequences.slice(2) as number[], next * 2);
    if (conversation !== undefined) this.#dissection.adopt(next, conversation);
    this.sightings.opened.push(next);
    if (service !== 0) this.sightings.identified.push(next);
    return next;
  }

  /**
   * Finds where one TCP conversation ends and the next between the same ports begins, as tshark 4.0 numbers its streams: at a SYN whose
   * number is not the one its sender began with, or that comes after FIN or RST.
   */
  #followTcp(row: number, atMs: number, bytes: Uint8Array): number {
    const columns = this.flows.columns;
    const segment = this.#segment;
    const side = this.#key.side;
    const flags = segment.flags;
    const ownBit = flowBit.baseA << side;
    const otherBit = flowBit.baseB >> side;
    let state = columns.state[row] as number;
    let at = row;
    if ((flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn && (state & ownBit) !== 0) {
      if (segment.sequence !== columns.baseSequence[row * 2 + side] || (state & flowBit.ended) !== 0) {
        at = this.#open(bytes, atMs);
        state = columns.state[at] as number;
      }
    }
    const known = flowBit.baseA | flowBit.baseB;
    if ((state & known) === known && (flags & (tcpFlag.fin | tcpFlag.rst)) === 0) return at;
    if ((state & ownBit) === 0) {
      columns.baseSequence[at * 2 + side] = (flags & tcpFlag.syn) !== 0 ? segment.sequence : (segment.sequence - 1) | 0;
      state |= ownBit;
    }
    if ((state & otherBit) === 0 && (flags & tcpFlag.ack) !== 0) {
      columns.baseSequence[at * 2 + 1 - side] = (segment.acknowledged - 1) | 0;
      state |= otherBit;
    }
    if ((flags & (tcpFlag.fin | tcpFlag.rst)) !== 0) state |= flowBit.ended;
    columns.state[at] = state;
    return at;
  }

  #count(row: number, wireBytes: number, packet: number, atMs: number): void {
    const columns = this.flows.columns;
    const at = row * 2 + this.#key.side;
    // `as number`: the row is within its columns.
    columns.packets[at] = (columns.packets[at] as number) + 1;
    columns.bytes[at] = (columns.bytes[at] as number) + wireBytes;
    if (atMs > (columns.lastMs[row] as number)) columns.lastMs[row] = atMs;
    else if (atMs < (columns.firstMs[row] as number)) columns.firstMs[row] = atMs;
    this.flows.packetsKept?.add(row, packet);
  }

  /** Checks the pair of source address and hardware address only when it differs from the flow's last one. */
  #noteSource(row: number, bytes: Uint8Array, wireBytes: number, packet: number, atMs: number): void {
    const frame = this.#frame;
    const side = this.#key.side;
    const columns = this.flows.columns;
    const high = read32(bytes, frame.macSource);
    const low = read16(bytes, frame.macSource + 4) | (frame.vlan << 16);
    const key = this.#key;
    const isUnset = side === 0 ? (key.a0 | key.a1 | key.a2 | key.a3) === 0 : (key.b0 | key.b1 | key.b2 | key.b3) === 0;
    // In a tunnel the hardware address belongs to the outer packet.
    if (isUnset && frame.depth === 0) this.unaddressed.note(row, high, low, wireBytes, atMs);
    const at = row * 4 + side * 2;
    if (columns.macs[at] === high && columns.macs[at + 1] === low) return;
    columns.macs[at] = high;
    columns.macs[at + 1] = low;
    if (isUnset || frame.depth > 0) return;
    const place = row * 8 + side * 4;
    const kind = this.flows.family(row);
    if (isGroupAddress(kind, columns.addresses[place] as number)) return;
    this.#noteBinding(columns.addresses, place, kind, high, low & 0xffff, false, row, packet, atMs);
  }

  #noteClaim(row: number, packet: number, atMs: number): void {
    const { words, macHigh, macLow } = this.#claim;
    this.#noteBinding(words, 0, family.ipv4, macHigh, macLow, true, row, packet, atMs);
  }

  #noteBinding(words: Int32Array, at: number, kind: number, high: number, low: number, isClaim: boolean, row: number, packet: number, atMs: number): void {
    const binding = this.#bindings.note(words, at, kind, high, low, this.#frame.vlan, isClaim, packet, atMs, row);
    if (binding !== undefined) this.sightings.bindings.push(binding);
  }

  #setBits(row: number, bits: number): void {
    this.flows.columns.state[row] = (this.flows.columns.state[row] as number) | bits;
  }

  /** Lets go of what is remembered of silent conversations: so many packets that come pay for a look at one row. */
  #sweep(packets: number, atMs: number): void {
    const { columns, count } = this.flows;
    const steps = Math.min(Math.ceil(packets / packetsPerLook), count);
    for (let step = 0; step < steps; step += 1) {
      this.#sweepRow = this.#sweepRow + 1 >= count ? 0 : this.#sweepRow + 1;
      const row = this.#sweepRow;
      if (this.#dissection.conversations[row] === undefined) continue;
      const idleMs = this.flows.transportCode(row) === transport.tcp ? streamIdleMs : datagramIdleMs;
      if (atMs - (columns.lastMs[row] as number) > idleMs) this.#dissection.release(row);
    }
  }
}
