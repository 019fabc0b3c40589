// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from 'node:sqlite';
import { ShinraiError } from '../base/errors.ts';

export interface WriterLock {
  release(): void;
}

/**
 * Makes this process the only writer until it releases the lock or ends in any way, kill -9 included: the operating system holds the lock
 * (fcntl or LockFileEx), so nothing is left to clean up and no process id is guessed at. Node offers no file locks of its own but through
 * its SQLite, which is used for nothing else here; the file stays empty. Throws `chain-locked` where somebody holds it.
 */
export function acquireWriterLock(path: string): WriterLock {
  const database = new DatabaseSync(path);
  try {
    // No journal file of SQLite's own beside it: nothing is ever written that would need one.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new ShinraiError('chain-locked', `Cannot open the log for writing: "${path}" is held by another process`, {
      cause,
      hint: 'one process at a time writes a log; stop the other one, or read without writing',
    });
  }
  return { release: () => database.close() };
}
