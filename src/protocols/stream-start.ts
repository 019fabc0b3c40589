// SPDX-License-Identifier: Apache-2.0
import type { Recognition } from './protocol.ts';

/**
 * After a loss: the next offset in [start, end) at which a message begins (`yes`) or may begin (`wait`), else `end`.
 * The judgement must rest on the message alone, not on what follows it: then the result does not depend on how the stream was cut.
 */
export function findStart(start: number, end: number, recogniseAt: (at: number) => Recognition): number {
  for (let at = start; at < end; at += 1) {
    const recognition = recogniseAt(at);
    if (recognition === 'yes' || recognition === 'wait') return at;
  }
  return end;
}

/** When requests were sent, by number (a DNS id, a DHCP transaction): a small ring that a flood cannot grow. */
export class SentTimes {
  private readonly keys = new Float64Array(sentMax).fill(-1);
  private readonly times = new Float64Array(sentMax);
  private next = 0;

  put(key: number, atMs: number): void {
    this.keys[this.next] = key;
    this.times[this.next] = atMs;
    this.next = (this.next + 1) % sentMax;
  }

  /** Milliseconds since the newest request with that key, which is then forgotten; -1 when there is none. */
  take(key: number, atMs: number): number {
    for (let step = 1; step <= sentMax; step += 1) {
      const slot = (this.next - step + sentMax) % sentMax;
      if (this.keys[slot] !== key) continue;
      this.keys[slot] = -1;
      return atMs - (this.times[slot] as number); // slot < sentMax
    }
    return -1;
  }
}
const sentMax = 16;
