// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../base/random.ts';
import { type TcpSegment, tcpFlags } from './frames.ts';
import type { Schedule } from './schedule.ts';
import { TcpConnection, type TcpEndpoints, type TcpListener, tcpLimits } from './tcp-connection.ts';

const { ack, fin, rst, syn } = tcpFlags;
const empty = new Uint8Array(0);
const ephemeral = { first: 49_152, count: 16_384 } as const; // RFC 6335, section 6

/** What the stack needs of its host. */
export interface TcpHost {
  readonly schedule: Schedule;
  readonly random: Random;
  emitTcp(destination: number, segment: TcpSegment): void;
}

/** What a server says to a new connection; returning undefined refuses it with a reset. */
export type Accept = (connection: TcpConnection) => TcpListener | undefined;

/** Answer to a half-open probe: what a port scan learns. */
export type ProbeResult = 'open' | 'closed' | 'silent';

/** All TCP of one host. */
export class TcpStack {
  private readonly host: TcpHost;
  private readonly servers = new Map<number, Accept>();
  private readonly connections = new Map<string, TcpConnection>();
  private readonly probes = new Map<string, (isOpen: boolean) => void>();
  private nextPort: number;

  constructor(host: TcpHost) {
    this.host = host;
    this.nextPort = host.random.below(ephemeral.count);
  }

  listen(port: number, accept: Accept): void {
    this.servers.set(port, accept);
  }

  connect(remoteAddress: number, remotePort: number, listener: TcpListener): TcpConnection {
    const connection = this.open({ localPort: this.takePort(), remoteAddress, remotePort }, undefined);
    connection.listener = listener;
    return connection;
  }

  /**
   * Asks whether a port is open without opening a connection (SYN scan): an answer from an open port is met with a reset.
   * Returns the local port; `tell` is called once, after at most `timeoutMs`.
   */
  probe(remoteAddress: number, remotePort: number, timeoutMs: number, tell: (result: ProbeResult) => void): number {
    const localPort = this.takePort();
    const key = keyOf({ localPort, remoteAddress, remotePort });
    const end = (result: ProbeResult): void => {
      if (!this.probes.delete(key)) return;
      this.host.schedule.cancel(timer);
      tell(result);
    };
    const timer = this.host.schedule.after(timeoutMs, () => end('silent'));
    this.probes.set(key, (isOpen) => end(isOpen ? 'open' : 'closed'));
    const blank = { acknowledgement: 0, window: 1024, mss: tcpLimits.mssBytes, payload: empty };
    const sequence = this.host.random.below(0x1_0000_0000);
    this.host.emitTcp(remoteAddress, { ...blank, sourcePort: localPort, destinationPort: remotePort, sequence, flags: syn });
    return localPort;
  }

  receive(source: number, segment: TcpSegment): void {
    const endpoints = { localPort: segment.destinationPort, remoteAddress: source, remotePort: segment.sourcePort };
    const key = keyOf(endpoints);
    const connection = this.connections.get(key);
    if (connection !== undefined) {
      connection.receive(segment);
      return;
    }
    const probe = this.probes.get(key);
    if (probe !== undefined) {
      const isOpen = (segment.flags & (syn | ack)) === (syn | ack);
      if (isOpen) this.refuse(source, segment);
      probe(isOpen);
      return;
    }
    const accept = this.servers.get(segment.destinationPort);
    if ((segment.flags & (syn | ack | rst)) !== syn || accept === undefined) {
      this.refuse(source, segment);
      return;
    }
    const accepted = this.open(endpoints, segment);
    const listener = accept(accepted);
    if (listener === undefined) accepted.abort();
    else accepted.listener = listener;
  }

  /** Every connection ends without a packet (power off, cable out). */
  vanish(): void {
    for (const connection of [...this.connections.values()]) connection.vanish();
    this.probes.clear();
  }

  /** Every connection is reset (communication restarts). */
  abortAll(): void {
    for (const connection of [...this.connections.values()]) connection.abort();
  }

  private open(endpoints: TcpEndpoints, request: TcpSegment | undefined): TcpConnection {
    const key = keyOf(endpoints);
    const connection = new TcpConnection(
      {
        schedule: this.host.schedule,
        emit: (segment) => this.host.emitTcp(endpoints.remoteAddress, segment),
        release: () => this.connections.delete(key),
      },
      endpoints,
      this.host.random.below(0x1_0000_0000),
      request,
    );
    this.connections.set(key, connection);
    return connection;
  }

  /** Answers a segment that belongs to nothing with a reset. Source: RFC 9293, section 3.5.2, group 1. */
  private refuse(source: number, segment: TcpSegment): void {
    if ((segment.flags & rst) !== 0) return;
    const isAck = (segment.flags & ack) !== 0;
    const lengthBytes = segment.payload.length + ((segment.flags & (syn | fin)) === 0 ? 0 : 1);
    this.host.emitTcp(source, {
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      sequence: isAck ? segment.acknowledgement : 0,
      acknowledgement: isAck ? 0 : (segment.sequence + lengthBytes) >>> 0,
      flags: isAck ? rst : rst | ack,
      window: 0,
      mss: undefined,
      payload: empty,
    });
  }

  private takePort(): number {
    this.nextPort = (this.nextPort + 1) % ephemeral.count;
    return ephemeral.first + this.nextPort;
  }
}

function keyOf(endpoints: TcpEndpoints): string {
  return `${endpoints.localPort} ${endpoints.remoteAddress} ${endpoints.remotePort}`;
}
