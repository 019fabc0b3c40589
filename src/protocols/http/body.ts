// SPDX-License-Identifier: Apache-2.0
import { indexOfByte } from '../wire-text.ts';

/** Longest line of a chunk's size (with extensions) and of a trailer. */
const lineBytesMax = 4096;

/** What stands next in one direction of the stream. */
export type State = 'head' | 'body' | 'chunk-size' | 'chunk-end' | 'trailer' | 'until-close' | 'lost';

/** Passes over bodies without keeping them. One object per direction. */
export class Body {
  state: State = 'head';
  /** Bytes of the body or chunk that are still to come. */
  remaining = 0;
  private isChunk = false;

  isAtHead(): boolean {
    return this.state === 'head';
  }

  beginLength(bytes: number): void {
    this.remaining = bytes;
    this.isChunk = false;
    this.state = bytes === 0 ? 'head' : 'body';
  }

  beginChunks(): void {
    this.state = 'chunk-size';
  }

  /** Takes what it can of [at, end); answers the offset it came to, which is `at` when it needs more. Attacker-controlled. */
  pass(bytes: Uint8Array, at: number, end: number): number {
    switch (this.state) {
      case 'body':
        return this.passBytes(at, end);
      case 'chunk-size':
        return this.passLine(bytes, at, end, (line) => this.readChunkSize(line));
      case 'chunk-end':
        return this.passLine(bytes, at, end, (line) => (line === '' ? 'chunk-size' : 'lost'));
      case 'trailer':
        return this.passLine(bytes, at, end, (line) => (line === '' ? 'head' : 'trailer'));
      case 'until-close':
      case 'lost':
        return end;
      case 'head':
        return at;
    }
  }

  /** A gap: exact inside a body or chunk, otherwise the place is lost and the next head must be found. Answers whether it was exact. */
  skip(missing: number): boolean {
    if (this.state === 'until-close' || this.state === 'lost') return true;
    if (this.state !== 'body' || missing > this.remaining) return false;
    this.passBytes(0, missing);
    return true;
  }

  private passBytes(at: number, end: number): number {
    const taken = Math.min(this.remaining, end - at);
    this.remaining -= taken;
    if (this.remaining === 0) this.state = this.isChunk ? 'chunk-end' : 'head';
    return at + taken;
  }

  private passLine(bytes: Uint8Array, at: number, end: number, read: (line: string) => State): number {
    const found = indexOfByte(bytes, 0x0a, at, end);
    if (found < 0) {
      if (end - at <= lineBytesMax) return at;
      this.state = 'lost';
      return end;
    }
    let line = '';
    for (let offset = at; offset < found && offset - at < 64; offset += 1) line += String.fromCharCode(bytes[offset] as number); // before found
    this.state = found - at > lineBytesMax ? 'lost' : read(line.replace(/\r$/, ''));
    return found + 1;
  }

  /** Hexadecimal size, then extensions. RFC 9112, section 7.1. */
  private readChunkSize(line: string): State {
    const match = /^([0-9a-fA-F]{1,12})[ \t]*(;|$)/.exec(line);
    if (match === null) return 'lost';
    this.remaining = Number.parseInt(match[1] ?? '', 16);
    this.isChunk = true;
    return this.remaining === 0 ? 'trailer' : 'body';
  }
}
