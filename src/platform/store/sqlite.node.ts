// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { assert, ShinraiError } from '../../base/errors.ts';

/** How long a statement waits for another process that holds the file. The event loop stands still meanwhile, so it is short. */
const busyTimeoutMs = 5_000;
/** How long a write waits in line behind other writes of this process before it is refused. */
const defaultWriterWaitMs = 10_000;
const statementsMax = 256;

/**
 * A Kysely dialect over Node's own SQLite. One connection writes, one at a time and in order of arrival; a second one
 * reads the last committed state and never waits for the writer. A select outside a transaction goes to the reader.
 *
 * Durable when: a write is acknowledged (its promise resolves) after fsync of the write-ahead log (`synchronous=FULL`).
 * Source: sqlite.org/wal.html, section 2.2; sqlite.org/pragma.html#pragma_synchronous.
 */
export function createSqliteDialect(path: string, writerWaitMs = defaultWriterWaitMs): Dialect {
  return {
    createDriver: (): Driver => new SqliteDriver(path, writerWaitMs),
    createQueryCompiler: (): QueryCompiler => new SqliteQueryCompiler(),
    createAdapter: (): DialectAdapter => new ReadWriteAdapter(),
    // `Kysely<unknown>` where the library says `Kysely<any>`: the introspector only passes it on.
    createIntrospector: (database: Kysely<unknown>): DatabaseIntrospector => new SqliteIntrospector(database),
  };
}

/** Opens (or creates, readable by the owner only) one database file in the mode that all stores of this program use. */
export function openSqliteFile(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  // SQLite gives its -wal and -shm files the mode of the database file.
  if (!options.readOnly) closeSync(openSync(path, 'a', 0o600));
  const file = new DatabaseSync(path, { readOnly: options.readOnly ?? false, enableForeignKeyConstraints: true, timeout: busyTimeoutMs });
  if (!options.readOnly) file.exec('pragma journal_mode = wal; pragma synchronous = full;');
  file.exec('pragma trusted_schema = off;');
  return file;
}

/** Without this Kysely lets one query in at a time and a read would wait for a transaction to end: the driver below orders the writes itself. */
class ReadWriteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #path: string;
  #writer: StatementCache | undefined;
  #reader: StatementCache | undefined;
  readonly #line: WriterLine;

  constructor(path: string, writerWaitMs: number) {
    this.#path = path;
    this.#line = new WriterLine(writerWaitMs);
  }

  async init(): Promise<void> {
    this.#writer = new StatementCache(openSqliteFile(this.#path));
    this.#reader = new StatementCache(openSqliteFile(this.#path, { readOnly: true }));
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    assert(this.#writer !== undefined && this.#reader !== undefined, 'Kysely initialises a driver before it asks for connections');
    return new SqliteConnection(this.#writer, this.#reader, this.#line);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    ours(connection).end('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ours(connection).end('rollback');
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#reader?.close();
    this.#writer?.close();
  }
}

function ours(connection: DatabaseConnection): SqliteConnection {
  assert(connection instanceof SqliteConnection, 'Kysely hands back the connections it got from this driver');
  return connection;
}

class SqliteConnection implements DatabaseConnection {
  readonly #writer: StatementCache;
  readonly #reader: StatementCache;
  readonly #line: WriterLine;
  #leave: (() => void) | undefined;

  constructor(writer: StatementCache, reader: StatementCache, line: WriterLine) {
    this.#writer = writer;
    this.#reader = reader;
    this.#line = line;
  }

  async begin(): Promise<void> {
    const leave = await this.#line.enter();
    try {
      // `immediate` takes the lock for writing at once: a transaction never fails half-way because another one wrote first.
      this.#writer.file.exec('begin immediate');
      this.#leave = leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  end(word: 'commit' | 'rollback'): void {
    const leave = this.#leave;
    // A rollback after a failed commit finds no open transaction where SQLite has already rolled back by itself.
    if (leave === undefined) return;
    if (word === 'commit' || this.#writer.file.isTransaction) this.#writer.file.exec(word);
    this.#leave = undefined;
    leave();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#leave !== undefined) return run<R>(this.#writer, query);
    if (query.query.kind === 'SelectQueryNode') return run<R>(this.#reader, query);
    const leave = await this.#line.enter();
    try {
      return run<R>(this.#writer, query);
    } finally {
      leave();
    }
  }

  // biome-ignore lint/correctness/useYield: it refuses before the first row.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Assertion failed: rows are not streamed, as PostgreSQL without a cursor package cannot; page by key instead');
  }
}

function run<R>(cache: StatementCache, query: CompiledQuery): QueryResult<R> {
  const statement = cache.prepare(query.sql);
  // Copied, as node:sqlite gives rows without prototype; `as R`: Kysely derives R from the query that was compiled.
  if (statement.columns().length > 0) return { rows: statement.all(...bindable(query)).map((row) => ({ ...row }) as R) };
  const { changes } = statement.run(...bindable(query));
  return { rows: [], numAffectedRows: BigInt(changes) };
}

function bindable(query: CompiledQuery): SQLInputValue[] {
  // node:sqlite itself refuses what it cannot bind, with the position of the parameter.
  return query.parameters as SQLInputValue[];
}

/** Prepared statements by their text, the oldest dropped first. */
class StatementCache {
  readonly file: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: DatabaseSync) {
    this.file = file;
  }

  prepare(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.file.prepare(text);
    if (this.#statements.size >= statementsMax) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(text, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.file.close();
  }
}

/** Lets one writer in at a time, in order of arrival. */
class WriterLine {
  readonly #waitMs: number;
  #isTaken = false;
  readonly #waiting = new Set<() => void>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Resolves with the function that lets the next one in. Refuses with `store.busy` after waiting too long. */
  async enter(): Promise<() => void> {
    if (this.#isTaken) await this.#wait();
    this.#isTaken = true;
    return () => {
      const [next] = this.#waiting;
      if (next === undefined) this.#isTaken = false;
      else next(); // The line stays taken: it is handed over.
    };
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(admit);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(admit);
        const message = `Cannot write: waited ${this.#waitMs} ms for the transaction before, it must end first`;
        reject(new ShinraiError('store.busy', message, { hint: 'Inside a transaction every query must go through that transaction.' }));
      }, this.#waitMs);
      this.#waiting.add(admit);
    });
  }
}
