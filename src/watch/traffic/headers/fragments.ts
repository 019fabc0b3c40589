// SPDX-License-Identifier: Apache-2.0
import { toHex } from '../../../base/bytes.ts';
import type { Frame } from './frame.ts';

/** Named limits: datagrams being put together, their bytes together, and how long they may take (RFC 8200: 60 s). */
export interface FragmentLimits {
  readonly datagramsMax: number;
  readonly bytesMax: number;
  readonly ageMs: number;
}
export const fragmentLimits: FragmentLimits = { datagramsMax: 256, bytesMax: 4_194_304, ageMs: 60_000 };

const datagramBytesMax = 65_535;
const piecesMax = 1024;

interface Partial {
  bytes: Uint8Array;
  /** Ranges that are there, in order, apart from each other: start, end, start, end … */
  ranges: number[];
  pieces: number;
  /** Size of the whole datagram; -1 until its last fragment was seen. */
  size: number;
  readonly startedMs: number;
}

/**
 * Puts fragmented IP datagrams together. Attacker-controlled: bounded in count, bytes, pieces and time (the oldest goes first); bytes that
 * were there first stay (IPv4), a datagram with overlaps is dropped whole (IPv6). Sources: RFC 791 section 3.2, RFC 5722, RFC 8200 section 4.5.
 */
export class Fragments {
  /** Datagrams that were completed; that were given up, for each reason. */
  completed = 0;
  expired = 0;
  crowdedOut = 0;
  refused = 0;
  readonly #limits: FragmentLimits;
  readonly #partials = new Map<string, Partial>();
  #heldBytes = 0;

  constructor(limits: FragmentLimits = fragmentLimits) {
    this.#limits = limits;
  }

  /** Takes the fragment in the frame; returns the whole carried datagram when this fragment completes it. */
  add(frame: Frame, bytes: Uint8Array, atMs: number): Uint8Array | undefined {
    this.#expire(atMs);
    const start = frame.fragmentOffset;
    const size = frame.carriedEnd - frame.carriedStart;
    const end = start + size;
    // A fragment that was cut by the snap length would leave a hole that nothing fills.
    const isRefused = size === 0 || frame.carriedEnd < frame.carriedWireEnd || end > datagramBytesMax || (frame.hasMoreFragments && (size & 7) !== 0);
    if (isRefused) {
      this.refused += 1;
      return undefined;
    }
    const addressBytes = frame.family === 4 ? 4 : 16;
    const addresses = `${toHex(bytes, frame.source, frame.source + addressBytes)}${toHex(bytes, frame.destination, frame.destination + addressBytes)}`;
    const name = `${addresses}:${frame.fragmentId}:${frame.ipProtocol}`;
    const partial = this.#partials.get(name) ?? this.#start(name, atMs);
    if (!this.#place(partial, frame, bytes, start, end)) {
      this.#drop(name, partial);
      this.refused += 1;
      return undefined;
    }
    if (partial.size >= 0 && partial.ranges.length === 2 && partial.ranges[0] === 0 && partial.ranges[1] === partial.size) {
      this.#drop(name, partial);
      this.completed += 1;
      return partial.bytes.subarray(0, partial.size);
    }
    return undefined;
  }

  #start(name: string, atMs: number): Partial {
    const partial: Partial = { bytes: new Uint8Array(0), ranges: [], pieces: 0, size: -1, startedMs: atMs };
    this.#partials.set(name, partial);
    while (this.#partials.size > this.#limits.datagramsMax) this.#dropOldest();
    return partial;
  }

  /** False when the datagram contradicts itself. */
  #place(partial: Partial, frame: Frame, bytes: Uint8Array, start: number, end: number): boolean {
    partial.pieces += 1;
    if (partial.pieces > piecesMax) return false;
    const last = partial.ranges.at(-1) ?? 0;
    if (!frame.hasMoreFragments) {
      if ((partial.size >= 0 && partial.size !== end) || last > end) return false;
      partial.size = end;
    }
    if (partial.size >= 0 && end > partial.size) return false;
    const gaps = gapsIn(partial.ranges, start, end);
    if (frame.family === 6 && !(gaps.length === 2 && gaps[0] === start && gaps[1] === end)) {
      // An exact copy of a fragment that is there is harmless; any other overlap ends the datagram.
      return gaps.length === 0;
    }
    this.#enlarge(partial, end);
    for (let index = 0; index < gaps.length; index += 2) {
      const from = gaps[index] as number; // pairs
      const to = gaps[index + 1] as number;
      partial.bytes.set(bytes.subarray(frame.carriedStart + from - start, frame.carriedStart + to - start), from);
    }
    partial.ranges = joinRange(partial.ranges, start, end);
    return true;
  }

  #enlarge(partial: Partial, end: number): void {
    if (end <= partial.bytes.length) return;
    const larger = new Uint8Array(Math.min(datagramBytesMax, Math.max(end, partial.bytes.length * 2, 2048)));
    larger.set(partial.bytes);
    this.#heldBytes += larger.length - partial.bytes.length;
    partial.bytes = larger;
    while (this.#heldBytes > this.#limits.bytesMax && this.#partials.size > 1) this.#dropOldest();
  }

  #expire(atMs: number): void {
    for (const [name, partial] of this.#partials) {
      if (atMs - partial.startedMs <= this.#limits.ageMs) return;
      this.#drop(name, partial);
      this.expired += 1;
    }
  }

  #dropOldest(): void {
    for (const [name, partial] of this.#partials) {
      this.#drop(name, partial);
      this.crowdedOut += 1;
      return;
    }
  }

  #drop(name: string, partial: Partial): void {
    if (this.#partials.delete(name)) this.#heldBytes -= partial.bytes.length;
  }
}

/** Parts of [start, end) that the ranges do not cover. */
function gapsIn(ranges: readonly number[], start: number, end: number): number[] {
  const gaps: number[] = [];
  let at = start;
  for (let index = 0; index < ranges.length && at < end; index += 2) {
    const from = ranges[index] as number; // pairs
    const to = ranges[index + 1] as number;
    if (to <= at) continue;
    if (from >= end) break;
    if (from > at) gaps.push(at, from);
    at = to;
  }
  if (at < end) gaps.push(at, end);
  return gaps;
}

/** The ranges with [start, end) added. */
function joinRange(ranges: readonly number[], start: number, end: number): number[] {
  const joined: number[] = [];
  let from = start;
  let to = end;
  let isPlaced = false;
  for (let index = 0; index < ranges.length; index += 2) {
    const low = ranges[index] as number; // pairs
    const high = ranges[index + 1] as number;
    if (high < from) joined.push(low, high);
    else if (low > to) {
      if (!isPlaced) joined.push(from, to);
      isPlaced = true;
      joined.push(low, high);
    } else {
      from = Math.min(from, low);
      to = Math.max(to, high);
    }
  }
  if (!isPlaced) joined.push(from, to);
  return joined;
}
