// SPDX-License-Identifier: Apache-2.0

/** Named limits: packet numbers kept of one flow, and of all flows together (8 bytes each). */
export const packetsKeptMax = 65_536;
const packetsKeptTotalMax = 1 << 24;

/**
 * Which packets belong to a row: one chain of numbers a row through two typed arrays. The fuller it is, the fewer a flow may have, so
 * that long conversations do not take the room of new ones, which are what findings are about. What does not fit is left out and counted.
 */
export class PacketNumbers {
  #numbers = new Uint32Array(1024);
  #next = new Uint32Array(1024); // place + 1 of the row's next number, 0 = last
  /** Places that were ever used, and the chain of those that are free again. */
  #used = 0;
  #free = 0;
  #live = 0;
  #heads = new Uint32Array(1024);
  #tails = new Uint32Array(1024);
  #counts = new Uint32Array(1024);
  readonly #totalMax: number;
  /** Numbers that did not fit. */
  leftOut = 0;

  constructor(totalMax: number = packetsKeptTotalMax) {
    this.#totalMax = totalMax;
  }

  /** Empties the row's chain (the row was given to another flow); its places can be used again. */
  open(row: number): void {
    if (row >= this.#heads.length) {
      this.#heads = double(this.#heads, row + 1);
      this.#tails = double(this.#tails, row + 1);
      this.#counts = double(this.#counts, row + 1);
    }
    const count = this.#counts[row] as number; // made room for above
    if (count > 0) {
      this.#next[(this.#tails[row] as number) - 1] = this.#free;
      this.#free = this.#heads[row] as number;
      this.#live -= count;
    }
    this.#heads[row] = 0;
    this.#counts[row] = 0;
  }

  add(row: number, packet: number): void {
    const count = this.#counts[row] as number; // `open` made room
    if (count >= this.#flowMax()) {
      this.leftOut += 1;
      return;
    }
    const place = this.#takePlace();
    this.#numbers[place] = packet;
    this.#next[place] = 0;
    if (count === 0) this.#heads[row] = place + 1;
    else this.#next[(this.#tails[row] as number) - 1] = place + 1;
    this.#tails[row] = place + 1;
    this.#counts[row] = count + 1;
    this.#live += 1;
  }

  read(row: number): readonly number[] {
    const numbers: number[] = [];
    let entry = this.#counts[row] === 0 ? 0 : (this.#heads[row] ?? 0);
    while (entry !== 0) {
      numbers.push(this.#numbers[entry - 1] as number); // entries lead to used places
      entry = this.#next[entry - 1] as number;
    }
    return numbers;
  }

  #flowMax(): number {
    const total = this.#totalMax;
    if (this.#live < total / 2) return packetsKeptMax;
    if (this.#live < total - total / 8) return 1024;
    return this.#live < total ? 64 : 0;
  }

  #takePlace(): number {
    if (this.#free !== 0) {
      const place = this.#free - 1;
      this.#free = this.#next[place] as number; // free places are used ones
      return place;
    }
    if (this.#used === this.#numbers.length) {
      this.#numbers = double(this.#numbers, this.#used + 1);
      this.#next = double(this.#next, this.#used + 1);
    }
    this.#used += 1;
    return this.#used - 1;
  }
}

function double(from: Uint32Array, atLeast: number): Uint32Array<ArrayBuffer> {
  let size = from.length;
  while (size < atLeast) size *= 2;
  const to = new Uint32Array(size);
  to.set(from);
  return to;
}
