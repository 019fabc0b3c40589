// SPDX-License-Identifier: Apache-2.0
import { createGunzip, type Gunzip } from 'node:zlib';
import { reasonOf } from './byte-source.node.ts';
import type { ByteSource } from './byte-source.ts';

/**
 * Named limit: compressed bytes that are inflated at a time. Deflate makes at most 1032 bytes out of one, so what waits in
 * memory stays below 17 MB however hostile the file is.
 */
const pieceBytes = 16_384;
const gzipMagic = [0x1f, 0x8b] as const;

/**
 * The same source, or one that inflates it when it begins with the magic number of gzip (RFC 1952; several members are read
 * as one). Everything before a cut or damaged place is delivered, then `damage` tells about it.
 */
export async function inflateIfGzip(source: ByteSource): Promise<ByteSource> {
  const head = new Uint8Array(pieceBytes);
  let headBytes = 0;
  while (headBytes < gzipMagic.length) {
    const filled = await source.read(head, headBytes);
    if (filled === 0) break;
    headBytes += filled;
  }
  const whole = new HeadedSource(head.subarray(0, headBytes), source);
  return head[0] === gzipMagic[0] && head[1] === gzipMagic[1] ? new GzipSource(whole) : whole;
}

/** A source whose first bytes have been read already. */
class HeadedSource implements ByteSource {
  #head: Uint8Array;
  readonly #rest: ByteSource;

  constructor(head: Uint8Array, rest: ByteSource) {
    this.#head = head;
    this.#rest = rest;
  }

  async read(into: Uint8Array, from: number): Promise<number> {
    if (this.#head.length === 0) return await this.#rest.read(into, from);
    const part = this.#head.subarray(0, into.length - from);
    into.set(part, from);
    this.#head = this.#head.subarray(part.length);
    return part.length;
  }

  damage(): string | undefined {
    return this.#rest.damage();
  }

  async close(): Promise<void> {
    await this.#rest.close();
  }
}

class GzipSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #inflater: Gunzip;
  /** Used again for each piece: the inflater calls back when it has read all of it. */
  readonly #piece = new Uint8Array(pieceBytes);
  #inflated: Buffer[] = [];
  #hasEnded = false;
  #damage: string | undefined;
  #settle: (() => void) | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#inflater = createGunzip({ chunkSize: 131_072 });
    this.#inflater.on('data', (chunk: Buffer) => this.#inflated.push(chunk));
    this.#inflater.on('error', (cause) => {
      this.#damage = `the gzip data is ${isCut(cause) ? 'cut short' : `damaged (${reasonOf(cause)})`}`;
      this.#end();
    });
    this.#inflater.on('end', () => this.#end());
  }

  async read(into: Uint8Array, from: number): Promise<number> {
    while (this.#inflated.length === 0 && !this.#hasEnded) await this.#inflatePiece();
    let at = from;
    let chunk = this.#inflated[0];
    while (chunk !== undefined && at < into.length) {
      const part = chunk.subarray(0, into.length - at);
      into.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.#inflated.shift();
      else this.#inflated[0] = chunk.subarray(part.length);
      chunk = this.#inflated[0];
    }
    return at - from;
  }

  damage(): string | undefined {
    return this.#damage ?? this.#source.damage();
  }

  async close(): Promise<void> {
    this.#inflated = [];
    this.#end();
    this.#inflater.destroy();
    await this.#source.close();
  }

  /** Ends when the piece is inflated, the inflater has reached the end, or it has failed. */
  async #inflatePiece(): Promise<void> {
    const size = await this.#source.read(this.#piece, 0);
    if (this.#hasEnded) return;
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      if (size === 0) this.#inflater.end();
      else this.#inflater.write(this.#piece.subarray(0, size), () => resolve());
    });
  }

  #end(): void {
    this.#hasEnded = true;
    this.#settle?.();
  }
}

function isCut(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR';
}
