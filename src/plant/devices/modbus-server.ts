// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint16, toUtf8, writeUint16 } from '../../base/bytes.ts';
import type { Memory } from '../water/register-map.ts';
import type { Host } from '../wire/host.ts';
import type { TcpConnection, TcpListener } from '../wire/tcp-connection.ts';

export const modbusPort = 502;
const unit = 1;
const connectionsMax = 16;
const aduBytesMax = 260;
const restartMs = 1_500;

const exceptions = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3 } as const;

/** Objects of "read device identification". Source: Modbus Application Protocol V1.1b3, section 6.21. */
const identification: readonly string[] = ['Shinrai simulated', 'SIM-PLC-1', '1.0', '', 'Water plant controller', 'SIM-PLC'];

/** Communication state that the diagnostics function reads and changes. */
interface Communication {
  requests: number;
  exceptions: number;
  isListenOnly: boolean;
  isRestarting: boolean;
}

export interface ModbusServer {
  readonly isListenOnly: boolean;
  /** Requests answered or executed since the start. */
  readonly requests: number;
}

/**
 * The controller's Modbus/TCP server: functions 1-6, 8 (0, 1, 4, 10, 11, 13, 14), 15-17, 22, 23 and 43/14 over its memory.
 * Anyone who reaches port 502 may read and write, as on most such devices. Requests come from the wire: what is not a
 * whole, sensible request gets an exception or ends the connection.
 * Source: Modbus Application Protocol V1.1b3; Modbus Messaging on TCP/IP V1.0b.
 */
export function serveModbus(host: Host, memory: Memory): ModbusServer {
  const state: Communication = { requests: 0, exceptions: 0, isListenOnly: false, isRestarting: false };
  let connections = 0;
  host.tcp.listen(modbusPort, (connection) => {
    if (connections >= connectionsMax || state.isRestarting) return undefined;
    connections += 1;
    return receiveRequests(host, connection, memory, state, () => {
      connections -= 1;
    });
  });
  return {
    get isListenOnly() {
      return state.isListenOnly;
    },
    get requests() {
      return state.requests;
    },
  };
}

function receiveRequests(host: Host, connection: TcpConnection, memory: Memory, state: Communication, ended: () => void): TcpListener {
  let pending: Uint8Array = new Uint8Array(0);
  let isBusyUntilMs = 0;
  const answerLater = (header: Uint8Array, request: Uint8Array): void => {
    // Requests are worked off one after another, as a single-threaded controller does.
    isBusyUntilMs = Math.max(isBusyUntilMs, host.schedule.nowMs) + 1 + host.random.next() * 3;
    host.schedule.after(isBusyUntilMs - host.schedule.nowMs, () => {
      if (state.isRestarting) return;
      const response = answer(host, memory, state, request);
      if (response !== undefined) connection.write(frameAdu(readUint16(header, 0), header[6] ?? unit, response));
    });
  };
  return {
    onReceive: (bytes) => {
      pending = pending.length === 0 ? bytes.slice() : concatBytes([pending, bytes]);
      while (pending.length >= 8) {
        const end = 6 + readUint16(pending, 4);
        if (readUint16(pending, 2) !== 0 || end < 8 || end > aduBytesMax) return connection.abort();
        if (pending.length < end) return;
        answerLater(pending.slice(0, 7), pending.slice(7, end));
        pending = pending.slice(end);
      }
    },
    onClose: ended,
  };
}

/** Response of one request; undefined where the protocol asks for silence. */
function answer(host: Host, memory: Memory, state: Communication, request: Uint8Array): Uint8Array | undefined {
  state.requests += 1;
  const code = request[0] ?? 0;
  if (state.isListenOnly && !(code === 8 && request.length >= 3 && readUint16(request, 1) === 1)) return undefined;
  const response = code === 8 ? diagnose(host, state, request) : execute(memory, code, request);
  if (typeof response !== 'number') return response;
  state.exceptions += 1;
  return Uint8Array.of(code | 0x80, response);
}

function execute(memory: Memory, code: number, request: Uint8Array): Uint8Array | number {
  switch (code) {
    case 1:
      return readBits(memory.coil, request);
    case 2:
      return readBits(memory['discrete-input'], request);
    case 3:
      return readRegisters(memory['holding-register'], request);
    case 4:
      return readRegisters(memory['input-register'], request);
    case 5:
      return writeCoil(memory.coil, request);
    case 6:
      return writeRegister(memory['holding-register'], request);
    case 15:
      return writeCoils(memory.coil, request);
    case 16:
      return writeRegisters(memory['holding-register'], request, 1);
    case 17:
      return Uint8Array.of(17, 2, unit, 0xff); // Server id, run indicator on.
    case 22:
      return maskRegister(memory['holding-register'], request);
    case 23:
      return readAndWrite(memory['holding-register'], request);
    case 43:
      return identify(request);
    default:
      return exceptions.illegalFunction;
  }
}

function readBits(bits: Uint8Array, request: Uint8Array): Uint8Array | number {
  if (request.length !== 5) return exceptions.illegalValue;
  const first = readUint16(request, 1);
  const count = readUint16(request, 3);
  if (count < 1 || count > 2000) return exceptions.illegalValue;
  if (first + count > bits.length) return exceptions.illegalAddress;
  const response = new Uint8Array(2 + Math.ceil(count / 8));
  response[0] = request[0] ?? 0;
  response[1] = response.length - 2;
  for (let index = 0; index < count; index += 1) {
    const at = 2 + (index >> 3);
    response[at] = (response[at] ?? 0) | ((bits[first + index] ?? 0) << (index & 7));
  }
  return response;
}

function readRegisters(registers: Uint16Array, request: Uint8Array): Uint8Array | number {
  if (request.length !== 5) return exceptions.illegalValue;
  return registersFrom(registers, request[0] ?? 0, readUint16(request, 1), readUint16(request, 3));
}

function registersFrom(registers: Uint16Array, code: number, first: number, count: number): Uint8Array | number {
  if (count < 1 || count > 125) return exceptions.illegalValue;
  if (first + count > registers.length) return exceptions.illegalAddress;
  const response = new Uint8Array(2 + count * 2);
  response[0] = code;
  response[1] = count * 2;
  for (let index = 0; index < count; index += 1) writeUint16(response, 2 + index * 2, registers[first + index] ?? 0);
  return response;
}

function writeCoil(bits: Uint8Array, request: Uint8Array): Uint8Array | number {
  if (request.length !== 5) return exceptions.illegalValue;
  const value = readUint16(request, 3);
  if (value !== 0 && value !== 0xff00) return exceptions.illegalValue;
  if (readUint16(request, 1) >= bits.length) return exceptions.illegalAddress;
  bits[readUint16(request, 1)] = value === 0 ? 0 : 1;
  return request;
}

function writeRegister(registers: Uint16Array, request: Uint8Array): Uint8Array | number {
  if (request.length !== 5) return exceptions.illegalValue;
  if (readUint16(request, 1) >= registers.length) return exceptions.illegalAddress;
  registers[readUint16(request, 1)] = readUint16(request, 3);
  return request;
}

function writeCoils(bits: Uint8Array, request: Uint8Array): Uint8Array | number {
  const count = request.length >= 6 ? readUint16(request, 3) : 0;
  if (count < 1 || count > 1968 || request[5] !== Math.ceil(count / 8) || request.length !== 6 + Math.ceil(count / 8)) return exceptions.illegalValue;
  const first = readUint16(request, 1);
  if (first + count > bits.length) return exceptions.illegalAddress;
  for (let index = 0; index < count; index += 1) bits[first + index] = ((request[6 + (index >> 3)] ?? 0) >> (index & 7)) & 1;
  return request.slice(0, 5);
}

/** Writes the registers whose address stands at `at` in the request; the whole rest of the request must be theirs. */
function writeRegisters(registers: Uint16Array, request: Uint8Array, at: number): Uint8Array | number {
  const count = request.length >= at + 5 ? readUint16(request, at + 2) : 0;
  if (count < 1 || count > 123 || request[at + 4] !== count * 2 || request.length !== at + 5 + count * 2) return exceptions.illegalValue;
  const first = readUint16(request, at);
  if (first + count > registers.length) return exceptions.illegalAddress;
  for (let index = 0; index < count; index += 1) registers[first + index] = readUint16(request, at + 5 + index * 2);
  return request.slice(0, 5);
}

function maskRegister(registers: Uint16Array, request: Uint8Array): Uint8Array | number {
  if (request.length !== 7) return exceptions.illegalValue;
  const address = readUint16(request, 1);
  if (address >= registers.length) return exceptions.illegalAddress;
  const andMask = readUint16(request, 3);
  registers[address] = ((registers[address] ?? 0) & andMask) | (readUint16(request, 5) & ~andMask);
  return request;
}

function readAndWrite(registers: Uint16Array, request: Uint8Array): Uint8Array | number {
  if (request.length < 10) return exceptions.illegalValue;
  const first = readUint16(request, 1);
  const count = readUint16(request, 3);
  if (first + count > registers.length) return exceptions.illegalAddress; // Nothing is written when it cannot be read.
  const written = writeRegisters(registers, request, 5);
  return typeof written === 'number' ? written : registersFrom(registers, 23, first, count);
}

/** Source: Modbus Application Protocol V1.1b3, section 6.8. */
function diagnose(host: Host, state: Communication, request: Uint8Array): Uint8Array | number | undefined {
  if (request.length < 5) return exceptions.illegalValue;
  const counter = (value: number): Uint8Array => Uint8Array.of(8, request[1] ?? 0, request[2] ?? 0, (value >>> 8) & 0xff, value & 0xff);
  switch (readUint16(request, 1)) {
    case 0:
      return request;
    case 1:
      return restart(host, state, request);
    case 4:
      state.isListenOnly = true;
      return undefined;
    case 10:
      state.requests = 0;
      state.exceptions = 0;
      return request;
    case 11:
    case 14:
      return counter(state.requests);
    case 13:
      return counter(state.exceptions);
    default:
      return exceptions.illegalFunction;
  }
}

/** Communication stops for a moment and every connection is reset: the process runs on, but nobody sees it. */
function restart(host: Host, state: Communication, request: Uint8Array): Uint8Array | undefined {
  const wasListenOnly = state.isListenOnly;
  state.isListenOnly = false;
  host.schedule.after(5, () => {
    state.isRestarting = true;
    host.tcp.abortAll();
    host.schedule.after(restartMs, () => {
      state.isRestarting = false;
    });
  });
  return wasListenOnly ? undefined : request;
}

function identify(request: Uint8Array): Uint8Array | number {
  if (request[1] !== 14) return exceptions.illegalFunction;
  const level = request[2] ?? 0;
  if (request.length !== 4 || level < 1 || level > 4) return exceptions.illegalValue;
  const asked = request[3] ?? 0;
  const known = identification.flatMap((text, id) => (text === '' ? [] : [{ id, text: toUtf8(text) }]));
  const listed = known.filter(({ id }) => level > 1 || id <= 2);
  const first = listed.some(({ id }) => id === asked) ? asked : 0; // A list that starts at an unknown object starts at the first.
  const objects = level === 4 ? known.filter(({ id }) => id === asked) : listed.filter(({ id }) => id >= first);
  if (objects.length === 0) return exceptions.illegalAddress;
  const head = Uint8Array.of(43, 14, level, 0x82, 0, 0, objects.length);
  return concatBytes([head, ...objects.flatMap(({ id, text }) => [Uint8Array.of(id, text.length), text])]);
}

/** Puts the MBAP header before a request or response. Source: Modbus Messaging on TCP/IP V1.0b, section 3.1.3. */
export function frameAdu(transaction: number, unitId: number, pdu: Uint8Array): Uint8Array {
  const adu = new Uint8Array(7 + pdu.length);
  writeUint16(adu, 0, transaction);
  writeUint16(adu, 4, pdu.length + 1);
  adu[6] = unitId;
  adu.set(pdu, 7);
  return adu;
}
