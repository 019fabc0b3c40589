// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint16 } from '../../base/bytes.ts';
import type { Host } from '../wire/host.ts';
import type { Ticket } from '../wire/schedule.ts';
import type { TcpConnection } from '../wire/tcp-connection.ts';
import { frameAdu, modbusPort } from './modbus-server.ts';

const unit = 1;
const waitingMax = 64;

/** The response, or undefined when none came in time. */
export type Answered = (response: Uint8Array | undefined) => void;

export interface ModbusClientOptions {
  readonly server: number;
  readonly timeoutMs?: number;
  readonly reconnectMs?: number;
  readonly keepAliveMs?: number;
  /** Called with the local port of each connection before its first packet is on the wire. */
  readonly onConnect?: (localPort: number) => void;
}

/**
 * A Modbus/TCP client with one connection and one request at a time, as operator terminals work: it connects when it has something to
 * ask, gives a request up after a time (then the connection is reset, because a late answer could be taken for the next one) and
 * connects again.
 */
export class ModbusClient {
  private readonly host: Host;
  private readonly options: ModbusClientOptions;
  private readonly waiting: { readonly pdu: Uint8Array; readonly answered: Answered }[] = [];
  private connection: TcpConnection | undefined;
  private running: { readonly transaction: number; readonly answered: Answered; readonly timer: Ticket } | undefined;
  private received: Uint8Array = new Uint8Array(0);
  private transaction: number;
  private notBeforeMs = 0;
  private isEnded = false;

  constructor(host: Host, options: ModbusClientOptions) {
    this.host = host;
    this.options = options;
    this.transaction = host.random.below(0x10000);
  }

  /** How many requests wait or run. */
  get load(): number {
    return this.waiting.length + (this.running === undefined ? 0 : 1);
  }

  request(pdu: Uint8Array, answered: Answered = () => {}): void {
    if (this.isEnded || this.waiting.length >= waitingMax) {
      answered(undefined);
      return;
    }
    this.waiting.push({ pdu, answered });
    this.next();
  }

  /** Closes the connection in good order; nothing is asked afterwards. */
  close(): void {
    this.isEnded = true;
    this.forgetAll();
    this.connection?.close();
  }

  private next(): void {
    if (this.running !== undefined || this.waiting.length === 0 || this.isEnded) return;
    if (this.connection === undefined) {
      this.connect();
      return;
    }
    if (!this.connection.isOpen) return;
    const first = this.waiting.shift();
    if (first === undefined) return;
    this.transaction = (this.transaction + 1) & 0xffff;
    const timer = this.host.schedule.after(this.options.timeoutMs ?? 1_000, () => this.timeOut());
    this.running = { transaction: this.transaction, answered: first.answered, timer };
    this.connection.write(frameAdu(this.transaction, unit, first.pdu));
  }

  private connect(): void {
    const waitMs = this.notBeforeMs - this.host.schedule.nowMs;
    if (waitMs > 0) {
      this.host.schedule.after(waitMs, () => this.next());
      return;
    }
    this.notBeforeMs = this.host.schedule.nowMs + (this.options.reconnectMs ?? 2_000);
    this.received = new Uint8Array(0);
    const connection = this.host.tcp.connect(this.options.server, modbusPort, {
      onOpen: () => this.next(),
      onReceive: (bytes) => this.receive(bytes),
      onEnd: () => connection.close(),
      onClose: () => this.lose(),
    });
    connection.keepAliveMs = this.options.keepAliveMs;
    this.connection = connection;
    this.options.onConnect?.(connection.endpoints.localPort);
  }

  private receive(bytes: Uint8Array): void {
    this.received = concatBytes([this.received, bytes]);
    while (this.received.length >= 8) {
      const end = 6 + readUint16(this.received, 4);
      if (this.received.length < end) return;
      const transaction = readUint16(this.received, 0);
      const pdu = this.received.slice(7, end);
      this.received = this.received.slice(end);
      if (transaction === this.running?.transaction) this.finish(pdu);
    }
  }

  private timeOut(): void {
    this.connection?.abort();
    this.finish(undefined);
  }

  private lose(): void {
    this.connection = undefined;
    this.finish(undefined);
    this.forgetAll();
  }

  private forgetAll(): void {
    for (const { answered } of this.waiting.splice(0)) answered(undefined);
  }

  /** The next request follows after the short time that a program needs to make it. */
  private finish(response: Uint8Array | undefined): void {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    this.host.schedule.cancel(running.timer);
    running.answered(response);
    this.host.schedule.after(0.3 + this.host.random.next(), () => this.next());
  }
}

/** Request of functions 1-4. */
export function readRequest(code: 1 | 2 | 3 | 4, first: number, count: number): Uint8Array {
  return Uint8Array.of(code, first >>> 8, first & 0xff, count >>> 8, count & 0xff);
}

/** Request of function 6. */
export function writeRegisterRequest(address: number, value: number): Uint8Array {
  return Uint8Array.of(6, address >>> 8, address & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Request of function 5. */
export function writeCoilRequest(address: number, isOn: boolean): Uint8Array {
  return Uint8Array.of(5, address >>> 8, address & 0xff, isOn ? 0xff : 0, 0);
}

/** Request of function 16; at most 123 values. */
export function writeRegistersRequest(first: number, values: readonly number[]): Uint8Array {
  const words = values.flatMap((value) => [(value >>> 8) & 0xff, value & 0xff]);
  return Uint8Array.of(16, first >>> 8, first & 0xff, values.length >>> 8, values.length & 0xff, words.length, ...words);
}

/** Registers of a response to function 3 or 4; undefined for an exception or nothing. */
export function registersOf(response: Uint8Array | undefined): readonly number[] | undefined {
  const code = response?.[0];
  if (response === undefined || (code !== 3 && code !== 4) || response.length !== 2 + (response[1] ?? 0)) return undefined;
  return Array.from({ length: (response.length - 2) / 2 }, (_, index) => readUint16(response, 2 + index * 2));
}
