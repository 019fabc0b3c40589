// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../../base/canonical-json.ts';

/** One message of the stream, as it is handed to a consumer. */
export interface Message {
  readonly subject: string;
  /** Position in the stream, from 1; gaps are allowed, going back is not. */
  readonly sequence: number;
  readonly atMs: number;
  readonly payload: Json;
  /** How often it was handed out, from 1. More than 1: the work may have been done already. */
  readonly delivery: number;
}

/** Does the work of a batch. The messages are done when the promise resolves; all of them come again where it rejects. `signal` aborts after `ackWaitMs`. */
export type MessageHandler = (messages: readonly Message[], signal: AbortSignal) => Promise<void>;

export interface ConsumeOptions {
  /** Dotted tokens; `*` stands for one token, a last `>` for one or more: `plant.*.finding`, `plant.>`. */
  readonly subject: string;
  /** Durable name: the place in the stream belongs to the group and outlives its members, who share the work. */
  readonly group: string;
  readonly handler: MessageHandler;
  readonly batchMax?: number;
  /** A batch that is not done by then counts as failed and comes again. */
  readonly ackWaitMs?: number;
  /** After so many deliveries a message is put among the dead letters and the group goes on. */
  readonly deliverMax?: number;
  /** Where a new group begins: with all that is kept, or with what comes from now on. A known group goes on where it was. */
  readonly from?: 'first' | 'new';
}

export interface GroupState {
  /** Messages of the stream behind the group's place (also those whose subject it does not want). */
  readonly pendingCount: number;
  readonly deadLetterCount: number;
  /** Messages that retention removed before the group had them. */
  readonly lostCount: number;
}

export interface Subscription {
  /** Takes no further batch and resolves when the one at work is done or has failed. */
  stop(): Promise<void>;
  state(): GroupState;
}

export interface DeadLetter {
  readonly group: string;
  readonly message: Message;
  readonly reason: string;
}

/**
 * A durable stream with consumer groups, in the words and with the promises of NATS JetStream (stream, durable pull consumer with
 * `max_ack_pending` of one batch), so that it can take the place of the one in this process.
 *
 * Durable when: `publish` resolves after the messages are on disk. Ordered: by sequence, and each group sees its messages in order, one batch
 * at a time. At least once: a handler may see a message again, after a failure or a restart. Who retries: the bus, with growing delay.
 * Safe at the same time: any number of publishers and consumers of one process.
 */
export interface Bus {
  /**
   * Resolves with the sequence of the last one. All payloads of one call are stored together or not at all.
   * Refuses with `bus.subject`, `bus.payload` (larger than `payloadBytesMax`), `bus.full` (too much waits to be written) and `bus.closed`.
   */
  publish(subject: string, payloads: readonly Json[]): Promise<number>;
  /** Refuses with `bus.subject`, `bus.closed`, and `bus.group` where the group is at work on another subject. */
  consume(options: ConsumeOptions): Promise<Subscription>;
  /** The newest dead letters of a group, newest first. */
  deadLetters(group: string, countMax?: number): Promise<readonly DeadLetter[]>;
  /** Stops all subscriptions and resolves when everything is written. */
  close(): Promise<void>;
}

/** Largest payload as JSON text, in bytes. Source: the default `max_payload` of NATS. */
export const payloadBytesMax = 1_048_576;
