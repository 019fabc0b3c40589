// SPDX-License-Identifier: Apache-2.0

/** A segment that came before its turn. */
export interface Stashed {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Payload that was on the wire but not captured. */
  readonly missing: number;
  readonly packet: number;
  readonly atMs: number;
}

/** Segments of one direction that wait for what comes before them, by sequence number. Its owner bounds count and bytes. */
export class Stash {
  readonly segments: Stashed[] = [];
  /** Payload bytes kept. */
  bytes = 0;

  /** Of two segments with the same start the first stays unless the second is longer (a retransmission that carries more). */
  add(segment: Stashed): void {
    let at = this.segments.length;
    while (at > 0 && (((this.segments[at - 1] as Stashed).sequence - segment.sequence) | 0) > 0) at -= 1;
    const before = this.segments[at - 1];
    if (before !== undefined && before.sequence === segment.sequence) {
      if (before.bytes.length >= segment.bytes.length) return;
      this.bytes += segment.bytes.length - before.bytes.length;
      this.segments[at - 1] = segment;
      return;
    }
    this.segments.splice(at, 0, segment);
    this.bytes += segment.bytes.length;
  }

  takeFirst(): Stashed | undefined {
    const first = this.segments.shift();
    if (first !== undefined) this.bytes -= first.bytes.length;
    return first;
  }
}
