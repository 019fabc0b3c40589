// SPDX-License-Identifier: Apache-2.0
import { KeyObject, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { concatBytes } from '../base/bytes.ts';
import { assert, ShinraiError } from '../base/errors.ts';

const threadsMax = 4;
/** Messages that a thread is given at once: large enough that handing over costs little, small enough that all threads end together. */
const messagesAtOnce = 64;
const signatureBytes = 64;

/** Signs beside the main thread with one key. Threads start when there is work for them and keep no process alive while there is none. */
export interface SigningThreads {
  /**
   * Ed25519 signatures of 64 bytes over the messages, in their order. The messages are copied before this returns. Rejects, with no signature
   * at all, with `chain-signing` where a thread cannot start or has ended (the next call starts another) and `chain-closed` after `close`.
   */
  sign(messages: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Ends the threads; what they have not signed is rejected with `chain-closed`. */
  close(): Promise<void>;
}

/** Messages one behind the other; the last byte of each lies before its end. */
interface Work {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}
interface Thread {
  readonly worker: Worker;
  /** In the order in which the thread answers: it takes one after another. */
  readonly waiting: PromiseWithResolvers<Uint8Array>[];
}

/** The threads of an Ed25519 key. It reaches them as a handle on the same key object: its secret is not written out, neither here nor there. */
export function createSigningThreads(privateKey: KeyObject): SigningThreads {
  assert(privateKey.asymmetricKeyType === 'ed25519' && privateKey.type === 'private', 'the key is an Ed25519 signing key');
  const limit = Math.min(threadsMax, availableParallelism());
  const threads = new Set<Thread>();
  let isClosed = false;

  const start = (): Thread => {
    // This file is also the program of the thread: see below. Nothing of the environment is needed there.
    const worker = new Worker(new URL(import.meta.url), { name: threadName, workerData: { name: threadName, privateKey }, env: {} });
    const thread: Thread = { worker, waiting: [] };
    const end = (cause: unknown): void => {
      threads.delete(thread);
      const error = isClosed ? closedError() : new ShinraiError('chain-signing', 'Cannot sign: a signing thread has ended', { cause });
      for (const answer of thread.waiting.splice(0)) answer.reject(error);
    };
    worker.on('message', (signatures: Uint8Array) => {
      thread.waiting.shift()?.resolve(signatures);
      if (thread.waiting.length === 0) worker.unref();
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`exit code ${code}`)));
    threads.add(thread);
    return thread;
  };
  const choose = (): Thread => {
    const [least] = [...threads].sort((a, b) => a.waiting.length - b.waiting.length);
    return least === undefined || (least.waiting.length > 0 && threads.size < limit) ? start() : least;
  };
  const signPart = async (messages: readonly Uint8Array[]): Promise<readonly Uint8Array[]> => {
    const thread = choose();
    const work = packWork(messages);
    const answer = Promise.withResolvers<Uint8Array>();
    thread.waiting.push(answer);
    thread.worker.ref();
    thread.worker.postMessage(work, [work.bytes.buffer as ArrayBuffer, work.ends.buffer as ArrayBuffer]); // made by packWork, not shared
    const signatures = await answer.promise;
    assert(signatures.length === messages.length * signatureBytes, 'a signing thread gives one signature for each message');
    return messages.map((_, place) => signatures.subarray(place * signatureBytes, (place + 1) * signatureBytes));
  };

  return {
    async sign(messages) {
      if (isClosed) throw closedError();
      const parts: Promise<readonly Uint8Array[]>[] = [];
      for (let at = 0; at < messages.length; at += messagesAtOnce) parts.push(signPart(messages.slice(at, at + messagesAtOnce)));
      return (await Promise.all(parts)).flat();
    },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.worker.terminate()));
    },
  };
}

function closedError(): ShinraiError {
  return new ShinraiError('chain-closed', 'Cannot sign: the signer was closed');
}

function packWork(messages: readonly Uint8Array[]): Work {
  const bytes = concatBytes(messages);
  const ends = new Uint32Array(messages.length);
  let end = 0;
  for (const [place, message] of messages.entries()) {
    end += message.length;
    ends[place] = end;
  }
  return { bytes, ends };
}

const threadName = 'shinrai-signing';

/** What a thread does. Only its own pool can reach it. */
function serve(port: MessagePort, privateKey: KeyObject): void {
  port.on('message', ({ bytes, ends }: Work) => {
    const signatures = new Uint8Array(ends.length * signatureBytes);
    let from = 0;
    for (const [place, end] of ends.entries()) {
      signatures.set(sign(null, bytes.subarray(from, end), privateKey), place * signatureBytes);
      from = end;
    }
    port.postMessage(signatures, [signatures.buffer]);
  });
}

// In a thread that `start` above has started, and nowhere else: others may import this file in threads of their own.
const handed: unknown = isMainThread ? undefined : workerData;
if (typeof handed === 'object' && handed !== null && 'name' in handed && handed.name === threadName && 'privateKey' in handed) {
  assert(parentPort !== null && handed.privateKey instanceof KeyObject, 'a signing thread is given its key');
  serve(parentPort, handed.privateKey);
}
