// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../../base/canonical-json.ts';
import type { Clock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type Bus, type ConsumeOptions, payloadBytesMax } from './bus.ts';
import { ConsumerGroup, type GroupLimits } from './consumer-group.ts';
import type { Journal, JournalWrite, NewEntry } from './journal.ts';
import { isSubject, isSubjectPattern } from './subject.ts';

export interface BusLimits extends GroupLimits {
  /** Messages older than this are dropped, also where a group has not had them (counted as lost). */
  readonly ageMsMax: number;
  readonly bytesMax: number;
  /** What may wait to be written before `publish` refuses. */
  readonly waitingBytesMax: number;
}
const defaultLimits: BusLimits = {
  ageMsMax: 7 * 24 * 3_600_000,
  bytesMax: 1_073_741_824,
  waitingBytesMax: 67_108_864,
  firstDelayMs: 100,
  delayMsMax: 30_000,
};

/** How long the place of a group may wait to be written where nothing is published meanwhile. */
const placeDelayMs = 50;

interface Waiting {
  readonly entries: readonly NewEntry[];
  readonly resolve: (lastSequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** A bus within this process over a journal: the durable one of `store.node.ts`, or the one in memory for tests. */
export function createBus(options: { readonly journal: Journal; readonly clock: Clock; readonly log: Log; readonly limits?: Partial<BusLimits> }): Bus {
  return new StreamBus(options.journal, options.clock, options.log, { ...defaultLimits, ...options.limits });
}

class StreamBus implements Bus {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: BusLimits;
  readonly #groups = new Map<string, ConsumerGroup>();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(journal: Journal, clock: Clock, log: Log, limits: BusLimits) {
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
  }

  async publish(subject: string, payloads: readonly Json[]): Promise<number> {
    this.#refuseClosed();
    if (!isSubject(subject)) throw new ShinraiError('bus.subject', `Cannot publish: "${subject.slice(0, 100)}" is not a subject`);
    if (payloads.length === 0) return this.#journal.range().last;
    const atMs = this.#clock.nowMs();
    const entries = payloads.map((payload): NewEntry => {
      const text = JSON.stringify(payload);
      return { subject, atMs, text, sizeBytes: Buffer.byteLength(text) };
    });
    if (entries.some(({ sizeBytes }) => sizeBytes > payloadBytesMax)) {
      throw new ShinraiError('bus.payload', `Cannot publish to "${subject}": a payload is larger than ${payloadBytesMax} bytes`);
    }
    const size = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (this.#waitingBytes + size > this.#limits.waitingBytesMax) {
      throw new ShinraiError(
        'bus.full',
        `Cannot publish to "${subject}": ${this.#waitingBytes} bytes wait to be written, at most ${this.#limits.waitingBytesMax}`,
      );
    }
    this.#waitingBytes += size;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, resolve, reject });
      void this.#writeSoon(); // its failure reaches the publishers through `reject`
    });
  }

  async consume(options: ConsumeOptions) {
    this.#refuseClosed();
    if (!isSubjectPattern(options.subject)) throw new ShinraiError('bus.subject', `Cannot consume: "${options.subject.slice(0, 100)}" is not a subject`);
    if (!isSubject(options.group)) throw new ShinraiError('bus.group', `Cannot consume: "${options.group.slice(0, 100)}" is not a name`);
    let group = this.#groups.get(options.group);
    // A name whose members have all left may come back with another subject; its place stays.
    if (group?.isIdle && group.subject !== options.subject) {
      await this.#writeSoon();
      group = undefined;
    }
    if (group === undefined) {
      group = new ConsumerGroup(options, this.#journal, () => this.#writeLater(), this.#log, this.#limits);
      this.#groups.set(options.group, group);
      await this.#writeSoon();
    }
    return group.join(options);
  }

  async deadLetters(group: string, countMax = 100) {
    if (this.#isClosed) return [];
    await this.#writeSoon();
    return this.#journal.deadLetters(group, countMax);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    await this.#writeSoon();
    this.#journal.close();
  }

  /** Group commit: everything that comes until the event loop turns once shares one write and one fsync. */
  #writeSoon(): Promise<void> {
    this.#writing ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#writing = undefined;
        this.#writeNow();
        resolve();
      });
    });
    return this.#writing;
  }

  /** The places of groups need no hurry: after a crash the work of the last moment is done again, as at-least-once allows. */
  #writeLater(): void {
    this.#timer ??= setTimeout(() => this.#writeNow(), placeDelayMs);
  }

  #writeNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    const groups = [...this.#groups.values()];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const { ageMsMax, bytesMax } = this.#limits;
    const changes = groups.map((group) => group.takeChanges());
    if (waiting.length === 0 && changes.every(({ record, deadLetters }) => record === undefined && deadLetters.length === 0)) return;
    const write: JournalWrite = {
      entries: waiting.flatMap(({ entries }) => entries),
      groups: changes.flatMap(({ record }) => record ?? []),
      deadLetters: changes.flatMap(({ deadLetters }) => deadLetters),
      keep: { sinceMs: this.#clock.nowMs() - ageMsMax, bytesMax },
    };
    let last: number;
    try {
      // A crash before this returns loses only what nobody was told is stored.
      last = this.#journal.write(write);
    } catch (cause) {
      this.#log.error('stream not written', { reason: cause instanceof Error ? cause.message : String(cause), messages: write.entries.length });
      for (const [index, group] of groups.entries()) group.giveBack(changes[index]);
      for (const { reject } of waiting) reject(new ShinraiError('bus.write', 'Cannot publish: the stream could not be written', { cause }));
      return;
    }
    let sequence = last - write.entries.length;
    for (const { entries, resolve } of waiting) {
      sequence += entries.length;
      resolve(sequence);
    }
    if (write.entries.length > 0) for (const group of groups) group.wake();
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new ShinraiError('bus.closed', 'Cannot use the stream: it is closed');
  }
}
