// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { type PacketBatch, PacketBuffer } from '../../model/packet.ts';
import { pcapHeaderBytes, pcapRecordHeaderBytes } from '../../model/pcap-record.ts';
import { packetsError } from './packets-error.ts';
import { type KeptPacket, recordBytesAt, recordMsAt, type Segment } from './segment.ts';
import { readChunks } from './segment-files.node.ts';

/** Named limit: rows of a batch of a window. */
const windowPackets = 16_384;

/**
 * Packets of one segment; `numbers` are sorted and all in it. Reads each group of 64 packets once. The bytes are copies.
 * Not trusted: a file that was changed may give other packets (a pin's hash would tell) or is refused (`packets-damaged`).
 */
export async function* readPackets(file: FileHandle, segment: Segment, numbers: readonly number[]): AsyncGenerator<KeptPacket> {
  let groupAt = -1;
  let group = new Uint8Array(0);
  for (const number of numbers) {
    const { start, end, place } = segment.locate(number);
    if (start !== groupAt) {
      group = new Uint8Array(end - start);
      const { bytesRead } = await file.read(group, 0, group.length, start);
      if (bytesRead < group.length) throw damaged(segment, number);
      groupAt = start;
    }
    const view = new DataView(group.buffer);
    let at = 0;
    for (let step = 0; step < place; step += 1) {
      const size = recordBytesAt(view, at, group.length);
      if (size <= 0) throw damaged(segment, number);
      at += size;
    }
    const size = recordBytesAt(view, at, group.length);
    if (size <= 0) throw damaged(segment, number);
    const bytes = group.slice(at + pcapRecordHeaderBytes, at + size);
    yield { number, atMs: recordMsAt(view, at), wireBytes: view.getUint32(at + 12, true), linkType: segment.linkType, bytes };
  }
}

function damaged(segment: Segment, number: number): Error {
  return packetsError('packets-damaged', `Cannot read packet ${number}: "${segment.path}" is not what was written`);
}

/** The packets of a segment from the first one at or after `sinceMs` on; the batch is used again. Refuses damage (`packets-damaged`). */
export async function* readWindow(file: FileHandle, segment: Segment, sinceMs: number): AsyncGenerator<PacketBatch> {
  const rows = new PacketBuffer(windowPackets, 0);
  const { nextNumber, sizeBytes } = segment; // it may grow while we read
  let number = segment.firstNumber;
  let hasBegun = false;
  for await (const { bytes, view, start, end } of readChunks(file, pcapHeaderBytes, sizeBytes)) {
    rows.bytes = bytes;
    rows.count = 0;
    for (let at = start; at < end; number += 1) {
      const size = recordBytesAt(view, at, end);
      const atMs = recordMsAt(view, at);
      hasBegun ||= atMs >= sinceMs;
      if (hasBegun) {
        if (rows.count === 0) rows.firstNumber = number;
        rows.start[rows.count] = at + pcapRecordHeaderBytes;
        rows.captured[rows.count] = size - pcapRecordHeaderBytes;
        rows.wire[rows.count] = view.getUint32(at + 12, true);
        rows.atMs[rows.count] = atMs;
        rows.linkType[rows.count] = segment.linkType;
        rows.count += 1;
      }
      at += size;
      if (rows.count === windowPackets) {
        yield rows;
        rows.count = 0;
      }
    }
    if (rows.count > 0) yield rows;
  }
  if (number < nextNumber) throw damaged(segment, number);
}
