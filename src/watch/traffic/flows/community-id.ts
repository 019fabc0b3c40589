// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { writeUint16, writeUint32 } from '../../../base/bytes.ts';
import { transport } from '../headers/transport-header.ts';
import type { FlowColumns } from './flow-columns.ts';
import { counterpartOf, family, fragmentBit } from './flow-key.ts';

const protocolNumbers: readonly number[] = [6, 17, 1, 58, 132];

/**
 * Community ID 1.0 with seed 0 of the flow in the row: `1:` and the base64 SHA-1 of addresses, protocol and ports, smaller endpoint
 * first. '' for fragments that were not put together: the specification defines none for them.
 * Source: https://github.com/corelight/community-id-spec, version 1.0.
 */
export function communityId(columns: FlowColumns, row: number, seed = 0): string {
  const kind = columns.kinds[row] as number; // rows are within their columns
  if ((kind & fragmentBit) !== 0) return '';
  const code = kind & 15;
  const addressBytes = ((kind >> 4) & 15) === family.ipv4 ? 4 : 16;
  const ports = columns.ports[row] as number;
  const a = readAddress(columns.addresses, row * 8, addressBytes);
  const b = readAddress(columns.addresses, row * 8 + 4, addressBytes);
  if (code === transport.ip) return digest(seed, a, b, ports & 0xff, undefined);
  const portA = ports >>> 16;
  const portB = ports & 0xffff;
  const isIcmp = code === transport.icmp || code === transport.icmp6;
  const isOneWay = isIcmp && counterpartOf(code, portA) < 0;
  const order = Buffer.compare(a, b);
  const isOrdered = isOneWay || order < 0 || (order === 0 && portA <= portB);
  const protocol = protocolNumbers[code] as number; // the five transports with ports or types
  return isOrdered ? digest(seed, a, b, protocol, [portA, portB]) : digest(seed, b, a, protocol, [portB, portA]);
}

function readAddress(words: Int32Array, at: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let offset = 0; offset < size; offset += 4) writeUint32(bytes, offset, (words[at + offset / 4] as number) >>> 0);
  return bytes;
}

function digest(seed: number, first: Uint8Array, second: Uint8Array, protocol: number, ports: readonly [number, number] | undefined): string {
  const size = first.length;
  const message = new Uint8Array(4 + size * 2 + (ports === undefined ? 0 : 4));
  writeUint16(message, 0, seed);
  const isSwapped = ports === undefined && Buffer.compare(first, second) > 0;
  message.set(isSwapped ? second : first, 2);
  message.set(isSwapped ? first : second, 2 + size);
  message[2 + size * 2] = protocol;
  if (ports !== undefined) {
    writeUint16(message, 4 + size * 2, ports[0]);
    writeUint16(message, 6 + size * 2, ports[1]);
  }
  return `1:${createHash('sha1').update(message).digest('base64')}`;
}
