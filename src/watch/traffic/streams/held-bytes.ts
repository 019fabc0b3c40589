// SPDX-License-Identifier: Apache-2.0

const sizeAtStart = 256;

/** Bytes of one direction that wait for more: copied, one behind the other. Its owner bounds `count`. */
export class HeldBytes {
  bytes = new Uint8Array(0);
  count = 0;
  /** Packet and time of what was added last. */
  packet = 0;
  atMs = 0;

  /** Adds [start, end); answers by how many bytes the memory in use grew. */
  add(bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): number {
    const need = this.count + end - start;
    let grown = 0;
    if (need > this.bytes.length) {
      let size = Math.max(sizeAtStart, this.bytes.length * 2);
      while (size < need) size *= 2;
      const larger = new Uint8Array(size);
      larger.set(this.bytes.subarray(0, this.count));
      grown = size - this.bytes.length;
      this.bytes = larger;
    }
    for (let from = start, to = this.count; from < end; from += 1, to += 1) this.bytes[to] = bytes[from] as number; // [start, end) lies in bytes
    this.count = need;
    this.packet = packet;
    this.atMs = atMs;
    return grown;
  }

  /** Takes the first `size` bytes away; answers how many bytes of memory were freed (all of it when nothing is left and it was large). */
  drop(size: number): number {
    if (size < this.count) {
      if (size > 0) this.bytes.copyWithin(0, size, this.count);
      this.count -= size;
      return 0;
    }
    this.count = 0;
    if (this.bytes.length <= 4 * sizeAtStart) return 0;
    const freed = this.bytes.length;
    this.bytes = new Uint8Array(0);
    return freed;
  }
}
