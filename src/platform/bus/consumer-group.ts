// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ConsumeOptions, DeadLetter, GroupState, Message, MessageHandler, Subscription } from './bus.ts';
import type { GroupRecord, Journal } from './journal.ts';
import { compileSubject } from './subject.ts';

export interface GroupLimits {
  /** Delay before the first repetition; it doubles with each further one. */
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
}

/** What a group wants to have written. */
export interface GroupChanges {
  readonly record: GroupRecord | undefined;
  readonly deadLetters: readonly DeadLetter[];
}

interface Member {
  readonly handler: MessageHandler;
  readonly batchMax: number;
  readonly ackWaitMs: number;
  readonly deliverMax: number;
  isStopping: boolean;
  work: Promise<void>;
}

const readMax = 512;

/**
 * One place in the stream and those who share the work behind it. One batch is at work at a time, which is what keeps the order.
 * After a batch of several has failed its messages come again one by one, so that only the one that cannot be done ends as a dead letter.
 */
export class ConsumerGroup {
  readonly name: string;
  readonly #subject: string;
  readonly #isWanted: (subject: string) => boolean;
  readonly #journal: Journal;
  readonly #save: () => void;
  readonly #log: Log;
  readonly #limits: GroupLimits;
  readonly #members: Member[] = [];
  #cursor: number;
  #failures: number;
  #lostCount: number;
  /** Messages up to here were in a batch that failed: they are handed out singly. */
  #singleThrough = 0;
  #isDirty: boolean;
  #deadLetters: DeadLetter[] = [];
  #isAtWork = false;
  #endPause: () => void = () => {};

  constructor(options: ConsumeOptions, journal: Journal, save: () => void, log: Log, limits: GroupLimits) {
    this.name = options.group;
    this.#subject = options.subject;
    this.#isWanted = compileSubject(options.subject);
    this.#journal = journal;
    this.#save = save;
    this.#log = log;
    this.#limits = limits;
    const known = journal.group(options.group);
    this.#cursor = known?.cursor ?? (options.from === 'new' ? journal.range().last : 0);
    this.#failures = known?.failures ?? 0;
    this.#lostCount = known?.lostCount ?? 0;
    // A new group keeps its place from now on, also where nothing has come yet.
    this.#isDirty = known === undefined;
  }

  get isIdle(): boolean {
    return this.#members.length === 0;
  }

  get subject(): string {
    return this.#subject;
  }

  /** Adds one who shares the work. */
  join(options: ConsumeOptions): Subscription {
    if (options.subject !== this.#subject) {
      throw new ShinraiError('bus.group', `Cannot consume: group "${this.name}" is at work on "${this.#subject}", not on "${options.subject}"`);
    }
    const { handler, batchMax = 100, ackWaitMs = 30_000, deliverMax = 5 } = options;
    const member: Member = { handler, batchMax, ackWaitMs, deliverMax, isStopping: false, work: Promise.resolve() };
    this.#members.push(member);
    this.wake();
    return { stop: () => this.#leave(member), state: () => this.#state() };
  }

  /** Says that there may be something to do. */
  wake(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    // `#run` swallows nothing: whatever a handler throws is counted, and what else goes wrong is logged here.
    void this.#run().catch((error: unknown) => {
      this.#isAtWork = false;
      this.#log.error('consumer group stopped', { group: this.name, reason: String(error) });
    });
  }

  /** What changed since the last call; the caller writes it or gives it back. */
  takeChanges(): GroupChanges {
    const record = this.#isDirty ? { group: this.name, cursor: this.#cursor, failures: this.#failures, lostCount: this.#lostCount } : undefined;
    const deadLetters = this.#deadLetters;
    this.#isDirty = false;
    this.#deadLetters = [];
    return { record, deadLetters };
  }

  giveBack(changes: GroupChanges | undefined): void {
    this.#isDirty ||= changes?.record !== undefined;
    this.#deadLetters = [...(changes?.deadLetters ?? []), ...this.#deadLetters];
  }

  /** Ends all subscriptions. */
  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#leave(member)));
  }

  async #leave(member: Member): Promise<void> {
    member.isStopping = true;
    this.#endPause();
    await member.work;
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
  }

  async #run(): Promise<void> {
    for (;;) {
      // The first in line takes the batch and goes to the end: those who are quick take more turns.
      const member = this.#members.find((one) => !one.isStopping);
      const batch = member === undefined ? [] : this.#next(member.batchMax);
      if (member === undefined || batch.length === 0) {
        this.#isAtWork = false;
        return;
      }
      this.#members.push(...this.#members.splice(this.#members.indexOf(member), 1));
      const work = this.#handOut(member, batch);
      // Who leaves waits for this; what it resolves with is for the loop only.
      member.work = work.then(() => {});
      const isDone = await work;
      if (isDone) await yieldToOthers();
      else if (!member.isStopping) await this.#pause();
    }
  }

  /** The next messages for the group; what it does not want is passed over and counts as done. */
  #next(batchMax: number): Message[] {
    const { first } = this.#journal.range();
    if (this.#cursor < first - 1) {
      this.#lostCount += first - 1 - this.#cursor;
      this.#log.warning('messages lost to retention', { group: this.name, lost: first - 1 - this.#cursor });
      this.#moveTo(first - 1);
    }
    const batch: Message[] = [];
    for (let after = this.#cursor; ; ) {
      const entries = this.#journal.read(after, readMax);
      for (const { sequence, subject, atMs, text } of entries) {
        const isSingle = this.#failures > 0 || sequence <= this.#singleThrough;
        if (batch.length >= (isSingle ? 1 : batchMax)) return batch;
        after = sequence;
        if (this.#isWanted(subject)) batch.push({ sequence, subject, atMs, payload: JSON.parse(text), delivery: this.#failures + 1 });
        else if (batch.length === 0) this.#moveTo(sequence);
      }
      if (entries.length < readMax) return batch;
    }
  }

  /** True where the batch needs no pause before the next one. */
  async #handOut(member: Member, batch: readonly Message[]): Promise<boolean> {
    const last = batch.at(-1)?.sequence ?? this.#cursor;
    const failure = await attempt(member, batch);
    if (failure === undefined) {
      this.#moveTo(last);
      return true;
    }
    this.#failures += 1;
    this.#isDirty = true;
    this.#singleThrough = Math.max(this.#singleThrough, last);
    const [head] = batch;
    const isDead = batch.length === 1 && head !== undefined && this.#failures >= member.deliverMax;
    this.#log.warning('messages not handled', {
      group: this.name,
      first: head?.sequence,
      count: batch.length,
      delivery: this.#failures,
      reason: failure,
      isDead,
    });
    if (isDead) {
      this.#deadLetters.push({ group: this.name, message: head, reason: failure.slice(0, 1_000) });
      this.#moveTo(last);
    }
    this.#save();
    return isDead;
  }

  #moveTo(sequence: number): void {
    this.#cursor = sequence;
    // The rest of a batch that failed has been handed out once.
    this.#failures = sequence < this.#singleThrough ? 1 : 0;
    this.#isDirty = true;
    this.#save();
  }

  #pause(): Promise<void> {
    const delayMs = Math.min(this.#limits.firstDelayMs * 2 ** Math.min(this.#failures - 1, 20), this.#limits.delayMsMax);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #state(): GroupState {
    const deadLetterCount = this.#journal.deadLetterCount(this.name) + this.#deadLetters.length;
    return { pendingCount: this.#journal.range().last - this.#cursor, deadLetterCount, lostCount: this.#lostCount };
  }
}

/** Lets the event loop turn: a long backlog with a quick handler must not keep everything else waiting. */
function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Why the batch was not done, or undefined where it was. */
async function attempt(member: Member, batch: readonly Message[]): Promise<string | undefined> {
  const control = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      control.abort();
      resolve(`not done after ${member.ackWaitMs} ms`);
    }, member.ackWaitMs);
  });
  const work = (async () => member.handler(batch, control.signal))();
  const done = work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const failure = await Promise.race([done, late]);
  clearTimeout(timer);
  return failure;
}
