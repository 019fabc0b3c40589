// SPDX-License-Identifier: Apache-2.0
import { assert } from '../../base/errors.ts';

/** Something that will happen; give it to {@link Schedule.cancel} to have it not happen. */
export interface Ticket {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Simulated time and what happens in it: events run in order of time, equal times in the order in which they were asked for,
 * so that the same calls give the same run however `advance` is cut into steps. No timer of the machine is involved.
 */
export class Schedule {
  private now = 0;
  private order = 0;
  private readonly heap: Ticket[] = [];

  /** Simulated milliseconds since the start, in whole microseconds. */
  get nowMs(): number {
    return this.now;
  }

  /** Runs `run` after `delayMs` (0 or more) of simulated time, rounded to microseconds. */
  after(delayMs: number, run: () => void): Ticket {
    assert(delayMs >= 0, `a delay is at least 0, found ${delayMs}`);
    const ticket: Ticket = { atMs: toMicrosecond(this.now + delayMs), order: this.order, run };
    this.order += 1;
    this.heap.push(ticket);
    this.rise(this.heap.length - 1);
    return ticket;
  }

  cancel(ticket: Ticket | undefined): void {
    if (ticket !== undefined) ticket.run = undefined;
  }

  /** Runs everything that falls into the next `ms` milliseconds and sets the time to their end. */
  advance(ms: number): void {
    assert(ms >= 0, `time does not run backwards, found ${ms}`);
    const endMs = toMicrosecond(this.now + ms);
    for (let first = this.heap[0]; first !== undefined && first.atMs <= endMs; first = this.heap[0]) {
      this.takeFirst();
      this.now = first.atMs;
      first.run?.();
    }
    this.now = endMs;
  }

  private takeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(from: number): void {
    let index = from;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      let least = index;
      if (left < this.heap.length && this.isBefore(left, least)) least = left;
      if (right < this.heap.length && this.isBefore(right, least)) least = right;
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const one = this.ticketAt(a);
    const other = this.ticketAt(b);
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  private swap(a: number, b: number): void {
    const one = this.ticketAt(a);
    this.heap[a] = this.ticketAt(b);
    this.heap[b] = one;
  }

  private ticketAt(index: number): Ticket {
    const ticket = this.heap[index];
    assert(ticket !== undefined, 'the heap has no holes');
    return ticket;
  }
}

function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
