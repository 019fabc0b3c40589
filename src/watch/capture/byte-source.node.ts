// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ByteSource } from './byte-source.ts';
import { type CaptureErrorCode, captureError } from './capture-error.ts';
import { formatsRead } from './format.ts';

/** The bytes of a file. Raises `capture` when it cannot be opened. */
export async function openFile(path: string): Promise<ByteSource> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw new Error('it is a directory');
    }
  } catch (cause) {
    throw captureError('capture', `Cannot open capture "${path}": ${reasonOf(cause)}`, { cause, hint: `Formats read: ${formatsRead}` });
  }
  return new FileSource(file, path);
}

class FileSource implements ByteSource {
  readonly #file: FileHandle;
  readonly #path: string;
  #isClosed = false;

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async read(into: Uint8Array, from: number): Promise<number> {
    if (this.#isClosed) return 0;
    try {
      return (await this.#file.read(into, from, into.length - from, null)).bytesRead;
    } catch (cause) {
      if (this.#isClosed) return 0;
      throw captureError('capture-read', `Cannot read capture "${this.#path}": ${reasonOf(cause)}`, { cause });
    }
  }

  damage(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }
}

/** Named limit: bytes of a stream that wait to be read; beyond it the writer at the other end is made to wait. */
const waitingBytesMax = 4_194_304;

/** The bytes of a pipe (standard input, output of a capture program), handed on as soon as there are any. */
export class StreamSource implements ByteSource {
  readonly #stream: Readable;
  readonly #name: string;
  readonly #failureCode: CaptureErrorCode;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #hasEnded = false;
  #failure: unknown;
  #isDraining = false;
  #wake: (() => void) | undefined;

  constructor(stream: Readable, name: string, failureCode: CaptureErrorCode = 'capture-read') {
    this.#stream = stream;
    this.#name = name;
    this.#failureCode = failureCode;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', (cause) => this.#end(cause));
    stream.on('end', () => this.#end());
    stream.on('close', () => this.#end());
  }

  async read(into: Uint8Array, from: number): Promise<number> {
    if (this.#waiting.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const filled = this.#hand(into, from);
    if (filled === 0 && this.#failure !== undefined) {
      const cause = this.#failure;
      throw captureError(this.#failureCode, `Cannot read ${this.#name}: ${reasonOf(cause)}`, { cause });
    }
    return filled;
  }

  damage(): undefined {
    return undefined;
  }

  /** Takes everything that still comes, whatever the limit: for a writer that has been told to stop and must not block. */
  drain(): void {
    this.#isDraining = true;
    this.#stream.resume();
  }

  async close(): Promise<void> {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#end();
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#hasEnded || chunk.length === 0) return;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= waitingBytesMax && !this.#isDraining) this.#stream.pause();
    this.#wakeReader();
  }

  #hand(into: Uint8Array, from: number): number {
    let at = from;
    let chunk = this.#waiting[0];
    while (chunk !== undefined && at < into.length) {
      const taken = Math.min(chunk.length, into.length - at);
      into.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), at);
      at += taken;
      if (taken === chunk.length) this.#waiting.shift();
      else this.#waiting[0] = chunk.subarray(taken);
      chunk = this.#waiting[0];
    }
    this.#waitingBytes -= at - from;
    if (this.#waitingBytes < waitingBytesMax && this.#stream.isPaused()) this.#stream.resume();
    return at - from;
  }

  #end(failure?: unknown): void {
    if (!this.#hasEnded) this.#failure = failure;
    this.#hasEnded = true;
    this.#wakeReader();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** What a failure of Node says in words. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
