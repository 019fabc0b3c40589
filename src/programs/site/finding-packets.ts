// SPDX-License-Identifier: Apache-2.0
import { concatBytes, toHex } from '../../base/bytes.ts';
import type { Finding } from '../../model/finding.ts';
import { linkTypes } from '../../model/packet.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { protocols } from '../../protocols/index.ts';
import type { PacketView } from '../../watch/incident/routes.ts';
import type { PacketKeeper } from '../../watch/packets/packet-keeper.node.ts';
import type { KeptPacket } from '../../watch/packets/segment.ts';
import { viewPacket } from '../../watch/traffic/packet-view.ts';

/** The packets behind findings, for people. */
export interface FindingPackets {
  list(finding: Finding, offset: number, limit: number): Promise<{ readonly items: readonly PacketView[]; readonly total: number; readonly missing: number }>;
  /** A capture file of all that are still kept. */
  capture(finding: Finding): Promise<Uint8Array>;
}

const hexBytesMax = 2_048;

/** Looks findings' packets up in what the sensor keeps. */
export function createFindingPackets(keeper: PacketKeeper): FindingPackets {
  return {
    list: async (finding, offset, limit) => {
      const numbers = finding.packets.slice(offset, offset + limit);
      const packets = await keeper.read(numbers);
      return { items: packets.map(describePacket), total: finding.packets.length, missing: numbers.length - packets.length };
    },
    capture: async (finding) => {
      const packets = await keeper.read(finding.packets);
      // One capture file has one link type: the first packet's.
      const linkType = packets[0]?.linkType ?? linkTypes.ethernet;
      return concatBytes([
        pcapHeader(linkType),
        ...packets.filter((packet) => packet.linkType === linkType).map((packet) => pcapRecord(packet.bytes, packet.atMs, packet.wireBytes)),
      ]);
    },
  };
}

function describePacket(packet: KeptPacket): PacketView {
  const { summary, layers } = viewPacket(packet.bytes, { protocols, linkType: packet.linkType, wireBytes: packet.wireBytes, atMs: packet.atMs });
  return {
    number: packet.number,
    atMs: packet.atMs,
    wireBytes: packet.wireBytes,
    summary,
    hex: toHex(packet.bytes, 0, Math.min(hexBytesMax, packet.bytes.length)),
    isCut: packet.bytes.length < packet.wireBytes || packet.bytes.length > hexBytesMax,
    layers,
  };
}
