// SPDX-License-Identifier: Apache-2.0
import { packetBytesMax, pcapHeader, pcapHeaderBytes, pcapRecordHeaderBytes } from '../../model/pcap-record.ts';

/** One packet as it was kept. */
export interface KeptPacket {
  readonly number: number;
  readonly atMs: number;
  readonly wireBytes: number;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** The index knows where every 64th packet begins; from there the records are walked. */
export const groupPackets = 64;

/** What is known about a segment file without reading it. Its packets have the numbers from `firstNumber` on, without gaps. */
export class Segment {
  readonly path: string;
  readonly firstNumber: number;
  readonly linkType: number;
  count = 0;
  sizeBytes = pcapHeaderBytes;
  /** Time of the first packet, and the latest time of all. */
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  readonly #groupOffsets: number[] = [];

  constructor(path: string, firstNumber: number, linkType: number) {
    this.path = path;
    this.firstNumber = firstNumber;
    this.linkType = linkType;
  }

  get nextNumber(): number {
    return this.firstNumber + this.count;
  }

  /** Notes a record that has been written behind the last one. */
  add(atMs: number, recordBytes: number): void {
    if (this.count === 0) this.firstMs = atMs;
    if (this.count % groupPackets === 0) this.#groupOffsets.push(this.sizeBytes);
    if (atMs > this.lastMs) this.lastMs = atMs;
    this.count += 1;
    this.sizeBytes += recordBytes;
  }

  /** Where the group of a packet lies in the file, and which of its records the packet is; the caller ensures that it is kept here. */
  locate(number: number): { readonly start: number; readonly end: number; readonly place: number } {
    const index = number - this.firstNumber;
    const group = Math.floor(index / groupPackets);
    const start = this.#groupOffsets[group] as number; // every kept packet has a group
    return { start, end: this.#groupOffsets[group + 1] ?? this.sizeBytes, place: index % groupPackets };
  }
}

/** File name of the segment that begins with this packet; names sort as numbers do. */
export function segmentName(firstNumber: number): string {
  return `segment-${String(firstNumber).padStart(12, '0')}.pcap`;
}

/** The first number of a segment file of this name; undefined when it is no segment. */
export function numberOfSegment(name: string): number | undefined {
  const digits = /^segment-(\d{12,15})\.pcap$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The link type of the file that begins with these bytes; undefined when it is not one that we wrote. */
export function readSegmentHeader(header: Uint8Array): number | undefined {
  if (header.length < pcapHeaderBytes) return undefined;
  const linkType = new DataView(header.buffer, header.byteOffset).getUint32(20, true);
  const ours = pcapHeader(linkType);
  return ours.every((byte, index) => byte === header[index]) ? linkType : undefined;
}

/**
 * Size of the record at `at`, header included, of which [at, end) is in memory: 0 when it is not there as a whole, -1 when it is
 * none. Not trusted: the file may have been changed since it was written.
 */
export function recordBytesAt(view: DataView, at: number, end: number): number {
  if (at + pcapRecordHeaderBytes > end) return 0;
  const captured = view.getUint32(at + 8, true);
  if (captured > packetBytesMax) return -1;
  const size = pcapRecordHeaderBytes + captured;
  return at + size > end ? 0 : size;
}

/** Time of the record at `at`. */
export function recordMsAt(view: DataView, at: number): number {
  return view.getUint32(at, true) * 1000 + view.getUint32(at + 4, true) / 1_000_000;
}
