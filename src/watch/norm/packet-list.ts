// SPDX-License-Identifier: Apache-2.0
/** Named limit: numbers listed of one finding. Source: model/finding.ts. */
export const packetsListedMax = 65_536;

/** Packet numbers of a finding: each once, in order, the first `packetsListedMax` to come listed and the others counted. */
export class PacketList {
  readonly #numbers = new Set<number>();
  #beyond = 0;
  #lastBeyond = 0;

  add(packets: readonly number[]): void {
    for (const packet of packets) {
      if (this.#numbers.has(packet)) continue;
      if (this.#numbers.size < packetsListedMax) {
        this.#numbers.add(packet);
      } else if (packet > this.#lastBeyond) {
        // Beyond the list only packets in order of time can be told from those already counted.
        this.#lastBeyond = packet;
        this.#beyond += 1;
      }
    }
  }

  /** Packets listed and beyond. */
  get count(): number {
    return this.#numbers.size + this.#beyond;
  }

  sorted(): readonly number[] {
    return [...this.#numbers].sort((a, b) => a - b);
  }
}
