// SPDX-License-Identifier: Apache-2.0
/**
 * The classic capture file as we write it: little-endian, nanoseconds. Whoever leaves packets behind for people and other
 * programs (the plant's recordings, kept segments, pinned evidence, fixtures of tests) writes them with these functions.
 * Source: draft-ietf-opsawg-pcap, sections 4 and 5.
 */
import { assert } from '../base/errors.ts';
import { linkTypes } from './packet.ts';

export const pcapHeaderBytes = 24;
export const pcapRecordHeaderBytes = 16;

/** Named limit: the longest packet that a record may hold, ours and those of others. The same as Wireshark's and tcpdump's. */
export const packetBytesMax = 262_144;

/** First four bytes of a file, read in the byte order of the machine that wrote it. */
export const pcapMagic = { micro: 0xa1b2c3d4, nano: 0xa1b23c4d, modified: 0xa1b2cd34 } as const;

/** The 24 bytes at the start of a capture file; all packets of the file have this link type. */
export function pcapHeader(linkType: number = linkTypes.ethernet, resolution: 'micro' | 'nano' = 'nano', snapBytes = packetBytesMax): Uint8Array {
  const header = new Uint8Array(pcapHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, pcapMagic[resolution], true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapBytes, true);
  view.setUint32(20, linkType, true);
  return header;
}

/**
 * Writes the 16 bytes before a packet at `offset` of `view`. `capturedBytes` follow it, `wireBytes` were on the wire.
 * A time after 1970 written with nanoseconds is read back as the same number. The caller ensures 0 <= atMs < 2^32 seconds.
 */
export function writePcapRecordHeader(
  view: DataView,
  offset: number,
  atMs: number,
  capturedBytes: number,
  wireBytes: number = capturedBytes,
  resolution: 'micro' | 'nano' = 'nano',
): void {
  assert(atMs >= 0 && atMs < 0x1_0000_0000 * 1000, 'the time of a packet fits in 32 bits of seconds');
  const perMs = resolution === 'nano' ? 1_000_000 : 1000;
  let seconds = Math.floor(atMs / 1000);
  let fraction = Math.round((atMs - seconds * 1000) * perMs);
  if (fraction >= perMs * 1000) {
    fraction -= perMs * 1000; // rounded up to the next second
    seconds += 1;
  }
  view.setUint32(offset, seconds, true);
  view.setUint32(offset + 4, fraction, true);
  view.setUint32(offset + 8, capturedBytes, true);
  view.setUint32(offset + 12, wireBytes, true);
}

/** One record, header and packet. For a few packets; who writes many fills a large buffer with `writePcapRecordHeader`. */
export function pcapRecord(packet: Uint8Array, atMs: number, wireBytes: number = packet.length, resolution: 'micro' | 'nano' = 'nano'): Uint8Array {
  const record = new Uint8Array(pcapRecordHeaderBytes + packet.length);
  writePcapRecordHeader(new DataView(record.buffer), 0, atMs, packet.length, wireBytes, resolution);
  record.set(packet, pcapRecordHeaderBytes);
  return record;
}
