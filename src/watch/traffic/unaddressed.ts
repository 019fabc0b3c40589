// SPDX-License-Identifier: Apache-2.0
import { macText } from './flows/address-text.ts';

/** Named limit: pairs of flow and hardware address that are told apart; each takes about 200 bytes. */
export const sendersMax = 16_384;

/** What one hardware address sent in a flow while it had no IP address. */
export interface UnaddressedSender {
  readonly mac: string;
  packets: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
}

/**
 * Who stands behind 0.0.0.0 and :: in each flow: all devices that wait for a lease share these addresses, so one flow holds the packets of
 * many. Attacker-controlled: invented hardware addresses fill it up to its limit; then new ones are only counted.
 */
export class UnaddressedSenders {
  /** Packets of senders that found no place. */
  leftOut = 0;
  readonly #byRow = new Map<number, Map<number, UnaddressedSender>>();
  #count = 0;

  note(row: number, macHigh: number, macLow: number, wireBytes: number, atMs: number): void {
    let senders = this.#byRow.get(row);
    const name = (macHigh >>> 0) * 0x1_0000 + (macLow & 0xffff);
    let sender = senders?.get(name);
    if (sender === undefined) {
      if (this.#count === sendersMax) {
        this.leftOut += 1;
        return;
      }
      this.#count += 1;
      senders ??= new Map();
      this.#byRow.set(row, senders);
      sender = { mac: macText(macHigh, macLow), packets: 0, bytes: 0, firstMs: atMs, lastMs: atMs };
      senders.set(name, sender);
    }
    sender.packets += 1;
    sender.bytes += wireBytes;
    sender.firstMs = Math.min(sender.firstMs, atMs);
    sender.lastMs = Math.max(sender.lastMs, atMs);
  }

  /** Those of a row, in order of first sight. */
  of(row: number): Iterable<UnaddressedSender> {
    return this.#byRow.get(row)?.values() ?? [];
  }

  /** The row is given to another flow. */
  release(row: number): void {
    this.#count -= this.#byRow.get(row)?.size ?? 0;
    this.#byRow.delete(row);
  }
}
