// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toUtf8 } from '../base/bytes.ts';
import { assert, ShinraiError } from '../base/errors.ts';
import { formatCheckpoint, isOrigin } from './checkpoint.ts';
import { takeSnapshot, writeCheckpoint } from './checkpoint-writer.node.ts';
import { type AppendFile, createDisk, type Disk, syncFolder, unfinishedFolder } from './disk.node.ts';
import { formatJournalGroup, formatJournalName } from './journal.ts';
import { damaged, formatIdentity, logFiles, openFolder, type SignedCheckpoint } from './log-folder.node.ts';
import { createLogReader, type LogReader } from './log-reader.node.ts';
import { checkInclusion, hashLeaf, rootOf } from './merkle.ts';
import { nodePrimitives, sha256Now } from './primitives.node.ts';
import type { Signer } from './primitives.ts';
import { type GrowingTree, growTree, recoverTree } from './recovery.node.ts';
import { signNote } from './signed-note.ts';
import { entryBytesMax, formatBundle } from './tiles.ts';
import { acquireWriterLock, type WriterLock } from './writer-lock.node.ts';

/** Most bytes that one append may bring, and that may wait for the disk altogether. */
export const appendBytesMax = 32 * 2 ** 20;
const queueBytesMax = 128 * 2 ** 20;
/** Appends that wait are made durable together, up to this size. */
const groupBytesMax = 8 * 2 ** 20;
/** Full tiles that may wait for the next checkpoint before appends wait for it too. */
const tileBytesMax = 128 * 2 ** 20;

export interface LogOptions {
  /** Signs the checkpoints; its key must be the one that the log was created with. */
  readonly signer: Signer;
  /** Longest time between an append and the signed checkpoint that covers it. */
  readonly checkpointMs?: number;
  /** Called before each change on disk (see {@link Disk}). */
  readonly onStep?: (step: string) => void;
}

/** An inclusion proof with the checkpoint it leads to. */
export interface LoggedEntry {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
}

interface Append {
  readonly entries: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: (first: number) => void;
  readonly reject: (error: Error) => void;
}
interface CheckpointWait {
  readonly size: number;
  readonly resolve: (checkpoint: SignedCheckpoint) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Creates an empty log with a signed checkpoint of size 0. The folder may exist but must not hold a log.
 * Throws `chain-exists` where one is, or where something is left of one.
 */
export async function initLog(path: string, origin: string, signer: Signer): Promise<void> {
  if (!isOrigin(origin)) throw new ShinraiError('chain-key', `Cannot create the log "${path}": "${origin}" is no name of visible ASCII characters without "+"`);
  await mkdir(join(path, unfinishedFolder), { recursive: true });
  const present = (await readdir(path)).filter((name) => [logFiles.checkpoint, logFiles.tile, logFiles.journal].includes(name as 'tile')); // any name may be compared
  if (present.length > 0)
    throw new ShinraiError('chain-exists', `Cannot create the log "${path}": found "${present.join('", "')}", an empty folder is required`);
  const disk = createDisk(path);
  await disk.put(logFiles.identity, formatIdentity({ origin, vkey: signer.vkey }));
  await disk.sync([logFiles.identity]);
  // Crash point: no checkpoint yet. `open` refuses, init may be called again.
  await disk.put(logFiles.checkpoint, toUtf8(await signNote(formatCheckpoint({ origin, size: 0, root: rootOf([], sha256Now) }), [signer])));
  await disk.sync([logFiles.checkpoint]);
  await syncFolder(dirname(path));
}

/**
 * Opens a log for writing; after any end of its last writer every acknowledged entry is there, at its index.
 * Throws `chain-missing`, `chain-locked`, `chain-key` (another key than the log's), `chain-damaged`.
 */
export async function openLog(path: string, options: LogOptions): Promise<ChainLog> {
  const disk = createDisk(path, options.onStep);
  if ((await disk.read(logFiles.identity)) === undefined) {
    throw new ShinraiError('chain-missing', `Cannot open the log "${path}": "${logFiles.identity}" is missing`, { hint: 'a log is created once by init' });
  }
  const lock = acquireWriterLock(join(path, logFiles.lock));
  try {
    const { identity, checkpoint } = await openFolder(disk, path, nodePrimitives);
    if (identity.vkey !== options.signer.vkey) {
      throw new ShinraiError('chain-key', `Cannot open the log "${path}": the signing key is ${options.signer.vkey}, ${identity.vkey} is required`);
    }
    await mkdir(join(path, unfinishedFolder), { recursive: true });
    const { growing, journals } = await recoverTree(disk, path, checkpoint);
    const journalPath = `${logFiles.journal}/${formatJournalName(growing.tree.size)}`;
    // A journal of that name holds no whole group (its first entry would have counted): emptying it loses nothing.
    const journal = await disk.createAppendFile(journalPath);
    const old = journals.filter((name) => name !== journalPath);
    const log = new ChainLog({ path, disk, lock, growing, checkpoint, journal, journalPath, oldJournals: old, ...options });
    // Beyond the checkpoint there may be entries; old journals go with the checkpoint that covers them.
    if (old.length > 0) await log.checkpoint();
    return log;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** An append-only log in a folder: C2SP tlog-tiles that any file server can serve, with a journal before them. One writer at a time. */
export class ChainLog {
  readonly origin: string;
  readonly reader: LogReader;
  readonly #path: string;
  readonly #disk: Disk;
  readonly #lock: WriterLock;
  readonly #signer: Signer;
  readonly #checkpointMs: number;
  readonly #growing: GrowingTree;
  #checkpoint: SignedCheckpoint;
  #journal: AppendFile;
  #journalPath: string;
  #oldJournals: readonly string[];
  #queue: Append[] = [];
  #queueBytes = 0;
  #waits: CheckpointWait[] = [];
  #wantsCheckpoint = false;
  #writing: Promise<void> | undefined;
  #loop: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #holds = 0;
  #failure: ShinraiError | undefined;

  constructor(
    parts: LogOptions & {
      readonly path: string;
      readonly disk: Disk;
      readonly lock: WriterLock;
      readonly growing: GrowingTree;
      readonly checkpoint: SignedCheckpoint;
      readonly journal: AppendFile;
      readonly journalPath: string;
      readonly oldJournals: readonly string[];
    },
  ) {
    this.origin = parts.checkpoint.origin;
    this.reader = createLogReader(parts.disk);
    this.#path = parts.path;
    this.#disk = parts.disk;
    this.#lock = parts.lock;
    this.#signer = parts.signer;
    this.#checkpointMs = parts.checkpointMs ?? 1000;
    this.#growing = parts.growing;
    this.#checkpoint = parts.checkpoint;
    this.#journal = parts.journal;
    this.#journalPath = parts.journalPath;
    this.#oldJournals = parts.oldJournals;
  }

  /** Entries that are durable: all that were acknowledged. */
  get size(): number {
    return this.#growing.tree.size;
  }

  /** The newest checkpoint on disk; it may cover less than {@link size}. */
  get signed(): SignedCheckpoint {
    return this.#checkpoint;
  }

  /**
   * Adds entries side by side and in order; resolves to the index of the first when all are durable: the power may fail then.
   * Safe at the same time: waiting appends share one sync. Ordered: an earlier call has lower indices. The caller leaves the bytes
   * alone until it resolves and does not retry by itself: an append that was refused by the disk may still be in the log after the next open.
   * Throws `chain-limit` for an entry over 65,535 bytes, for over 32 MiB at once and when 128 MiB wait; `chain-failed` after a disk failure; `chain-closed`.
   */
  append(entries: readonly Uint8Array[]): Promise<number> {
    assert(entries.length > 0, 'an append brings entries');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    let bytes = 0;
    for (const entry of entries) {
      if (entry.length > entryBytesMax) return Promise.reject(this.#limit(`an entry has ${entry.length} bytes, at most ${entryBytesMax} are allowed`));
      bytes += 2 + entry.length;
    }
    if (bytes > appendBytesMax) return Promise.reject(this.#limit(`${bytes} bytes at once, at most ${appendBytesMax} are allowed`));
    if (this.#queueBytes + bytes > queueBytesMax) return Promise.reject(this.#limit(`${this.#queueBytes} bytes wait already, at most ${queueBytesMax} may`));
    this.#queueBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#queue.push({ entries, bytes, resolve, reject });
      this.#wake();
    });
  }

  /** A signed checkpoint, durable on disk, that covers every append which had resolved when this was called. Throws `chain-failed`, `chain-closed`. */
  checkpoint(): Promise<SignedCheckpoint> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#checkpoint.size === this.size && this.#oldJournals.length === 0) return Promise.resolve(this.#checkpoint);
    return new Promise((resolve, reject) => {
      this.#waits.push({ size: this.size, resolve, reject });
      this.#wantsCheckpoint = true;
      this.#wake();
    });
  }

  /** Entries [start, end); asks for a checkpoint when they are not under one yet. Throws `chain-limit` for entries that do not exist. */
  async readEntries(start: number, end: number): Promise<readonly Uint8Array[]> {
    if (!(start >= 0 && start <= end && end <= this.size)) throw this.#limit(`entries ${start} to ${end} of ${this.size}`);
    const { size } = end > this.#checkpoint.size ? await this.checkpoint() : this.#checkpoint;
    return this.reader.readEntries({ start, end }, size);
  }

  /** The entry with a proof, checked before it is given out, under the newest checkpoint. Throws `chain-limit`, `chain-damaged`. */
  async prove(index: number): Promise<LoggedEntry> {
    const [entry] = await this.readEntries(index, index + 1);
    const checkpoint = this.#checkpoint;
    const path = await this.reader.proveInclusion(index, checkpoint.size);
    assert(entry !== undefined, 'one entry was read');
    const check = await checkInclusion({ leaf: hashLeaf(entry, sha256Now), index, size: checkpoint.size, path, root: checkpoint.root }, sha256Now);
    if (!check.ok) throw damaged(this.#path, `the tiles of entry ${index}`, check.reason);
    return { index, entry, path, checkpoint };
  }

  /**
   * Runs the work while no checkpoint is written, so that the folder changes nowhere but at the end of its journal: for an audit of a
   * live log. Appends go on and are durable; their checkpoint waits. Throws what the work throws.
   */
  async holdStill<T>(work: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      await this.#writing;
      return await work();
    } finally {
      this.#holds -= 1;
      this.#wake();
    }
  }

  /** Makes the rest durable and signed, and ends. Later calls are refused with `chain-closed`. Throws what the last checkpoint threw. */
  async close(): Promise<void> {
    if (this.#failure?.code === 'chain-closed') return;
    try {
      while (this.#loop !== undefined) await this.#loop;
      if (this.#failure === undefined) await this.checkpoint();
    } finally {
      clearTimeout(this.#timer);
      this.#failure ??= new ShinraiError('chain-closed', `Cannot use the log "${this.#path}": it was closed`);
      while (this.#loop !== undefined) await this.#loop;
      await this.#writing;
      await this.#journal.close().catch(() => {}); // all of it is synced already, or the log has failed
      this.#lock.release();
    }
  }

  #wake(): void {
    // Started in a microtask, so that the appends of one turn share a sync; #run never rejects.
    this.#loop ??= Promise.resolve()
      .then(() => this.#run())
      .finally(() => {
        this.#loop = undefined;
      });
  }

  /** The only place that changes the log: groups one after another, each checkpoint begun between two groups and written beside them. */
  async #run(): Promise<void> {
    try {
      while (this.#failure === undefined) {
        const isWriting = this.#writing !== undefined;
        const isFull = this.#growing.waitingBytes > tileBytesMax;
        if (!isWriting && this.#holds === 0 && (this.#wantsCheckpoint || isFull)) await this.#beginCheckpoint();
        else if (this.#queue.length > 0 && !isFull) await this.#commit();
        else if (isWriting && (this.#wantsCheckpoint || isFull)) await this.#writing;
        else break;
      }
    } catch (cause) {
      this.#fail(cause);
    }
    if (this.#failure !== undefined) await this.#writing;
  }

  async #commit(): Promise<void> {
    let count = 1;
    let bytes = this.#queue[0]?.bytes ?? 0;
    while (count < this.#queue.length && bytes + (this.#queue[count]?.bytes ?? 0) <= groupBytesMax) {
      bytes += this.#queue[count]?.bytes ?? 0;
      count += 1;
    }
    const group = this.#queue.slice(0, count);
    const entries = group.flatMap((append) => append.entries);
    const bundle = formatBundle(entries);
    let first = this.size;
    // Crash point: half a group. Recovery drops it; nobody was told that it is there.
    await this.#journal.append(formatJournalGroup(first, entries.length, bundle, sha256Now));
    // Crash point: a whole group that nobody was told of. Recovery keeps it.
    growTree(this.#growing, bundle, entries);
    this.#queue.splice(0, count);
    this.#queueBytes -= bytes;
    for (const append of group) {
      append.resolve(first);
      first += append.entries.length;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#wantsCheckpoint = true;
      this.#wake();
    }, this.#checkpointMs);
  }

  /** Returns when the next group may be written; the checkpoint is then written beside the groups. */
  async #beginCheckpoint(): Promise<void> {
    this.#wantsCheckpoint = false;
    const rotation = Promise.withResolvers<void>();
    this.#writing = this.#writeSnapshot(rotation.resolve)
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#writing = undefined;
        rotation.resolve();
      });
    await rotation.promise;
  }

  async #writeSnapshot(onRotated: () => void): Promise<void> {
    const snapshot = takeSnapshot(this.#growing);
    const journalPath = `${logFiles.journal}/${formatJournalName(snapshot.size)}`;
    const finished = [...this.#oldJournals];
    if (journalPath !== this.#journalPath) {
      const next = await this.#disk.createAppendFile(journalPath);
      await this.#journal.close();
      finished.push(this.#journalPath);
      [this.#journal, this.#journalPath] = [next, journalPath];
    }
    this.#oldJournals = [];
    onRotated();
    if (snapshot.size > this.#checkpoint.size || finished.length > 0) {
      this.#checkpoint = await writeCheckpoint(this.#disk, snapshot, this.origin, this.#signer, finished);
    }
    this.#finishCheckpoint();
  }

  #finishCheckpoint(): void {
    const checkpoint = this.#checkpoint;
    const covered = this.#waits.filter((wait) => wait.size <= checkpoint.size);
    this.#waits = this.#waits.filter((wait) => wait.size > checkpoint.size);
    if (this.#waits.length > 0) this.#wantsCheckpoint = true;
    for (const wait of covered) wait.resolve(checkpoint);
  }

  /** After a failed write or sync nobody knows what is on disk: the log stops, and opening it again finds out. */
  #fail(cause: unknown): void {
    this.#failure ??= new ShinraiError('chain-failed', `Cannot write the log "${this.#path}": ${cause instanceof Error ? cause.message : 'unknown failure'}`, {
      cause,
      hint: 'free or repair the disk, then open the log again: everything acknowledged is there',
    });
    clearTimeout(this.#timer);
    for (const wait of [...this.#queue, ...this.#waits]) wait.reject(this.#failure);
    this.#queue = [];
    this.#waits = [];
    this.#queueBytes = 0;
  }

  #limit(found: string): ShinraiError {
    return new ShinraiError('chain-limit', `Cannot use the log "${this.#path}" in this way: ${found}`);
  }
}
