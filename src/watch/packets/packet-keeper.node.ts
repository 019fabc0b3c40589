// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import type { PacketBatch } from '../../model/packet.ts';
import { packetBytesMax, pcapHeader, pcapHeaderBytes, pcapRecordHeaderBytes, writePcapRecordHeader } from '../../model/pcap-record.ts';
import { readPackets, readWindow } from './kept-reading.node.ts';
import { beginNumbers, endNumbers } from './numbering.node.ts';
import { onDisk, packetsError } from './packets-error.ts';
import { isPinName, openPins, type PinnedPackets, writePin } from './pins.node.ts';
import { type KeptPacket, Segment, segmentName } from './segment.ts';
import { openSegments } from './segment-files.node.ts';

export interface KeeperOptions {
  /** A segment is closed when the next packet would make it longer than this, or when it covers this much time. */
  readonly segmentBytes?: number;
  readonly segmentMs?: number;
  /** All segments together; the oldest is removed first. Pins do not count. At least twice `segmentBytes`. */
  readonly totalBytes?: number;
  /** All pins together; a pin beyond it is refused. */
  readonly pinnedBytesMax?: number;
  readonly log?: Log;
}

const mebibyte = 1_048_576;
const defaults = { segmentBytes: 16 * mebibyte, segmentMs: 600_000, totalBytes: 512 * mebibyte, pinnedBytesMax: 1024 * mebibyte } as const;

/** Named limits. */
const segmentsMax = 4096;
const readPacketsMax = 65_536;
const readBytesMax = 256 * mebibyte;

export interface KeeperHealth {
  readonly packets: number;
  readonly bytes: number;
  readonly segments: number;
  readonly pinnedBytes: number;
  /** Time of the oldest packet that is still kept; undefined when there is none. */
  readonly oldestMs: number | undefined;
}

/**
 * Opens the folder of a keeper, or makes it. Recovery is the normal start: what a killed process left is cut to the last whole packet.
 * One process at a time may have it open. Raises `packets-disk`.
 */
export async function openPacketKeeper(folder: string, options: KeeperOptions = {}): Promise<PacketKeeper> {
  return await onDisk(`open the packets in "${folder}"`, async () => {
    const pinFolder = join(folder, 'pinned');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pinnedBytes = await openPins(pinFolder);
    const segments = await openSegments(folder, options.log ?? silentLog);
    const nextNumber = await beginNumbers(folder, segments.at(-1)?.nextNumber ?? 1);
    return new PacketKeeper(folder, segments, nextNumber, pinnedBytes, options);
  });
}

/** Keeps the packets of the last minutes or hours on disk, within a fixed space. Made by {@link openPacketKeeper}. */
export class PacketKeeper {
  readonly #folder: string;
  readonly #limits: Required<Omit<KeeperOptions, 'log'>>;
  readonly #segments: Segment[];
  #nextNumber: number;
  #pinnedBytes: number;
  /** The newest segment, while it is being written. */
  #current: { readonly segment: Segment; readonly file: FileHandle } | undefined;
  readonly #staged = new Uint8Array(mebibyte);
  readonly #stagedView = new DataView(this.#staged.buffer);
  #isAppending = false;
  #isClosed = false;

  constructor(folder: string, segments: Segment[], nextNumber: number, pinnedBytes: number, options: KeeperOptions) {
    this.#folder = folder;
    this.#segments = segments;
    this.#nextNumber = nextNumber;
    this.#pinnedBytes = pinnedBytes;
    this.#limits = {
      segmentBytes: options.segmentBytes ?? defaults.segmentBytes,
      segmentMs: options.segmentMs ?? defaults.segmentMs,
      totalBytes: options.totalBytes ?? defaults.totalBytes,
      pinnedBytesMax: options.pinnedBytesMax ?? defaults.pinnedBytesMax,
    };
    assert(this.#limits.totalBytes >= 2 * this.#limits.segmentBytes, 'a keeper has room for two segments');
  }

  /** The number that the next packet must have, or a higher one: open the capture with it as `firstNumber`. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  health(): KeeperHealth {
    let packets = 0;
    let bytes = 0;
    for (const segment of this.#segments) {
      packets += segment.count;
      bytes += segment.sizeBytes;
    }
    return {
      packets,
      bytes,
      segments: this.#segments.length,
      pinnedBytes: this.#pinnedBytes,
      oldestMs: this.#segments.find(({ count }) => count > 0)?.firstMs,
    };
  }

  /**
   * Keeps a batch under its own numbers, which must not be lower than `nextNumber`. When the promise is kept, the packets survive
   * the death of the process (`kill -9`); a loss of power may take what the disk had not got, at most the newest segment. The batch
   * may be used again then. One call at a time. Raises `packets-disk` (disk full): packets of this batch may be missing then,
   * the keeper stays usable and later packets are kept.
   */
  async append(batch: PacketBatch): Promise<void> {
    assert(!this.#isAppending && !this.#isClosed, 'batches are appended one after the other, before the keeper is closed');
    assert(batch.firstNumber >= this.#nextNumber, 'packet numbers only rise');
    this.#isAppending = true;
    try {
      await onDisk(`keep packets in "${this.#folder}"`, async () => {
        for (let row = 0; row < batch.count; ) row = await this.#writeRows(batch, row);
      });
    } finally {
      this.#isAppending = false;
      this.#nextNumber = batch.firstNumber + batch.count;
    }
  }

  /**
   * The packets with these numbers, in the order of their numbers; those that are not kept any more are missing in the answer.
   * Raises `packets-limit` for more than 65,536 packets or 256 MiB, `packets-damaged` when a file is not what was written.
   */
  async read(numbers: readonly number[]): Promise<KeptPacket[]> {
    const packets: KeptPacket[] = [];
    let bytes = 0;
    for await (const packet of this.#walk(numbers)) {
      bytes += packet.bytes.length;
      if (bytes > readBytesMax) throw packetsError('packets-limit', `Cannot read packets: more than ${readBytesMax} bytes`);
      packets.push(packet);
    }
    return packets;
  }

  /**
   * What was kept at or after `sinceMs` up to now, in batches that are used again for the next one. Begins, in each segment, with the
   * first packet that is new enough; what is appended or removed meanwhile may be missing.
   */
  async *window(sinceMs: number): AsyncGenerator<PacketBatch> {
    for (const segment of this.#segments.slice()) {
      if (segment.lastMs < sinceMs) continue;
      const file = await this.#openKept(segment);
      if (file === undefined) continue;
      try {
        yield* readWindow(file, segment, sinceMs);
      } finally {
        await file.close();
      }
    }
  }

  /**
   * Writes the packets to a small capture file that no retention removes, and answers its place and SHA-256 for the evidence.
   * `packets` counts what was still kept. All or nothing, also when the process is killed. The same pin twice is one.
   * Raises `packets-gone`, `packets-pin`, `packets-limit`, `packets-damaged`, `packets-disk`.
   */
  async pin(name: string, numbers: readonly number[]): Promise<PinnedPackets> {
    if (!isPinName(name)) throw packetsError('packets-pin', 'Cannot pin packets: the name must be 1 to 100 letters, digits, ".", "_" and "-"');
    return await onDisk(`pin packets as "${name}"`, async () => {
      const bytesLeft = this.#limits.pinnedBytesMax - this.#pinnedBytes;
      const { addedBytes, ...pinned } = await writePin(join(this.#folder, 'pinned'), name, this.#walk(numbers), bytesLeft);
      this.#pinnedBytes += addedBytes;
      return pinned;
    });
  }

  /** Puts everything on the disk and notes that nothing is missing, so that the next start counts on without a gap. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await onDisk(`close the packets in "${this.#folder}"`, async () => {
      await this.#endSegment();
      await endNumbers(this.#folder, this.#nextNumber);
    });
  }

  /** Writes as many rows as fit into one piece and one segment; answers the first row that is left. */
  async #writeRows(batch: PacketBatch, firstRow: number): Promise<number> {
    const { segment, file } = await this.#segmentFor(batch, firstRow);
    const room = Math.min(this.#staged.length, this.#limits.segmentBytes - segment.sizeBytes);
    let row = firstRow;
    let staged = 0;
    while (row < batch.count && batch.linkType[row] === segment.linkType) {
      const start = batch.start[row] as number; // row < count, so every column has it
      const captured = batch.captured[row] as number;
      const recordBytes = pcapRecordHeaderBytes + captured;
      if (staged + recordBytes > room && row > firstRow) break;
      writePcapRecordHeader(this.#stagedView, staged, keptMs(batch, row), captured, batch.wire[row]);
      this.#staged.set(batch.bytes.subarray(start, start + captured), staged + pcapRecordHeaderBytes);
      staged += recordBytes;
      row += 1;
    }
    await this.#makeRoom(staged);
    // Killed here: the segment ends in a part of this piece, which the next start cuts to whole records.
    try {
      await writeWhole(file, this.#staged, staged, segment.sizeBytes);
    } catch (cause) {
      await file.truncate(segment.sizeBytes); // the disk is full: what was written of the piece is taken back
      throw cause;
    }
    for (let written = firstRow; written < row; written += 1) segment.add(keptMs(batch, written), pcapRecordHeaderBytes + (batch.captured[written] as number)); // as above
    return row;
  }

  async #segmentFor(batch: PacketBatch, row: number): Promise<{ readonly segment: Segment; readonly file: FileHandle }> {
    const number = batch.firstNumber + row;
    const linkType = batch.linkType[row] as number; // row < count
    const recordBytes = pcapRecordHeaderBytes + (batch.captured[row] as number); // as above
    assert(recordBytes <= packetBytesMax + pcapRecordHeaderBytes, 'sources deliver no packet above the limit');
    if (this.#current !== undefined) {
      const { segment } = this.#current;
      const isNext = segment.nextNumber === number && segment.linkType === linkType;
      const isYoung = Math.abs(keptMs(batch, row) - segment.firstMs) < this.#limits.segmentMs;
      const fits = segment.sizeBytes + recordBytes <= this.#limits.segmentBytes;
      if (isNext && (segment.count === 0 || (isYoung && fits))) return this.#current;
      await this.#endSegment();
    }
    const segment = new Segment(join(this.#folder, segmentName(number)), number, linkType);
    const file = await open(segment.path, 'wx', 0o600); // a second writer in the same folder fails here
    this.#current = { segment, file };
    this.#segments.push(segment);
    await writeWhole(file, pcapHeader(linkType), pcapHeaderBytes, 0);
    return this.#current;
  }

  async #endSegment(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    await current.file.datasync();
    await current.file.close();
  }

  async #makeRoom(addedBytes: number): Promise<void> {
    let bytes = addedBytes;
    for (const segment of this.#segments) bytes += segment.sizeBytes;
    while (this.#segments.length > 1 && (bytes > this.#limits.totalBytes || this.#segments.length > segmentsMax)) {
      const oldest = this.#segments.shift() as Segment; // more than one is there
      bytes -= oldest.sizeBytes;
      await rm(oldest.path, { force: true });
    }
  }

  async *#walk(numbers: readonly number[]): AsyncGenerator<KeptPacket> {
    const sorted = [...new Set(numbers)].sort((a, b) => a - b);
    if (sorted.length > readPacketsMax) throw packetsError('packets-limit', `Cannot read ${sorted.length} packets: at most ${readPacketsMax} at once`);
    for (const segment of this.#segments.slice()) {
      const wanted = sorted.filter((number) => number >= segment.firstNumber && number < segment.nextNumber);
      const file = wanted.length === 0 ? undefined : await this.#openKept(segment);
      if (file === undefined) continue;
      try {
        yield* readPackets(file, segment, wanted);
      } finally {
        await file.close();
      }
    }
  }

  /** Undefined when it has just been removed to make room. */
  async #openKept(segment: Segment): Promise<FileHandle | undefined> {
    try {
      return await open(segment.path, 'r');
    } catch (cause) {
      if (!this.#segments.includes(segment)) return undefined;
      throw packetsError('packets-damaged', `Cannot read kept packets: "${segment.path}" cannot be opened`, { cause });
    }
  }
}

/** A clock that stands before 1970 or after 2106 does not fit into a capture file: such times are kept as the nearest that does. */
function keptMs(batch: PacketBatch, row: number): number {
  return Math.min(Math.max(batch.atMs[row] as number, 0), 0xffff_ffff * 1000); // row < count
}

async function writeWhole(file: FileHandle, bytes: Uint8Array, length: number, position: number): Promise<void> {
  for (let done = 0; done < length; ) done += (await file.write(bytes, done, length - done, position + done)).bytesWritten;
}
