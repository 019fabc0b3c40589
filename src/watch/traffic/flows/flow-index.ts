// SPDX-License-Identifier: Apache-2.0
import type { FlowColumns } from './flow-columns.ts';
import type { FlowKey } from './flow-key.ts';

/**
 * From key to row: open addressing with linear probing over one typed array (hash, row + 1 side by side), at most half full.
 * Deleting moves later entries back, so that no tombstones slow it down over months.
 */
export class FlowIndex {
  #slots: Int32Array;
  #mask: number;
  #used = 0;
  readonly #columns: FlowColumns;

  constructor(columns: FlowColumns, slotsAtStart: number) {
    this.#columns = columns;
    this.#slots = new Int32Array(slotsAtStart * 2);
    this.#mask = slotsAtStart - 1;
  }

  /** Row of the key, or -1. */
  find(key: FlowKey): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const hash = key.hash;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * 2 + 1] as number; // slot is masked into the array
      if (entry === 0) return -1;
      if (slots[slot * 2] === hash && this.#columns.holds(entry - 1, key)) return entry - 1;
    }
  }

  /** Leads the key to the row: a new entry, or in place of the row it led to before. Answers that row, or -1. */
  put(key: FlowKey, row: number): number {
    if (this.#used * 2 >= this.#mask) this.#grow();
    const slots = this.#slots;
    for (let slot = key.hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = slots[slot * 2 + 1] as number;
      if (entry === 0) this.#used += 1;
      else if (slots[slot * 2] !== key.hash || !this.#columns.holds(entry - 1, key)) continue;
      slots[slot * 2] = key.hash;
      slots[slot * 2 + 1] = row + 1;
      return entry - 1;
    }
  }

  /** Takes out the entry of a row whose hash is given; nothing happens when it is not there. */
  remove(hash: number, row: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hash & mask;
    while (slots[hole * 2 + 1] !== row + 1) {
      if (slots[hole * 2 + 1] === 0) return;
      hole = (hole + 1) & mask;
    }
    this.#used -= 1;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * 2 + 1] as number;
      if (entry === 0) break;
      const home = (slots[slot * 2] as number) & mask;
      // The entry may fill the hole only when its home is not between the hole and where it is now.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * 2] = slots[slot * 2] as number;
      slots[hole * 2 + 1] = entry;
      hole = slot;
    }
    slots[hole * 2] = 0;
    slots[hole * 2 + 1] = 0;
  }

  #grow(): void {
    const old = this.#slots;
    const size = (this.#mask + 1) * 2;
    this.#slots = new Int32Array(size * 2);
    this.#mask = size - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue;
      let slot = (old[at] as number) & this.#mask;
      while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 2] = old[at] as number;
      this.#slots[slot * 2 + 1] = old[at + 1] as number;
    }
  }
}
