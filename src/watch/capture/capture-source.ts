// SPDX-License-Identifier: Apache-2.0
import { accept, assert, type Read, refuse } from '../../base/errors.ts';
import { type CaptureHealth, type PacketBatch, PacketBuffer, type PacketSource } from '../../model/packet.ts';
import type { ByteSource } from './byte-source.ts';
import { headerBytesMax, readHeader } from './format.ts';
import { type RecordReader, Window } from './window.ts';

export interface BatchOptions {
  /** Rows of a batch. */
  readonly batchPackets?: number;
  /** Size of the window that batches point into; raised to one mebibyte when smaller. */
  readonly batchBytes?: number;
  /** Number of the first packet when it is not 1: for a sensor that goes on counting after it was started again. */
  readonly firstNumber?: number;
}

/** Measured (bench/line.bench.ts): with the flow table and the messages beside them, larger windows leave the processor's cache. */
const defaults = { batchPackets: 16_384, batchBytes: 1_048_576 } as const;

/**
 * A packet source over the bytes of a capture. Refuses when they are not one, with the offset; the caller then closes `input`.
 * Memory: one window and one batch, whatever the capture claims. `batches` may be asked for once.
 */
export async function createCaptureSource(input: ByteSource, options: BatchOptions = {}): Promise<Read<PacketSource>> {
  const window = new Window(options.batchBytes ?? defaults.batchBytes);
  while (window.end < headerBytesMax && (await fill(window, input)) > 0);
  const header = readHeader(window);
  if (!header.ok) {
    const damage = input.damage();
    return damage === undefined ? header : refuse(header.offset, `${header.reason}; ${damage}`);
  }
  const rows = new PacketBuffer(options.batchPackets ?? defaults.batchPackets, 0);
  rows.firstNumber = options.firstNumber ?? 1;
  return accept(new CaptureSource(input, window, header.value, rows));
}

async function fill(window: Window, input: ByteSource): Promise<number> {
  window.compact();
  assert(window.end < window.bytes.length, 'a window holds the largest record, so there is room whenever more is needed');
  const filled = await input.read(window.bytes, window.end);
  window.end += filled;
  return filled;
}

class CaptureSource implements PacketSource {
  readonly #input: ByteSource;
  readonly #window: Window;
  readonly #reader: RecordReader;
  readonly #rows: PacketBuffer;
  #cut: CaptureHealth['cut'];
  #isTaken = false;
  #isClosed = false;

  constructor(input: ByteSource, window: Window, reader: RecordReader, rows: PacketBuffer) {
    this.#input = input;
    this.#window = window;
    this.#reader = reader;
    this.#rows = rows;
    rows.bytes = window.bytes;
  }

  async *batches(): AsyncGenerator<PacketBatch> {
    assert(!this.#isTaken, 'the batches of a capture are asked for once');
    this.#isTaken = true;
    try {
      while (!this.#isClosed) {
        this.#rows.reset();
        const state = this.#reader.read(this.#window, this.#rows);
        if (this.#rows.count > 0) yield this.#rows;
        if (state === 'full') continue;
        if (state !== 'more') {
          this.#cut = { offset: state.offset, reason: state.reason };
          return;
        }
        if (this.#isClosed) return;
        if ((await fill(this.#window, this.#input)) === 0) {
          if (!this.#isClosed) this.#finish();
          return;
        }
      }
    } finally {
      await this.close();
    }
  }

  health(): CaptureHealth {
    return { packets: this.#reader.packets, bytes: this.#reader.bytes, dropped: this.#reader.dropped(), cut: this.#cut };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#input.close();
  }

  #finish(): void {
    const rest = this.#reader.finish(this.#window);
    const damage = this.#input.damage();
    if (rest !== undefined) {
      this.#cut = { offset: rest.offset, reason: damage === undefined ? rest.reason : `${rest.reason}; ${damage}` };
    } else if (damage !== undefined) {
      const offset = this.#window.offsetOf(this.#window.start);
      this.#cut = { offset, reason: `Cannot read packet ${this.#reader.packets + 1}: nothing is left at byte ${offset}; ${damage}` };
    }
  }
}
