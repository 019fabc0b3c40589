// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql, type Transaction } from 'kysely';
import { type Clock, systemClock } from '../../base/clock.ts';
import { assert, ShinraiError } from '../../base/errors.ts';
import type { Database, Tables } from './database.node.ts';

/** One step of the form of the tables. It is never changed once released: the next step is another migration. */
export interface Migration {
  /** `<room>/<four digits>-<what>`, e.g. `accounts/0001-tables`. */
  readonly name: string;
  /** Must use only what both databases know: the column kinds below, and `transaction.schema`. */
  readonly up: (transaction: Kysely<Tables>) => Promise<void>;
}

/** Column kinds that are the same in SQLite and PostgreSQL. Flags are 0 or 1. */
export const column = { id: 'text', text: 'text', json: 'text', time: 'double precision', count: 'bigint', flag: 'integer' } as const;

type MigrationTables = { migration: { name: string; at_ms: number } };
const nameForm = /^[a-z][a-z0-9-]*\/[0-9]{4}-[a-z0-9-]+$/;
/** Key of the advisory lock that makes two servers migrate one after the other: the letters "shinrai" are its reason, not its meaning. */
const lockKey = 0x7368696e;

/**
 * Brings the database to the form that this version needs and returns the names of the steps that were taken.
 * Each step is one transaction that also records it: a process killed in between goes on where it stopped.
 * Refuses with `store.newer` where the database holds a step that this version does not know (it was written by a newer version),
 * and with `store.order` where a room's step comes before one of the same room that is already done.
 */
export async function migrate(database: Database, migrations: readonly Migration[], clock: Clock = systemClock): Promise<readonly string[]> {
  checkNames(migrations);
  const tables = database.tables<MigrationTables>();
  const takeTurn = async (transaction: Transaction<MigrationTables>): Promise<void> => {
    if (database.kind === 'postgresql') await sql`select pg_advisory_xact_lock(${lockKey})`.execute(transaction);
  };
  // Not `database.transact`: a serialisable transaction would see the state before it waited for the lock.
  await tables.transaction().execute(async (transaction) => {
    await takeTurn(transaction);
    await createRecord(transaction);
  });
  const done: string[] = [];
  for (const migration of migrations) {
    const isNew = await tables.transaction().execute(async (transaction) => {
      await takeTurn(transaction);
      const recorded = (await transaction.selectFrom('migration').select('name').execute()).map((row) => row.name);
      refuseNewer(recorded, migrations);
      if (recorded.includes(migration.name)) return false;
      refuseDisorder(recorded, migration.name);
      // The step sees the whole database; its own room's tables are what it touches.
      await migration.up(transaction as unknown as Kysely<Tables>);
      await transaction.insertInto('migration').values({ name: migration.name, at_ms: clock.nowMs() }).execute();
      return true;
    });
    if (isNew) done.push(migration.name);
  }
  return done;
}

async function createRecord(transaction: Transaction<MigrationTables>): Promise<void> {
  await transaction.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('name', column.id, (c) => c.primaryKey())
    .addColumn('at_ms', column.time, (c) => c.notNull())
    .execute();
}

function checkNames(migrations: readonly Migration[]): void {
  const lastOf = new Map<string, string>();
  for (const { name } of migrations) {
    assert(nameForm.test(name), `migration "${name}" is named <room>/<four digits>-<what>`);
    assert((lastOf.get(roomOf(name)) ?? '') < name, `migrations of a room are listed in order, each once: "${name}"`);
    lastOf.set(roomOf(name), name);
  }
}

function refuseNewer(recorded: readonly string[], migrations: readonly Migration[]): void {
  const unknown = recorded.find((name) => !migrations.some((migration) => migration.name === name));
  if (unknown === undefined) return;
  throw new ShinraiError('store.newer', `Cannot use database: found step "${unknown}", which this version does not know`, {
    hint: 'A newer version of Shinrai wrote it. Start that version, or restore a backup made before the update.',
  });
}

function refuseDisorder(recorded: readonly string[], name: string): void {
  const later = recorded.find((other) => roomOf(other) === roomOf(name) && other > name);
  if (later !== undefined) throw new ShinraiError('store.order', `Cannot take step "${name}": "${later}" is already done and must come after it`);
}

function roomOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}
