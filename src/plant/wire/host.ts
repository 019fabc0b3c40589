// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../base/random.ts';
import { broadcastAddress, broadcastMac } from './addresses.ts';
import type { FrameView } from './frame-view.ts';
import { type ArpFields, buildArp, buildTcp, buildUdp, type Ipv4Envelope, type TcpSegment } from './frames.ts';
import type { Schedule, Ticket } from './schedule.ts';
import { TcpStack } from './tcp-stack.ts';

const arpLimits = { confirmMs: 30_000, forgetMs: 60_000, retryMs: 1_000, triesMax: 3, waitingMax: 16 } as const;

/** A datagram as its receiver sees it. */
export interface Datagram {
  readonly source: number;
  readonly sourceMac: number;
  readonly sourcePort: number;
  readonly payload: Uint8Array;
}

interface Neighbour {
  mac: number | undefined;
  confirmedMs: number;
  tries: number;
  waiting: ((mac: number) => void)[];
  ticket: Ticket | undefined;
}

export interface HostOptions {
  readonly name: string;
  readonly mac: number;
  /** 0 until DHCP gives one. */
  readonly address: number;
  readonly ttl: number;
  readonly schedule: Schedule;
  readonly random: Random;
  /** Puts a frame on the cable to the switch. */
  readonly transmit: (frame: Uint8Array) => void;
}

/** A device with one interface in one flat IPv4 network: ARP, UDP, TCP. */
export class Host {
  readonly name: string;
  readonly mac: number;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly tcp: TcpStack;
  address: number;
  private readonly ttl: number;
  private readonly transmit: (frame: Uint8Array) => void;
  private readonly neighbours = new Map<number, Neighbour>();
  private readonly sockets = new Map<number, (datagram: Datagram) => void>();
  private identification: number;
  private nextUdpPort: number;

  constructor(options: HostOptions) {
    this.name = options.name;
    this.mac = options.mac;
    this.address = options.address;
    this.ttl = options.ttl;
    this.schedule = options.schedule;
    this.random = options.random;
    this.transmit = options.transmit;
    this.identification = options.random.below(0x10000);
    this.nextUdpPort = options.random.below(16_384);
    this.tcp = new TcpStack(this);
  }

  /** Receives datagrams on a port until {@link Host.unbind}. */
  bind(port: number, receive: (datagram: Datagram) => void): void {
    this.sockets.set(port, receive);
  }

  unbind(port: number): void {
    this.sockets.delete(port);
  }

  /** A port for one exchange, as resolvers take it. */
  takeUdpPort(): number {
    this.nextUdpPort = (this.nextUdpPort + 1) % 16_384;
    return 49_152 + this.nextUdpPort;
  }

  sendUdp(destination: number, sourcePort: number, destinationPort: number, payload: Uint8Array): void {
    this.resolve(destination, (mac) => this.sendUdpTo(mac, destination, sourcePort, destinationPort, payload));
  }

  /** Sends to a hardware address that is known from elsewhere (DHCP before the client has an address). */
  sendUdpTo(mac: number, destination: number, sourcePort: number, destinationPort: number, payload: Uint8Array): void {
    this.transmit(buildUdp(this.envelope(mac, destination), sourcePort, destinationPort, payload));
  }

  emitTcp(destination: number, segment: TcpSegment): void {
    this.resolve(destination, (mac) => this.transmit(buildTcp(this.envelope(mac, destination), segment)));
  }

  /** "This address is mine", to all. Source: RFC 5227, section 2.3. */
  announce(): void {
    this.sendArp(broadcastMac, { operation: 1, senderMac: this.mac, senderAddress: this.address, targetMac: 0, targetAddress: this.address });
  }

  /** Asks all who has an address; with `senderAddress` 0 it is a probe before an address is taken. Source: RFC 5227, section 2.1. */
  askWhoHas(targetAddress: number, senderAddress: number = this.address): void {
    this.sendArp(broadcastMac, { operation: 1, senderMac: this.mac, senderAddress, targetMac: 0, targetAddress });
  }

  /** Addresses with a known hardware address, in order of the address: what an ARP scan has found. */
  knownNeighbours(): readonly number[] {
    return [...this.neighbours].flatMap(([address, neighbour]) => (neighbour.mac === undefined ? [] : [address])).sort((a, b) => a - b);
  }

  /** Takes in the answers to own questions even without a packet waiting: what a scanner does. */
  expectNeighbour(address: number): void {
    this.neighbourOf(address);
  }

  forgetNeighbours(): void {
    for (const neighbour of this.neighbours.values()) this.schedule.cancel(neighbour.ticket);
    this.neighbours.clear();
  }

  receive(frame: FrameView): void {
    if (frame.arp !== undefined) {
      this.receiveArp(frame.arp);
      return;
    }
    if (frame.ipv4 === undefined) return;
    const { source, destination } = frame.ipv4;
    const isMine = destination === this.address || destination === broadcastAddress || this.address === 0;
    if (!isMine) return;
    if (frame.tcp !== undefined && destination === this.address) this.tcp.receive(source, frame.tcp);
    if (frame.udp === undefined) return;
    const { sourcePort, destinationPort, payload } = frame.udp;
    this.sockets.get(destinationPort)?.({ source, sourceMac: frame.sourceMac, sourcePort, payload });
  }

  private receiveArp(arp: ArpFields): void {
    const isForMe = arp.targetAddress === this.address && this.address !== 0;
    const known = this.neighbours.get(arp.senderAddress);
    if (arp.senderAddress !== 0 && (known !== undefined || isForMe)) this.learn(arp.senderAddress, arp.senderMac);
    if (!isForMe || arp.operation !== 1 || arp.senderAddress === this.address) return;
    const reply = { operation: 2, senderMac: this.mac, senderAddress: this.address, targetMac: arp.senderMac, targetAddress: arp.senderAddress };
    this.sendArp(arp.senderMac, reply);
  }

  private learn(address: number, mac: number): void {
    const neighbour = this.neighbourOf(address);
    neighbour.mac = mac;
    neighbour.confirmedMs = this.schedule.nowMs;
    neighbour.tries = 0;
    this.schedule.cancel(neighbour.ticket);
    neighbour.ticket = undefined;
    const { waiting } = neighbour;
    neighbour.waiting = [];
    for (const send of waiting) send(mac);
  }

  /** Calls `send` with the hardware address, at once or when it is known; drops it when nobody answers. */
  private resolve(address: number, send: (mac: number) => void): void {
    if (address === broadcastAddress) {
      send(broadcastMac);
      return;
    }
    const neighbour = this.neighbourOf(address);
    const ageMs = this.schedule.nowMs - neighbour.confirmedMs;
    if (neighbour.mac !== undefined && ageMs > arpLimits.forgetMs) neighbour.mac = undefined;
    if (neighbour.mac === undefined) {
      if (neighbour.waiting.length < arpLimits.waitingMax) neighbour.waiting.push(send);
      if (neighbour.ticket === undefined) this.ask(address, neighbour);
      return;
    }
    if (ageMs > arpLimits.confirmMs && neighbour.ticket === undefined) this.ask(address, neighbour);
    send(neighbour.mac);
  }

  /** Broadcast for an unknown neighbour, unicast to confirm a known one, as common systems do. */
  private ask(address: number, neighbour: Neighbour): void {
    neighbour.tries += 1;
    if (neighbour.tries > arpLimits.triesMax) {
      neighbour.tries = 0;
      neighbour.mac = undefined;
      neighbour.waiting = [];
      neighbour.ticket = undefined;
      return;
    }
    const request = { operation: 1, senderMac: this.mac, senderAddress: this.address, targetMac: neighbour.mac ?? 0, targetAddress: address };
    this.sendArp(neighbour.mac ?? broadcastMac, request);
    neighbour.ticket = this.schedule.after(arpLimits.retryMs, () => this.ask(address, neighbour));
  }

  private neighbourOf(address: number): Neighbour {
    let neighbour = this.neighbours.get(address);
    if (neighbour === undefined) {
      neighbour = { mac: undefined, confirmedMs: 0, tries: 0, waiting: [], ticket: undefined };
      this.neighbours.set(address, neighbour);
    }
    return neighbour;
  }

  private sendArp(destinationMac: number, arp: ArpFields): void {
    this.transmit(buildArp(destinationMac, this.mac, arp));
  }

  private envelope(destinationMac: number, destination: number): Ipv4Envelope {
    this.identification = (this.identification + 1) & 0xffff;
    return { sourceMac: this.mac, destinationMac, source: this.address, destination, ttl: this.ttl, identification: this.identification };
  }
}
