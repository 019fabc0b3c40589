// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs';
import { readUint16, readUint32, writeUint32 } from '../src/base/bytes.ts';
import { pcapHeader, pcapRecordHeaderBytes, writePcapRecordHeader } from '../src/model/pcap-record.ts';
import { openCapture } from '../src/watch/capture/capture-file.node.ts';

/** A packet of a source capture. Plain Ethernet with IPv4 and TCP has `tcpAt` >= 0: where its TCP header begins. */
interface Packet {
  readonly bytes: Uint8Array;
  readonly atMs: number;
  readonly wireBytes: number;
  readonly tcpAt: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const synFinRst = 7;
/** A direction without payload. */
const still: Span = { from: 0, to: 0 };

/**
 * Writes the captures one after the other, again and again until there are `packetsWanted`: every repetition is another site (the second
 * byte of both IPv4 addresses and the time are moved). Handshakes, sequence numbers and transactions stay those of real conversations,
 * and so does their length: 9 packets in the shared Modbus captures, whose controllers are asked over a new connection each time.
 * Answers how many packets were written.
 */
export async function writeSites(path: string, captures: readonly string[], packetsWanted: number): Promise<number> {
  const packets = (await Promise.all(captures.map(readPackets))).flat();
  return writeRepeated(path, packets, packetsWanted, (packet, repetition) => moveToSite(packet, repetition));
}

/**
 * Writes one capture again and again as conversations that go on at `sites` sites: from the second repetition on without the packets that
 * open and close connections, sequence and acknowledgement numbers moved behind those of the repetition before. Answers how many packets
 * were written.
 */
export async function writeOngoing(path: string, capture: string, packetsWanted: number, sites: number): Promise<number> {
  const packets = (await readPackets(capture)).filter(({ bytes, tcpAt }) => tcpAt >= 0 && ((bytes[tcpAt + 13] as number) & 5) === 0); // inside: readPackets checked
  const spans = measureDirections(packets);
  return writeRepeated(path, packets, packetsWanted, (packet, repetition) => {
    const { bytes, tcpAt } = packet;
    const round = Math.floor(repetition / sites);
    const own = spans.get(directionOf(bytes, tcpAt, false)) ?? still;
    const other = spans.get(directionOf(bytes, tcpAt, true)) ?? still;
    const sequence = readUint32(bytes, tcpAt + 4);
    if (own !== still && sequence > own.to) return undefined; // the acknowledgement of a FIN
    if (round > 0 && ((bytes[tcpAt + 13] as number) & synFinRst) !== 0) return undefined; // inside: likewise
    const moved = moveToSite(packet, repetition % sites);
    writeUint32(moved, tcpAt + 4, (sequence + round * (own.to - own.from)) >>> 0);
    writeUint32(moved, tcpAt + 8, (readUint32(bytes, tcpAt + 8) + round * (other.to - other.from)) >>> 0);
    return moved;
  });
}

async function readPackets(capture: string): Promise<readonly Packet[]> {
  const packets: Packet[] = [];
  for await (const batch of (await openCapture(capture)).batches()) {
    for (let index = 0; index < batch.count; index += 1) {
      const start = batch.start[index] as number; // rows below count are filled
      const bytes = batch.bytes.slice(start, start + (batch.captured[index] as number)); // likewise
      const isTcp = bytes.length >= 54 && readUint16(bytes, 12) === 0x0800 && bytes[14] === 0x45 && bytes[23] === 6;
      packets.push({ bytes, atMs: batch.atMs[index] as number, wireBytes: batch.wire[index] as number, tcpAt: isTcp ? 34 : -1 });
    }
  }
  return packets;
}

function moveToSite({ bytes }: Packet, site: number): Uint8Array {
  const moved = bytes.slice();
  if (bytes.length >= 34 && readUint16(bytes, 12) === 0x0800) {
    moved[27] = ((bytes[27] as number) + site) & 255; // inside: checked
    moved[31] = ((bytes[31] as number) + site) & 255;
  }
  return moved;
}

function directionOf(bytes: Uint8Array, tcpAt: number, isReversed: boolean): string {
  const ends = [`${readUint32(bytes, 26)}:${readUint16(bytes, tcpAt)}`, `${readUint32(bytes, 30)}:${readUint16(bytes, tcpAt + 2)}`];
  return (isReversed ? ends.reverse() : ends).join(' ');
}

/** Payload of each direction: from the number of its first byte to that of the byte behind the last. The capture is short: no number wraps round. */
function measureDirections(packets: readonly Packet[]): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  for (const { bytes, tcpAt } of packets) {
    const size = 14 + readUint16(bytes, 16) - tcpAt - (((bytes[tcpAt + 12] as number) >> 4) << 2); // inside: readPackets checked
    if (size === 0) continue;
    const first = readUint32(bytes, tcpAt + 4);
    const direction = directionOf(bytes, tcpAt, false);
    const span = spans.get(direction) ?? { from: first, to: first };
    spans.set(direction, { from: Math.min(span.from, first), to: Math.max(span.to, first + size) });
  }
  return spans;
}

function writeRepeated(
  path: string,
  packets: readonly Packet[],
  packetsWanted: number,
  change: (packet: Packet, repetition: number) => Uint8Array | undefined,
): number {
  const file = openSync(path, 'w');
  writeSync(file, pcapHeader());
  const firstMs = packets[0]?.atMs ?? 0;
  const lengthMs = packets.reduce((longest, { atMs }) => Math.max(longest, atMs - firstMs), 0);
  const records = new Uint8Array(packets.reduce((sum, { bytes }) => sum + bytes.length + pcapRecordHeaderBytes, 0));
  const view = new DataView(records.buffer);
  let written = 0;
  for (let repetition = 0; written < packetsWanted; repetition += 1) {
    let at = 0;
    for (const packet of packets) {
      const bytes = change(packet, repetition);
      if (bytes === undefined) continue;
      writePcapRecordHeader(view, at, packet.atMs + repetition * Math.min(lengthMs, 60_000), bytes.length, packet.wireBytes);
      records.set(bytes, at + pcapRecordHeaderBytes);
      at += pcapRecordHeaderBytes + bytes.length;
      written += 1;
    }
    writeSync(file, records, 0, at);
  }
  closeSync(file);
  return written;
}
