// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from '../../base/errors.ts';
import type { PacketBuffer } from '../../model/packet.ts';

/** Named limit: a block of a pcapng file that is read whole (packet, interface, statistics). Blocks that are skipped may be longer. */
export const blockBytesMax = 524_288;

/**
 * The part of a capture that is in memory: unread bytes lie in [start, end) of `bytes`. Batches point into it, so it moves
 * (`compact`) only when the consumer has asked for the next batch.
 */
export class Window {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  start = 0;
  end = 0;
  /** Offset of `bytes[0]` in the uncompressed capture. */
  #baseOffset = 0;

  /** `sizeBytes` must hold the largest record twice, so that reading always goes on. */
  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(Math.max(sizeBytes, 2 * blockBytesMax));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Where `position` (an index of `bytes`) lies in the uncompressed capture. */
  offsetOf(position: number): number {
    return this.#baseOffset + position;
  }

  /** Moves the unread rest to the front: all that is ever copied is a record that straddles two reads. */
  compact(): void {
    if (this.start === 0) return;
    this.bytes.copyWithin(0, this.start, this.end);
    this.#baseOffset += this.start;
    this.end -= this.start;
    this.start = 0;
  }
}

/** Why `read` came back: the batch is full, the window has no whole record left, or the capture cannot be read further. */
export type ReadingState = 'full' | 'more' | Refusal;

/** Reads the records of one format, window by window. Everything in the window is attacker-controlled. */
export interface RecordReader {
  /** Packets and captured bytes so far. */
  readonly packets: number;
  readonly bytes: number;
  /** What the file says it lost; undefined when it says nothing. */
  dropped(): number | undefined;
  /** Appends packets to `rows` (whose `bytes` are the window's) and moves `window.start` behind them. Never throws. */
  read(window: Window, rows: PacketBuffer): ReadingState;
  /** The capture is over: undefined when it ended between two records, else where and why the rest is not a record. */
  finish(window: Window): Refusal | undefined;
}
