// SPDX-License-Identifier: Apache-2.0
// SQL is written out here, not built: a few fixed statements, prepared once, are the whole of it and run tens of thousands of times a second.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ShinraiError } from '../../base/errors.ts';
import { openSqliteFile } from '../store/sqlite.node.ts';
import type { DeadLetter } from './bus.ts';
import { deadLettersMax, type Entry, type GroupRecord, type Journal, type JournalWrite } from './journal.ts';

const version = 1;
const tables = `
  create table message (sequence integer primary key autoincrement, subject text not null, at_ms real not null, size integer not null, payload text not null) strict;
  create table consumer (name text primary key, cursor integer not null, failures integer not null, lost integer not null) strict, without rowid;
  create table dead_letter (id integer primary key, consumer text not null, sequence integer not null, at_ms real not null, subject text not null,
    payload text not null, deliveries integer not null, reason text not null) strict;
  create index dead_letter_of_consumer on dead_letter (consumer, id);
  pragma user_version = ${version};
`;

/**
 * Opens the journal in a SQLite file of its own, so that the stream and the state do not wait for each other; `create` makes a missing one.
 * Refuses with `bus.missing`, and `bus.version` where another version of Shinrai wrote the file.
 */
export function openJournal(path: string, options: { readonly create?: boolean } = {}): Journal {
  if (!existsSync(dirname(path)) || (!options.create && !existsSync(path))) {
    throw new ShinraiError('bus.missing', `Cannot open stream "${path}": it does not exist`, { hint: '`shinrai init` creates it.' });
  }
  const file = openSqliteFile(path);
  const found = readNumber(file, 'pragma user_version', 'user_version');
  // A crash while creating leaves version 0 and no tables: both are one transaction.
  if (found === 0) file.exec(`begin immediate; ${tables} commit;`);
  else if (found !== version) {
    file.close();
    throw new ShinraiError('bus.version', `Cannot open stream "${path}": its form is ${found}, this version of Shinrai knows ${version}`);
  }
  return createFileJournal(file);
}

function createFileJournal(file: DatabaseSync): Journal {
  const write = createWriter(file);
  const read = file.prepare('select sequence, subject, at_ms, payload from message where sequence > ? order by sequence limit ?');
  const first = file.prepare('select min(sequence) as value from message');
  const last = file.prepare("select seq as value from sqlite_sequence where name = 'message'");
  const group = file.prepare('select cursor, failures, lost from consumer where name = ?');
  const countLetters = file.prepare('select count(*) as value from dead_letter where consumer = ?');
  const letters = file.prepare('select sequence, at_ms, subject, payload, deliveries, reason from dead_letter where consumer = ? order by id desc limit ?');
  const lastSequence = (): number => Number(last.get()?.['value'] ?? 0);
  return {
    write: (content) => {
      write(content);
      return lastSequence();
    },
    read: (after, countMax) =>
      read
        .all(after, countMax)
        .map(
          (row): Entry => ({ sequence: Number(row['sequence']), subject: String(row['subject']), atMs: Number(row['at_ms']), text: String(row['payload']) }),
        ),
    range: () => ({ first: Number(first.get()?.['value'] ?? lastSequence() + 1), last: lastSequence() }),
    group: (name): GroupRecord | undefined => {
      const row = group.get(name);
      return row === undefined ? undefined : { group: name, cursor: Number(row['cursor']), failures: Number(row['failures']), lostCount: Number(row['lost']) };
    },
    deadLetterCount: (name) => Number(countLetters.get(name)?.['value'] ?? 0),
    deadLetters: (name, countMax) =>
      letters.all(name, countMax).map((row): DeadLetter => {
        const [sequence, atMs, delivery] = [Number(row['sequence']), Number(row['at_ms']), Number(row['deliveries'])];
        return {
          group: name,
          reason: String(row['reason']),
          message: { sequence, atMs, delivery, subject: String(row['subject']), payload: JSON.parse(String(row['payload'])) },
        };
      }),
    close: () => file.close(),
  };
}

/** Writes everything of one call in one transaction: one fsync, however many messages and groups it holds. */
function createWriter(file: DatabaseSync): (write: JournalWrite) => void {
  const insert = file.prepare('insert into message (subject, at_ms, size, payload) values (?, ?, ?, ?)');
  const saveGroup = file.prepare('insert or replace into consumer (name, cursor, failures, lost) values (?, ?, ?, ?)');
  const insertLetter = file.prepare('insert into dead_letter (consumer, sequence, at_ms, subject, payload, deliveries, reason) values (?, ?, ?, ?, ?, ?, ?)');
  const trimLetters = file.prepare(
    'delete from dead_letter where consumer = ? and id <= (select id from dead_letter where consumer = ? order by id desc limit 1 offset ?)',
  );
  const trim = createTrimmer(file);
  return ({ entries, groups, deadLetters, keep }) => {
    file.exec('begin immediate');
    try {
      let addedBytes = 0;
      for (const { subject, atMs, text, sizeBytes } of entries) {
        insert.run(subject, atMs, sizeBytes, text);
        addedBytes += sizeBytes;
      }
      for (const { group, cursor, failures, lostCount } of groups) saveGroup.run(group, cursor, failures, lostCount);
      for (const { group, message, reason } of deadLetters) {
        insertLetter.run(group, message.sequence, message.atMs, message.subject, JSON.stringify(message.payload), message.delivery, reason);
        trimLetters.run(group, group, deadLettersMax);
      }
      const settle = trim(keep, addedBytes);
      file.exec('commit');
      settle();
    } catch (error) {
      if (file.isTransaction) file.exec('rollback');
      throw error;
    }
  };
}

/** Deletes the oldest messages; the size is counted along, as asking the file for it each time would read all of it. */
function createTrimmer(file: DatabaseSync): (keep: JournalWrite['keep'], addedBytes: number) => () => void {
  const oldest = file.prepare('select sequence, at_ms, size from message order by sequence limit 256');
  const remove = file.prepare('delete from message where sequence <= ?');
  let bytes = readNumber(file, 'select coalesce(sum(size), 0) as value from message', 'value');
  return ({ sinceMs, bytesMax }, addedBytes) => {
    let after = bytes + addedBytes;
    let through = 0;
    // At most 256 a write: deleting never holds up publishing for long, and keeps pace with it.
    for (const row of oldest.iterate()) {
      if (Number(row['at_ms']) >= sinceMs && after <= bytesMax) break;
      after -= Number(row['size']);
      through = Number(row['sequence']);
    }
    if (through > 0) remove.run(through);
    return () => {
      bytes = after;
    };
  };
}

function readNumber(file: DatabaseSync, text: string, name: string): number {
  return Number(file.prepare(text).get()?.[name] ?? 0);
}
