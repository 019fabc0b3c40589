// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { packetBytesMax, pcapHeaderBytes, pcapRecordHeaderBytes } from '../../model/pcap-record.ts';
import { numberOfSegment, readSegmentHeader, recordBytesAt, recordMsAt, Segment } from './segment.ts';

const chunkBytes = 4 * (packetBytesMax + pcapRecordHeaderBytes);

/**
 * The segments of a folder in the order of their numbers, indexed by reading them once. This is also the recovery: a record that
 * was being written when the process or the machine died is cut off the newest segment, segments without packets are removed.
 * Segments that are damaged elsewhere count up to the damage; those whose numbers overlap with earlier ones are left aside.
 */
export async function openSegments(folder: string, log: Log): Promise<Segment[]> {
  const names = (await readdir(folder)).filter((name) => numberOfSegment(name) !== undefined);
  names.sort((a, b) => (numberOfSegment(a) as number) - (numberOfSegment(b) as number)); // filtered: all have one
  const segments: Segment[] = [];
  for (const [place, name] of names.entries()) {
    const path = join(folder, name);
    const scan = await scanSegment(path, numberOfSegment(name) as number); // filtered
    if (scan === undefined || (segments.at(-1)?.nextNumber ?? 0) > scan.segment.firstNumber) {
      log.warning('packet segment left aside', { name });
      continue;
    }
    const { segment, fileBytes } = scan;
    const isNewest = place === names.length - 1;
    if (fileBytes > segment.sizeBytes) {
      log.warning(isNewest ? 'packet segment cut to its last whole packet' : 'packet segment is damaged', { name, keptBytes: segment.sizeBytes, fileBytes });
      if (isNewest) await truncate(path, segment.sizeBytes);
    }
    if (segment.count === 0) await rm(path);
    else segments.push(segment);
  }
  return segments;
}

async function scanSegment(path: string, firstNumber: number): Promise<{ readonly segment: Segment; readonly fileBytes: number } | undefined> {
  const file = await open(path, 'r');
  try {
    const fileBytes = (await file.stat()).size;
    const header = new Uint8Array(pcapHeaderBytes);
    await file.read(header, 0, pcapHeaderBytes, 0);
    const linkType = fileBytes < pcapHeaderBytes ? 0 : readSegmentHeader(header); // died before the header was written: empty
    if (linkType === undefined) return undefined;
    const segment = new Segment(path, firstNumber, linkType);
    for await (const { view, start, end } of readChunks(file, pcapHeaderBytes, fileBytes)) {
      for (let at = start; at < end; at += recordBytesAt(view, at, end)) segment.add(recordMsAt(view, at), recordBytesAt(view, at, end));
    }
    return { segment, fileBytes };
  } finally {
    await file.close();
  }
}

export interface RecordChunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Whole records lie in [start, end). */
  readonly start: number;
  readonly end: number;
}

/** Reads [from, to) of a segment in chunks of whole records, over one buffer; ends before a record that is cut or none. */
export async function* readChunks(file: FileHandle, from: number, to: number): AsyncGenerator<RecordChunk> {
  const bytes = new Uint8Array(Math.min(chunkBytes, Math.max(to - from, 1)));
  const view = new DataView(bytes.buffer);
  let offset = from;
  let rest = 0;
  while (offset < to) {
    const { bytesRead } = await file.read(bytes, rest, Math.min(bytes.length - rest, to - offset), offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    const filled = rest + bytesRead;
    let end = 0;
    let size = recordBytesAt(view, 0, filled);
    while (size > 0) {
      end += size;
      size = recordBytesAt(view, end, filled);
    }
    if (end > 0) yield { bytes, view, start: 0, end };
    if (size < 0) return;
    bytes.copyWithin(0, end, filled);
    rest = filled - end;
  }
}
