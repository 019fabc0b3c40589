// SPDX-License-Identifier: Apache-2.0
import { arp } from './arp/arp.ts';
import { dhcp } from './dhcp/dhcp.ts';
import { dns } from './dns/dns.ts';
import { http } from './http/http.ts';
import { modbus } from './modbus/modbus.ts';
import { ntp } from './ntp/ntp.ts';
import type { Operation, Protocol } from './protocol.ts';
import { tls } from './tls/tls.ts';

/** Every protocol the platform speaks. To add one: a folder, and a line here. */
export const protocols: readonly Protocol[] = [modbus, dns, http, tls, ntp, arp, dhcp];

const operationsByName: ReadonlyMap<string, ReadonlyMap<string, Operation>> = new Map(
  protocols.map((protocol) => [protocol.name, new Map(protocol.operations.map((operation) => [operation.name, operation]))]),
);

/** The operation behind a message's protocol and function, or undefined (`function-99`, `unreadable`, unknown protocols). */
export function findOperation(protocol: string, functionName: string): Operation | undefined {
  return operationsByName.get(protocol)?.get(functionName);
}
