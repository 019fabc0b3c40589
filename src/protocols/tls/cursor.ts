// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';

/**
 * Reads the vectors of a TLS handshake one after another. A read beyond the end answers 0 or an empty range and sets
 * `isBroken`: the caller asks once, at the end. Attacker-controlled.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  isBroken = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get hasMore(): boolean {
    return !this.isBroken && this.at < this.end;
  }

  take8(): number {
    return this.advance(1) ? (this.bytes[this.at - 1] as number) : 0; // advance has checked it
  }

  take16(): number {
    return this.advance(2) ? readUint16(this.bytes, this.at - 2) : 0;
  }

  skip(count: number): void {
    this.advance(count);
  }

  /** A vector with a size of one or two bytes before it, as a cursor over its content. RFC 8446, section 3.4. */
  takeVector(sizeBytes: 1 | 2): Cursor {
    const size = sizeBytes === 1 ? this.take8() : this.take16();
    const start = this.at;
    if (!this.advance(size)) return new Cursor(this.bytes, start, start);
    return new Cursor(this.bytes, start, start + size);
  }

  private advance(count: number): boolean {
    if (this.isBroken || this.at + count > this.end) {
      this.isBroken = true;
      return false;
    }
    this.at += count;
    return true;
  }
}
