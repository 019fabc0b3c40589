// SPDX-License-Identifier: Apache-2.0

/** A request that waits, or waited, for its response. */
export interface Asked {
  /** Range it names; first is -1 when it was too short to name one. */
  readonly first: number;
  readonly count: number;
  /** File number of a file record request, sub-function of diagnostics, MEI type of function 43. */
  readonly extra: number;
  readonly atMs: number;
}

/** `key` of a slot whose request was answered. */
const free = -1;

class Slot implements Asked {
  key = free;
  code = 0;
  first = -1;
  count = 0;
  extra = 0;
  atMs = 0;
}

/**
 * Requests of one conversation that wait for their response, in a ring that grows to a fixed size: a client that sends and is never
 * answered costs no more memory than one that is. The implementation guide lets a client have 1 to 16 open at once
 * (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 4.3.2); gateways have more, so we keep twice as many.
 */
export class Outstanding {
  /** Oldest first from `next` on. */
  private readonly slots: Slot[] = [];
  private next = 0;
  private live = 0;

  /** Keeps a request. One with the same transaction, unit and function is replaced: a transaction number that is used again has ended. */
  put(transaction: number, unit: number, code: number, first: number, count: number, extra: number, atMs: number): void {
    const key = (transaction << 8) | unit;
    const slot = this.find(key, code) ?? this.takeSlot();
    slot.key = key;
    slot.code = code;
    slot.first = first;
    slot.count = count;
    slot.extra = extra;
    slot.atMs = atMs;
  }

  /** Finds and forgets the request of a response; undefined when there is none. What it answers holds until the next `put`. */
  take(transaction: number, unit: number, code: number): Asked | undefined {
    const slot = this.find((transaction << 8) | unit, code);
    if (slot === undefined) return undefined;
    slot.key = free;
    this.live -= 1;
    return slot;
  }

  /** A slot for a new request: free, new, or that of the oldest request when `requestsMax` wait. */
  private takeSlot(): Slot {
    const { slots } = this;
    if (this.live === slots.length && slots.length < requestsMax) {
      const slot = new Slot();
      // Between the newest and the oldest; in a conversation that asks one thing at a time there is nothing to move.
      if (this.next === 0) slots.push(slot);
      else {
        slots.splice(this.next, 0, slot);
        this.next += 1;
      }
      this.live += 1;
      return slot;
    }
    let at = this.next;
    // Answers out of order leave holes: they are filled before a request that still waits is forgotten.
    while (this.live < slots.length && slots[at]?.key !== free) at = (at + 1) % slots.length;
    const slot = slots[at] as Slot; // the ring is not empty: an empty one has room for a new slot
    if (slot.key === free) this.live += 1;
    this.next = (at + 1) % slots.length;
    return slot;
  }

  /** Backwards, and no further than the live ones: one step in a conversation that asks one thing at a time. */
  private find(key: number, code: number): Slot | undefined {
    const { slots } = this;
    let seen = 0;
    let at = this.next;
    while (seen < this.live) {
      at = at === 0 ? slots.length - 1 : at - 1;
      const slot = slots[at] as Slot; // at is inside the ring
      if (slot.key === free) continue;
      if (slot.key === key && slot.code === code) return slot;
      seen += 1;
    }
    return undefined;
  }
}
export const requestsMax = 32;
