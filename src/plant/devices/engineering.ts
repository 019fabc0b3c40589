// SPDX-License-Identifier: Apache-2.0
import { addressOf } from '../network.ts';
import type { Host } from '../wire/host.ts';
import { ModbusClient, readRequest } from './modbus-client.ts';

const roundMs = 40_000;
const keepAliveMs = 15_000;

/** The engineering station: looks at the controller now and then (identification, set points, message counter) and keeps its connection alive. */
export function runEngineering(host: Host, planSize: number): void {
  const client = new ModbusClient(host, { server: addressOf('plc'), keepAliveMs });
  const look = (): void => {
    host.schedule.after(roundMs + host.random.next() * 2_000 - 1_000, look);
    if (client.load > 0) return;
    client.request(Uint8Array.of(43, 14, 1, 0));
    client.request(readRequest(3, 0, planSize));
    client.request(Uint8Array.of(8, 0, 11, 0, 0));
  };
  host.schedule.after(4_000, look);
}
