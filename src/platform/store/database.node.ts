// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { assert, ShinraiError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { createSqliteDialect } from './sqlite.node.ts';

/** The tables a room works on. Rooms declare theirs as a `type` (not an interface): table name → column name → column type. */
export type Tables = Record<string, Record<string, unknown>>;

/**
 * The state of one installation: SQLite in a file, or PostgreSQL, behind the same queries.
 * Durable when the promise of a write or of `transact` resolves. Safe to use from many places of one process at once.
 */
export interface Database {
  readonly kind: 'sqlite' | 'postgresql';
  /**
   * The query builder, typed for the tables of one room.
   * @example const rows = await database.tables<AccountTables>().selectFrom('account').selectAll().execute();
   */
  tables<T extends Tables>(): Kysely<T>;
  /**
   * Runs `work` in one serialisable transaction: all of it is stored, or nothing where it throws (the error is thrown on).
   * On PostgreSQL `work` is run again, up to eight times in all, where it met another transaction: it must have no effect but its queries,
   * all of which go through the transaction that it is given. Refuses with `store.busy` after that.
   */
  transact<T extends Tables, R>(work: (transaction: Transaction<T>) => Promise<R>): Promise<R>;
  /** Resolves where the database answers; used by /ready. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type DatabasePlace =
  /** SQLite file `state.sqlite` in this folder. Without `create` a missing file is refused: it may be a misspelt path. */
  | { readonly folder: string; readonly create?: boolean; readonly writerWaitMs?: number; readonly log?: Log }
  /** `postgresql://…`, as in SHINRAI_DATABASE_URL. */
  | { readonly url: string; readonly connectionsMax?: number; readonly log?: Log };

export const databaseFileName = 'state.sqlite';
const attemptsMax = 8;

/** Opens the database. Refuses with `store.missing`, `store.url`, `store.unreachable` or `store.broken`. */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  return 'url' in place ? openPostgres(place) : openSqlite(place);
}

async function openSqlite(place: { readonly folder: string; readonly create?: boolean; readonly writerWaitMs?: number }): Promise<Database> {
  const path = join(place.folder, databaseFileName);
  if (!existsSync(place.folder) || (!place.create && !existsSync(path))) {
    throw new ShinraiError('store.missing', `Cannot open database "${path}": it does not exist`, { hint: '`shinrai init` creates it.' });
  }
  const kysely = new Kysely<Tables>({ dialect: createSqliteDialect(path, place.writerWaitMs) });
  await firstQuery(kysely, 'store.broken', `Cannot open database "${path}"`);
  return wrap('sqlite', kysely, () => false);
}

async function openPostgres(place: { readonly url: string; readonly connectionsMax?: number; readonly log?: Log }): Promise<Database> {
  if (!/^postgres(ql)?:\/\//.test(place.url)) {
    throw new ShinraiError('store.url', 'Cannot open database: the address must begin with postgresql://');
  }
  const pool = new pg.Pool({
    connectionString: place.url,
    max: place.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'shinrai',
    types: { getTypeParser: parserOf },
  });
  // A connection that breaks while idle is replaced by the pool; without this listener Node would end the process.
  pool.on('error', (error) => place.log?.warning('database connection lost', { reason: error.message }));
  const dialect = new PostgresDialect({
    pool,
    // What was acknowledged must be on disk, whatever the server's own default is.
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw('set synchronous_commit = on'));
    },
  });
  const kysely = new Kysely<Tables>({ dialect });
  await firstQuery(kysely, 'store.unreachable', `Cannot open database at "${hostOf(place.url)}"`);
  return wrap('postgresql', kysely, isSerializationFailure);
}

async function firstQuery(kysely: Kysely<Tables>, code: string, message: string): Promise<void> {
  try {
    await kysely.executeQuery(CompiledQuery.raw('select 1'));
  } catch (cause) {
    await kysely.destroy().catch(() => {}); // already failing: the first error is the one to tell
    throw new ShinraiError(code, `${message}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function wrap(kind: Database['kind'], kysely: Kysely<Tables>, mayRepeat: (error: unknown) => boolean): Database {
  return {
    kind,
    // The tables of a room exist once its migrations have run: the type is a promise that `migrate` keeps.
    tables: <T extends Tables>() => kysely as unknown as Kysely<T>,
    transact: async <T extends Tables, R>(work: (transaction: Transaction<T>) => Promise<R>): Promise<R> => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          // SQLite has one level only, serialisable, and its driver takes no other setting.
          const builder = kind === 'sqlite' ? kysely.transaction() : kysely.transaction().setIsolationLevel('serializable');
          return await builder.execute((transaction) => work(transaction as unknown as Transaction<T>));
        } catch (error) {
          if (!mayRepeat(error)) throw error;
          if (attempt >= attemptsMax) {
            throw new ShinraiError('store.busy', `Cannot write: met other transactions ${attempt} times, they must end first`, { cause: error });
          }
          await sleep(5 * 2 ** attempt);
        }
      }
    },
    ping: async () => {
      await kysely.executeQuery(CompiledQuery.raw('select 1'));
    },
    close: () => kysely.destroy(),
  };
}

/** True where a write was refused as the row (or another with the same unique value) is already there. */
export function isUniqueViolation(error: unknown): boolean {
  // Extended result codes of SQLite: 2067 is SQLITE_CONSTRAINT_UNIQUE, 1555 SQLITE_CONSTRAINT_PRIMARYKEY. 23505 is PostgreSQL's unique_violation.
  if (!(error instanceof Error)) return false;
  return ('errcode' in error && (error.errcode === 2067 || error.errcode === 1555)) || ('code' in error && error.code === '23505');
}

/** PostgreSQL's serialization_failure and deadlock_detected: the transaction may be run again. */
function isSerializationFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');
}

/** Eight-byte integers (counts) become numbers, as SQLite gives them; everything else as the library does. */
function parserOf(type: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (type === 20) return readInteger;
  return format === 'binary' ? pg.types.getTypeParser(type, 'binary') : pg.types.getTypeParser(type, 'text');
}

function readInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `a stored integer is within 2^53, found ${text}`);
  return value;
}

/** Host and database name of an address: without the password, which must not end in a log. */
function hostOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'an address that cannot be read' : `${parsed.host}${parsed.pathname}`;
}
