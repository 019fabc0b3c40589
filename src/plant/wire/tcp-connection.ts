// SPDX-License-Identifier: Apache-2.0
import { assert } from '../../base/errors.ts';
import { type TcpSegment, tcpFlags } from './frames.ts';
import type { Schedule, Ticket } from './schedule.ts';

const { ack, fin, psh, rst, syn } = tcpFlags;
const empty = new Uint8Array(0);

export const tcpLimits = {
  mssBytes: 1460,
  windowBytes: 64_240,
  delayedAckMs: 40,
  synTimeoutMs: 1_000,
  retransmitMs: 200,
  synRetriesMax: 2,
  retransmitsMax: 5,
  keepAliveProbesMax: 3,
  keepAliveRetryMs: 2_000,
  /** Far below the two minutes of RFC 9293: ports are not used again within it here. */
  timeWaitMs: 2_000,
  initialWindowSegments: 10,
} as const;

export type CloseReason = 'closed' | 'reset' | 'timed-out';

/** What the owner of a connection hears; every part may be left out. */
export interface TcpListener {
  onOpen?(): void;
  /** Bytes in order. The owner copies what it wants to keep. */
  onReceive?(bytes: Uint8Array): void;
  /** The peer has sent everything; the owner may still write and then closes. */
  onEnd?(): void;
  /** Said exactly once; nothing follows. */
  onClose?(reason: CloseReason): void;
}

/** What a connection needs of its host. */
export interface TcpPath {
  readonly schedule: Schedule;
  emit(segment: TcpSegment): void;
  /** The connection is over: its ports are free. */
  release(): void;
}

type State = 'syn-sent' | 'syn-received' | 'established' | 'fin-wait-1' | 'fin-wait-2' | 'closing' | 'close-wait' | 'last-ack' | 'time-wait' | 'closed';

interface Flight {
  readonly sequence: number;
  readonly flags: number;
  readonly payload: Uint8Array;
  readonly end: number;
}

export interface TcpEndpoints {
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
}

/**
 * One TCP connection: handshake, sequence numbers, delayed acknowledgement, slow start, retransmission by timer (go back to the
 * first unacknowledged segment), keep-alive, orderly and abrupt end. What arrives out of order is dropped and asked for again:
 * on this wire nothing is lost or overtaken unless an enforcement rule of the switch takes it out. Each `write` ends a segment,
 * as with TCP_NODELAY. No window scaling, no selective acknowledgement, no urgent data. Source: RFC 9293, RFC 5961 (section 3), RFC 6298.
 */
export class TcpConnection {
  readonly endpoints: TcpEndpoints;
  listener: TcpListener = {};
  /** Probe an idle peer after this time; undefined = never. */
  keepAliveMs: number | undefined;
  private readonly path: TcpPath;
  private state: State;
  private sendUnacknowledged: number;
  private sendNext: number;
  private sendWindow: number = tcpLimits.mssBytes;
  private congestionWindow: number = tcpLimits.initialWindowSegments * tcpLimits.mssBytes;
  private receiveNext = 0;
  private readonly waiting: Uint8Array[] = [];
  private readonly flights: Flight[] = [];
  private isEnding = false;
  private resendUntil: number | undefined;
  private retries = 0;
  private probes = 0;
  private unacknowledgedSegments = 0;
  private readonly remoteMssBytes: number;
  private ackTicket: Ticket | undefined;
  private resendTicket: Ticket | undefined;
  private idleTicket: Ticket | undefined;

  /** `request` is the peer's SYN when the connection is accepted, undefined when it is opened from here. */
  constructor(path: TcpPath, endpoints: TcpEndpoints, initialSequence: number, request: TcpSegment | undefined) {
    this.path = path;
    this.endpoints = endpoints;
    this.sendUnacknowledged = initialSequence;
    this.sendNext = initialSequence;
    this.remoteMssBytes = Math.min(request?.mss ?? tcpLimits.mssBytes, tcpLimits.mssBytes);
    this.state = request === undefined ? 'syn-sent' : 'syn-received';
    if (request !== undefined) {
      this.receiveNext = add(request.sequence, 1);
      this.sendWindow = request.window;
    }
    this.launch(request === undefined ? syn : syn | ack, empty);
  }

  get isOpen(): boolean {
    return this.state === 'established' || this.state === 'close-wait';
  }

  /** Sends bytes, whole and in order; ignored when the connection is no longer open for sending. */
  write(bytes: Uint8Array): void {
    if (!this.isOpen || this.isEnding || bytes.length === 0) return;
    this.waiting.push(bytes);
    this.pump();
  }

  /** Orderly end after everything written is sent. */
  close(): void {
    if (this.state === 'syn-sent') {
      this.finish('closed');
      return;
    }
    if (!this.isOpen || this.isEnding) return;
    this.isEnding = true;
    this.pump();
  }

  /** Abrupt end: the peer gets a reset. */
  abort(): void {
    if (this.state === 'closed') return;
    if (this.state !== 'syn-sent' && this.state !== 'time-wait') this.emit(rst | ack, this.sendNext, empty);
    this.finish('reset');
  }

  /** Ends without a word, as when a host loses power or its program is gone. */
  vanish(): void {
    if (this.state !== 'closed') this.finish('timed-out');
  }

  receive(segment: TcpSegment): void {
    if (this.state === 'closed') return;
    this.probes = 0;
    if (this.state === 'syn-sent') {
      this.receiveInSynSent(segment);
      return;
    }
    if ((segment.flags & rst) !== 0) {
      this.receiveReset(segment);
      return;
    }
    if ((segment.flags & syn) !== 0) {
      if (this.state === 'syn-received') this.resend();
      else this.acknowledge();
      return;
    }
    if ((segment.flags & ack) === 0 || isAfter(segment.acknowledgement, this.sendNext)) {
      this.acknowledge();
      return;
    }
    this.receiveAcknowledgement(segment);
    if (this.isOver()) return;
    this.receivePayload(segment);
    this.pump();
    this.watchIdle();
  }

  private receiveInSynSent(segment: TcpSegment): void {
    if (segment.acknowledgement !== this.sendNext || (segment.flags & ack) === 0) return;
    if ((segment.flags & rst) !== 0) {
      this.finish('reset');
      return;
    }
    if ((segment.flags & syn) === 0) return;
    this.receiveNext = add(segment.sequence, 1);
    this.receiveAcknowledgement(segment);
    this.state = 'established';
    this.acknowledge();
    this.watchIdle();
    this.listener.onOpen?.();
  }

  /** Only an exact hit ends the connection; one that is merely inside the window is questioned. Source: RFC 5961, section 3.2. */
  private receiveReset(segment: TcpSegment): void {
    if (segment.sequence === this.receiveNext) {
      this.finish('reset');
      return;
    }
    if (distance(segment.sequence, this.receiveNext) < tcpLimits.windowBytes) this.acknowledge();
  }

  private receiveAcknowledgement(segment: TcpSegment): void {
    this.sendWindow = segment.window;
    if (!isAfter(segment.acknowledgement, this.sendUnacknowledged)) return;
    this.congestionWindow += Math.min(distance(segment.acknowledgement, this.sendUnacknowledged), tcpLimits.mssBytes);
    this.sendUnacknowledged = segment.acknowledgement;
    while (this.flights[0] !== undefined && !isAfter(this.flights[0].end, this.sendUnacknowledged)) this.flights.shift();
    this.retries = 0;
    this.armResend();
    if (this.resendUntil !== undefined) {
      if (this.flights.length > 0 && isAfter(this.resendUntil, this.sendUnacknowledged)) this.resend();
      else this.resendUntil = undefined;
    }
    if (this.state === 'syn-received') {
      this.state = 'established';
      this.listener.onOpen?.();
    }
    if (this.isEnding && this.flights.length === 0 && this.waiting.length === 0) this.receiveEndAcknowledged();
  }

  private receiveEndAcknowledged(): void {
    if (this.state === 'fin-wait-1') this.state = 'fin-wait-2';
    else if (this.state === 'closing') this.waitTime();
    else if (this.state === 'last-ack') this.finish('closed');
  }

  private receivePayload(segment: TcpSegment): void {
    const { payload } = segment;
    if (segment.sequence !== this.receiveNext) {
      // Keep-alive, repeated or out of order.
      this.acknowledge();
      return;
    }
    const mayReceive = this.state === 'established' || this.state === 'fin-wait-1' || this.state === 'fin-wait-2';
    if (payload.length > 0 && mayReceive) {
      this.receiveNext = add(this.receiveNext, payload.length);
      this.acknowledgeLater();
      this.listener.onReceive?.(payload);
    }
    if ((segment.flags & fin) === 0 || this.isOver()) return;
    this.receiveNext = add(this.receiveNext, 1);
    this.acknowledge();
    if (this.state === 'established') {
      this.state = 'close-wait';
      if (this.listener.onEnd === undefined) this.close();
      else this.listener.onEnd();
    } else if (this.state === 'fin-wait-1') this.state = 'closing';
    else if (this.state === 'fin-wait-2') this.waitTime();
  }

  /** Sends what the windows allow, and the end of the stream after the last byte. */
  private pump(): void {
    if (!this.isOpen) return;
    for (let chunk = this.waiting[0]; chunk !== undefined; chunk = this.waiting[0]) {
      const room = Math.min(this.sendWindow, this.congestionWindow) - distance(this.sendNext, this.sendUnacknowledged);
      const size = Math.min(chunk.length, this.remoteMssBytes);
      if (room < size) return;
      if (size === chunk.length) this.waiting.shift();
      else this.waiting[0] = chunk.subarray(size);
      this.launch(size === chunk.length ? ack | psh : ack, chunk.subarray(0, size));
    }
    if (!this.isEnding) return;
    this.state = this.state === 'established' ? 'fin-wait-1' : 'last-ack';
    this.launch(ack | fin, empty);
  }

  private launch(flags: number, payload: Uint8Array): void {
    const sequence = this.sendNext;
    const length = payload.length + ((flags & (syn | fin)) === 0 ? 0 : 1);
    this.sendNext = add(sequence, length);
    this.flights.push({ sequence, flags, payload, end: this.sendNext });
    if (this.resendTicket === undefined) this.armResend();
    this.emit(flags, sequence, payload);
  }

  private armResend(): void {
    this.path.schedule.cancel(this.resendTicket);
    this.resendTicket = undefined;
    if (this.flights.length === 0) return;
    const baseMs = this.isHandshake() ? tcpLimits.synTimeoutMs : tcpLimits.retransmitMs;
    this.resendTicket = this.path.schedule.after(baseMs * 2 ** this.retries, () => this.resendTimeOut());
  }

  private resendTimeOut(): void {
    this.resendTicket = undefined;
    this.retries += 1;
    if (this.retries > (this.isHandshake() ? tcpLimits.synRetriesMax : tcpLimits.retransmitsMax)) {
      this.finish('timed-out');
      return;
    }
    this.congestionWindow = tcpLimits.mssBytes;
    this.resendUntil = this.sendNext;
    this.resend();
    this.armResend();
  }

  private resend(): void {
    const first = this.flights[0];
    if (first !== undefined) this.emit(first.flags, first.sequence, first.payload);
  }

  private acknowledge(): void {
    this.emit(ack, this.sendNext, empty);
  }

  /** At the second segment, else after 40 ms, else with the answer. Source: RFC 9293, section 3.8.6.3. */
  private acknowledgeLater(): void {
    this.unacknowledgedSegments += 1;
    if (this.unacknowledgedSegments >= 2) {
      this.acknowledge();
      return;
    }
    this.ackTicket ??= this.path.schedule.after(tcpLimits.delayedAckMs, () => this.acknowledge());
  }

  private emit(flags: number, sequence: number, payload: Uint8Array): void {
    if ((flags & ack) !== 0) {
      this.path.schedule.cancel(this.ackTicket);
      this.ackTicket = undefined;
      this.unacknowledgedSegments = 0;
    }
    this.path.emit({
      sourcePort: this.endpoints.localPort,
      destinationPort: this.endpoints.remotePort,
      sequence,
      acknowledgement: (flags & ack) === 0 ? 0 : this.receiveNext,
      flags,
      window: tcpLimits.windowBytes,
      mss: (flags & syn) === 0 ? undefined : tcpLimits.mssBytes,
      payload,
    });
  }

  private watchIdle(): void {
    if (this.keepAliveMs === undefined) return;
    this.path.schedule.cancel(this.idleTicket);
    this.idleTicket = this.isOver() ? undefined : this.path.schedule.after(this.keepAliveMs, () => this.probe());
  }

  /** One byte before what comes next, no payload: the peer must answer with where it stands. Source: RFC 9293, section 3.8.4. */
  private probe(): void {
    if (this.flights.length > 0 || !this.isOpen) {
      this.watchIdle();
      return;
    }
    this.probes += 1;
    if (this.probes > tcpLimits.keepAliveProbesMax) {
      this.abort();
      return;
    }
    this.emit(ack, add(this.sendNext, -1), empty);
    this.idleTicket = this.path.schedule.after(tcpLimits.keepAliveRetryMs, () => this.probe());
  }

  private waitTime(): void {
    this.state = 'time-wait';
    this.path.schedule.after(tcpLimits.timeWaitMs, () => this.state === 'time-wait' && this.finish('closed'));
  }

  private finish(reason: CloseReason): void {
    assert(this.state !== 'closed', 'a connection ends once');
    this.state = 'closed';
    for (const ticket of [this.ackTicket, this.resendTicket, this.idleTicket]) this.path.schedule.cancel(ticket);
    this.path.release();
    this.listener.onClose?.(reason);
  }

  private isHandshake(): boolean {
    return this.state === 'syn-sent' || this.state === 'syn-received';
  }

  private isOver(): boolean {
    return this.state === 'closed';
  }
}

function add(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}

function distance(later: number, earlier: number): number {
  return (later - earlier) >>> 0;
}

function isAfter(one: number, other: number): boolean {
  return ((one - other) | 0) > 0;
}
