// SPDX-License-Identifier: Apache-2.0
import { toHex, writeUint16 } from '../../../src/base/bytes.ts';
import type { Finding, PacketView } from '../app/api.ts';

type Field = PacketView['layers'][number]['fields'][number];

/** The packets of a finding: Modbus writes as they are on the wire, with their fields. */
export function packetsOf(finding: Finding, offset: number, limit: number): { readonly items: PacketView[]; readonly total: number; readonly missing: number } {
  const step = (finding.lastMs - finding.atMs) / Math.max(1, finding.packets.length - 1);
  const items = finding.packets
    .slice(offset, offset + limit)
    .map((number, place) => write(number, finding.atMs + step * (offset + place), 500 - (offset + place)));
  return { items, total: finding.packets.length, missing: finding.packetCount - finding.packets.length };
}

function write(number: number, atMs: number, value: number): PacketView {
  const bytes = new Uint8Array(69);
  const ethernet: readonly Field[] = [
    field('Destination', '00:80:f4:10:20:10', 0, 6),
    field('Source', '50:c7:bf:66:06:66', 6, 6),
    field('Type', 'IPv4 (0x0800)', 12, 2),
  ];
  bytes.set([0x00, 0x80, 0xf4, 0x10, 0x20, 0x10, 0x50, 0xc7, 0xbf, 0x66, 0x06, 0x66, 0x08, 0x00, 0x45, 0x00]);
  writeUint16(bytes, 16, 55);
  writeUint16(bytes, 18, number & 0xffff);
  bytes.set([0x40, 0x00, 0x40, 0x06, 0x00, 0x00, 10, 20, 0, 101, 10, 20, 0, 10], 20);
  writeUint16(bytes, 34, 49_812);
  writeUint16(bytes, 36, 502);
  bytes.set([0x50, 0x18, 0xfa, 0xf0], 46);
  writeUint16(bytes, 54, number & 0xffff);
  bytes.set([0, 0, 0, 9, 1, 16, 0, 0, 0, 1, 2], 56);
  writeUint16(bytes, 67, value);
  const ip = [
    field('Version, header length', '4, 20 bytes', 14, 1),
    field('Total length', '55', 16, 2),
    field('Identification', String(number & 0xffff), 18, 2),
    field('Time to live', '64', 22, 1),
    field('Protocol', 'TCP', 23, 1),
    field('Source', '10.20.0.101', 26, 4),
    field('Destination', '10.20.0.10', 30, 4),
  ];
  const tcp = [
    field('Source port', '49812', 34, 2),
    field('Destination port', '502', 36, 2),
    field('Flags', 'PSH ACK', 47, 1),
    field('Window', '64240', 48, 2),
  ];
  const modbus = [
    field('Transaction', String(number & 0xffff), 54, 2),
    field('Length', '9', 58, 2),
    field('Unit', '1', 60, 1),
    field('Function', 'write-multiple-registers (16)', 61, 1),
    field('Start address', 'holding-register/0', 62, 2),
    field('Count', '1', 64, 2),
    field('Value', String(value), 67, 2),
  ];
  const layer = (name: string, fields: readonly Field[]) => ({ name, fields: [...fields] });
  return {
    number,
    atMs,
    wireBytes: bytes.length,
    summary: `10.20.0.101 → 10.20.0.10 Modbus write-multiple-registers holding-register/0 = ${value}`,
    hex: toHex(bytes),
    isCut: false,
    layers: [layer('Ethernet', ethernet), layer('IPv4', ip), layer('TCP', tcp), layer('Modbus/TCP', modbus)],
  };
}

function field(name: string, value: string, offset: number, length: number): Field {
  return { name, value, offset, length };
}
