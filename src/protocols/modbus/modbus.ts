// SPDX-License-Identifier: Apache-2.0
import type { Protocol } from '../protocol.ts';
import { ModbusDecoder } from './decoder.ts';
import { recogniseAdu } from './frame.ts';
import { operations } from './functions.ts';

/** Modbus/TCP, and the same ADUs in UDP datagrams. The message form is in README.md. */
export const modbus: Protocol = {
  name: 'modbus',
  title: 'Modbus/TCP',
  specification: 'MODBUS Application Protocol V1.1b3; MODBUS Messaging on TCP/IP Implementation Guide V1.0b',
  carriers: [
    { kind: 'stream', ports: [502] },
    { kind: 'datagram', ports: [502] },
  ],
  operations,
  recognise: (bytes, start, end, fromClient, carrier) => {
    const recognition = recogniseAdu(bytes, start, end, fromClient);
    return recognition === 'wait' && carrier === 'datagram' ? 'no' : recognition; // a datagram does not grow
  },
  createDecoder: () => new ModbusDecoder(),
};
