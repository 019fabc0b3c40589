// SPDX-License-Identifier: Apache-2.0

import { appState, type FlowColumns, flowBit } from '../flows/flow-columns.ts';
import { type Segment, tcpFlag } from '../headers/transport-header.ts';
import type { Dissection } from './dissection.ts';
import { Stash } from './stash.ts';

/** Named limits of one direction: how many segments, how many bytes wait for a missing one before it is given up as lost. */
export interface ReassemblyLimits {
  readonly segmentsMax: number;
  readonly bytesMax: number;
}
export const reassemblyLimits: ReassemblyLimits = { segmentsMax: 64, bytesMax: 262_144 };

/** So many segments must wait before the receiver's acknowledgement alone proves the missing one lost to us (mirrors reorder a little). */
const ackedSegmentsMin = 2;

/**
 * Puts the segments of TCP conversations into order. In order (nearly always) the payload goes on without a copy; what came too
 * early is copied and waits, bounded. What was delivered once is never delivered again, so of two overlapping segments the first
 * wins. Attacker-controlled: sequence numbers far off only cost the bounded wait and a gap that is counted and told to the decoder.
 * A conversation may start in the middle. Source: RFC 9293, section 3.4.
 */
export class Reassembly {
  retransmitted = 0;
  outOfOrder = 0;
  readonly #columns: FlowColumns;
  readonly #dissection: Dissection;
  readonly #limits: ReassemblyLimits;

  constructor(columns: FlowColumns, dissection: Dissection, limits: ReassemblyLimits = reassemblyLimits) {
    this.#columns = columns;
    this.#dissection = dissection;
    this.#limits = limits;
  }

  /** Takes one segment of the row's conversation, sent by `side` (0 = endpoint a). `bytes` are those its offsets point into. */
  take(row: number, side: number, segment: Segment, bytes: Uint8Array, packet: number, atMs: number): void {
    const columns = this.#columns;
    const flags = segment.flags;
    const nextAt = row * 2 + side;
    const nextBit = flowBit.nextA << side;
    // A SYN sent again must not set the sequence back: bytes would be delivered twice, and an attacker could choose which.
    if ((flags & tcpFlag.syn) !== 0 && ((columns.state[row] as number) & nextBit) === 0) {
      columns.nextSequence[nextAt] = (segment.sequence + 1) | 0;
      columns.state[row] = (columns.state[row] as number) | nextBit; // rows are within their columns
    }
    const captured = segment.payloadEnd - segment.payloadStart;
    const total = captured + segment.missingBytes;
    if (total > 0) {
      const sequence = (flags & tcpFlag.syn) === 0 ? segment.sequence : (segment.sequence + 1) | 0;
      if (((columns.state[row] as number) & nextBit) === 0) {
        columns.nextSequence[nextAt] = sequence;
        columns.state[row] = (columns.state[row] as number) | nextBit;
      }
      const ahead = (sequence - (columns.nextSequence[nextAt] as number)) | 0;
      if (ahead > 0) this.#stash(row, side, sequence, segment, bytes, packet, atMs);
      else if (ahead + total <= 0) this.retransmitted += 1;
      else {
        if (ahead < 0) this.retransmitted += 1;
        this.#deliver(row, side, bytes, segment.payloadStart - ahead, segment.payloadEnd, total + ahead, packet, atMs);
        const conversation = this.#dissection.conversations[row];
        const stash = conversation === undefined ? undefined : side === 0 ? conversation.stashA : conversation.stashB;
        if (stash !== undefined && stash.segments.length > 0) this.#drain(row, side, stash);
      }
    }
    if ((flags & tcpFlag.ack) !== 0) this.#acknowledge(row, 1 - side, segment.acknowledged);
  }

  /** Gives up waiting in every conversation: the capture has ended. */
  flush(): void {
    const conversations = this.#dissection.conversations;
    for (let row = 0; row < conversations.length; row += 1) {
      for (let side = 0; side < 2; side += 1) {
        const conversation = conversations[row];
        const stash = side === 0 ? conversation?.stashA : conversation?.stashB;
        while (stash !== undefined && stash.segments.length > 0) this.#giveUp(row, side, stash);
      }
    }
  }

  /** `size` bytes follow in order; those in [start, end) were captured, the others are missing. */
  #deliver(row: number, side: number, bytes: Uint8Array, start: number, end: number, size: number, packet: number, atMs: number): void {
    this.#columns.nextSequence[row * 2 + side] = ((this.#columns.nextSequence[row * 2 + side] as number) + size) | 0;
    if (end > start) this.#dissection.stream(row, side, bytes, start, end, packet, atMs);
    const missing = size - Math.max(0, end - start);
    if (missing > 0) this.#dissection.skip(row, side, missing);
  }

  #stash(row: number, side: number, sequence: number, segment: Segment, bytes: Uint8Array, packet: number, atMs: number): void {
    this.outOfOrder += 1;
    const dissection = this.#dissection;
    const conversation = dissection.remember(row);
    let stash = side === 0 ? conversation.stashA : conversation.stashB;
    if (stash === undefined) {
      stash = new Stash();
      if (side === 0) conversation.stashA = stash;
      else conversation.stashB = stash;
    }
    const before = stash.bytes;
    stash.add({ sequence, bytes: bytes.slice(segment.payloadStart, segment.payloadEnd), missing: segment.missingBytes, packet, atMs });
    dissection.heldBytes += stash.bytes - before;
    const { segmentsMax, bytesMax } = this.#limits;
    if (stash.segments.length > segmentsMax || stash.bytes > bytesMax || dissection.isCrowded()) this.#giveUp(row, side, stash);
  }

  /** The receiver has bytes that we have not: they passed us by. */
  #acknowledge(row: number, side: number, acknowledged: number): void {
    const conversation = this.#dissection.conversations[row];
    if (conversation === undefined) return;
    const stash = side === 0 ? conversation.stashA : conversation.stashB;
    const first = stash?.segments[0];
    if (stash === undefined || first === undefined || stash.segments.length < ackedSegmentsMin) return;
    if (((acknowledged - first.sequence) | 0) >= 0) this.#giveUp(row, side, stash);
  }

  /** Counts the hole before the first waiting segment as lost and goes on behind it. */
  #giveUp(row: number, side: number, stash: Stash): void {
    const first = stash.segments[0];
    if (first === undefined) return;
    const nextAt = row * 2 + side;
    const missing = (first.sequence - (this.#columns.nextSequence[nextAt] as number)) | 0;
    if (missing > 0) {
      this.#columns.nextSequence[nextAt] = first.sequence;
      this.#dissection.skip(row, side, missing);
    }
    this.#drain(row, side, stash);
  }

  /** Delivers what has its turn now. */
  #drain(row: number, side: number, stash: Stash): void {
    const dissection = this.#dissection;
    for (let first = stash.segments[0]; first !== undefined; first = stash.segments[0]) {
      const ahead = (first.sequence - (this.#columns.nextSequence[row * 2 + side] as number)) | 0;
      if (ahead > 0) return;
      stash.takeFirst();
      // When the conversation turned unknown in the meantime, its bytes were already taken off the sum.
      if (dissection.conversations[row] !== undefined) dissection.heldBytes -= first.bytes.length;
      const total = first.bytes.length + first.missing + ahead;
      if (total > 0 && this.#columns.app[row] !== appState.unknown) {
        this.#deliver(row, side, first.bytes, -ahead, first.bytes.length, total, first.packet, first.atMs);
      }
    }
  }
}
