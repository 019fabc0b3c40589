// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Transaction } from 'kysely';
import { overBothDatabases } from '../../../test/databases.ts';
import { needsPostgres, startPostgres } from '../../../test/postgres.ts';
import { ShinraiError } from '../../base/errors.ts';
import { type Database, databaseFileName, isUniqueViolation, openDatabase } from './database.node.ts';
import { column, type Migration, migrate } from './migration.node.ts';

type PumpTables = {
  pump: { id: string; at_ms: number; starts: number; is_on: number; words: string | null };
  valve: { id: string; pump: string };
};

const pumps: Migration = {
  name: 'pumps/0001-tables',
  up: async (transaction) => {
    await transaction.schema
      .createTable('pump')
      .addColumn('id', column.id, (c) => c.primaryKey())
      .addColumn('at_ms', column.time, (c) => c.notNull())
      .addColumn('starts', column.count, (c) => c.notNull())
      .addColumn('is_on', column.flag, (c) => c.notNull())
      .addColumn('words', column.json)
      .execute();
    await transaction.schema
      .createTable('valve')
      .addColumn('id', column.id, (c) => c.primaryKey())
      .addColumn('pump', column.id, (c) => c.notNull().references('pump.id').onDelete('cascade'))
      .execute();
  },
};
const row = (id: string): PumpTables['pump'] => ({ id, at_ms: 1_700_000_000_000.25, starts: 2 ** 40, is_on: 1, words: '{"名":"ポンプ"}' });

async function withPumps(database: Database): Promise<Database> {
  await migrate(database, [pumps]);
  return database;
}

overBothDatabases('the store', (openEmpty) => {
  test('gives back times, counts, flags and texts as they were stored', async () => {
    const tables = (await withPumps(await openEmpty())).tables<PumpTables>();
    await tables.insertInto('pump').values(row('p1')).execute();
    assert.deepEqual(await tables.selectFrom('pump').selectAll().execute(), [row('p1')]);
    const counted = await tables
      .selectFrom('pump')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    assert.equal(counted.count, 1);
  });

  test('tells how many rows a change touched and returns rows where asked', async () => {
    const tables = (await withPumps(await openEmpty())).tables<PumpTables>();
    await tables
      .insertInto('pump')
      .values([row('p1'), row('p2')])
      .execute();
    const changed = await tables.updateTable('pump').set({ is_on: 0 }).executeTakeFirstOrThrow();
    assert.equal(changed.numUpdatedRows, 2n);
    const removed = await tables.deleteFrom('pump').where('id', '=', 'p1').returning(['id', 'is_on']).execute();
    assert.deepEqual(removed, [{ id: 'p1', is_on: 0 }]);
  });

  test('refuses a second row with the same key, recognisably', async () => {
    const tables = (await withPumps(await openEmpty())).tables<PumpTables>();
    await tables.insertInto('pump').values(row('p1')).execute();
    await assert.rejects(tables.insertInto('pump').values(row('p1')).execute(), (error) => isUniqueViolation(error));
  });

  test('refuses a reference to a row that is not there, and removes those who refer', async () => {
    const tables = (await withPumps(await openEmpty())).tables<PumpTables>();
    await assert.rejects(tables.insertInto('valve').values({ id: 'v1', pump: 'none' }).execute(), (error) => !isUniqueViolation(error));
    await tables.insertInto('pump').values(row('p1')).execute();
    await tables.insertInto('valve').values({ id: 'v1', pump: 'p1' }).execute();
    await tables.deleteFrom('pump').execute();
    assert.deepEqual(await tables.selectFrom('valve').selectAll().execute(), []);
  });

  test('keeps nothing of a transaction that throws, and shows nothing of one before it ends', async () => {
    const database = await withPumps(await openEmpty());
    const tables = database.tables<PumpTables>();
    const failing = database.transact(async (transaction: Transaction<PumpTables>) => {
      await transaction.insertInto('pump').values(row('p1')).execute();
      assert.deepEqual(await tables.selectFrom('pump').select('id').execute(), [], 'a reader outside sees the last committed state');
      assert.equal((await transaction.selectFrom('pump').select('id').execute()).length, 1, 'the transaction sees its own rows');
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.deepEqual(await tables.selectFrom('pump').selectAll().execute(), []);
    await tables.insertInto('pump').values(row('p2')).execute();
    assert.equal((await tables.selectFrom('pump').selectAll().execute()).length, 1, 'the writer is free again');
  });

  test('loses no step of many transactions that read and write the same row at once', async () => {
    const database = await withPumps(await openEmpty());
    await database
      .tables<PumpTables>()
      .insertInto('pump')
      .values({ ...row('p1'), starts: 0 })
      .execute();
    // Four at once: each may meet the three others, and five attempts are enough.
    for (let round = 0; round < 5; round += 1) {
      const steps = Array.from({ length: 4 }, () =>
        database.transact(async (transaction: Transaction<PumpTables>) => {
          const { starts } = await transaction.selectFrom('pump').select('starts').where('id', '=', 'p1').executeTakeFirstOrThrow();
          await transaction
            .updateTable('pump')
            .set({ starts: starts + 1 })
            .where('id', '=', 'p1')
            .execute();
        }),
      );
      await Promise.all(steps);
    }
    assert.equal((await database.tables<PumpTables>().selectFrom('pump').select('starts').executeTakeFirstOrThrow()).starts, 20);
  });

  test('answers a ping', async () => {
    await (await openEmpty()).ping();
  });

  test('migrates once, in order, also when two start at the same time', async () => {
    const database = await openEmpty();
    const second: Migration = { name: 'pumps/0002-more', up: async (t) => void (await t.schema.createTable('more').addColumn('id', column.id).execute()) };
    const done = await Promise.all([migrate(database, [pumps, second]), migrate(database, [pumps, second])]);
    assert.deepEqual(done.flat().sort(), ['pumps/0001-tables', 'pumps/0002-more']);
    assert.deepEqual(await migrate(database, [pumps, second]), []);
  });

  test('takes a new step of one room although a later room has already taken its own', async () => {
    const database = await openEmpty();
    const step = (name: string): Migration => ({ name, up: async () => {} });
    await migrate(database, [step('a/0001-x'), step('b/0001-x')]);
    assert.deepEqual(await migrate(database, [step('a/0001-x'), step('a/0002-x'), step('b/0001-x')]), ['a/0002-x']);
  });

  test('refuses a database that a newer version wrote', async () => {
    const database = await withPumps(await openEmpty());
    const older: Migration = { name: 'valves/0001-tables', up: async () => assert.fail('no step is taken') };
    await assert.rejects(migrate(database, [older]), refusal('store.newer'));
  });

  test('refuses a step that was put in before one that is done', async () => {
    const database = await openEmpty();
    const step = (name: string): Migration => ({ name, up: async () => {} });
    await migrate(database, [step('a/0002-x')]);
    await assert.rejects(migrate(database, [step('a/0001-x'), step('a/0002-x')]), refusal('store.order'));
  });

  test('leaves nothing of a step that failed half-way, and takes it again', async () => {
    const database = await openEmpty();
    const failing: Migration = {
      name: 'pumps/0001-tables',
      up: async (transaction) => {
        await pumps.up(transaction);
        throw new Error('disk full');
      },
    };
    await assert.rejects(migrate(database, [failing]), /disk full/);
    assert.deepEqual(await migrate(database, [pumps]), ['pumps/0001-tables']);
  });
});

function refusal(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ShinraiError && error.code === code;
}

test('migrations with a bad name, twice or out of order are our mistake and stop the start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
  const database = await openDatabase({ folder, create: true });
  const step = (name: string): Migration => ({ name, up: async () => {} });
  await assert.rejects(migrate(database, [step('Pumps')]), /Assertion failed/);
  await assert.rejects(migrate(database, [step('a/0001-x'), step('a/0001-x')]), /Assertion failed/);
  await assert.rejects(migrate(database, [step('a/0002-x'), step('a/0001-x')]), /Assertion failed/);
  await database.close();
  rmSync(folder, { recursive: true });
});

test('opening refuses a missing folder, a missing file, a file that is no database, a wrong address and a server that is not there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
  await assert.rejects(openDatabase({ folder: join(folder, 'misspelt'), create: true }), refusal('store.missing'));
  await assert.rejects(openDatabase({ folder }), refusal('store.missing'));
  writeFileSync(join(folder, databaseFileName), 'this is not a database, it is a text of some length');
  await assert.rejects(openDatabase({ folder }), refusal('store.broken'));
  await assert.rejects(openDatabase({ url: 'mysql://x' }), refusal('store.url'));
  await assert.rejects(openDatabase({ url: 'postgresql://shinrai:secret@127.0.0.1:1/x' }), (error) => {
    assert.ok(refusal('store.unreachable')(error));
    assert.doesNotMatch(String(error), /secret/);
    return true;
  });
  rmSync(folder, { recursive: true });
});

test('a write that waits inside a transaction for its end is refused and the transaction goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
  const database = await withPumps(await openDatabase({ folder, create: true, writerWaitMs: 20 }));
  const tables = database.tables<PumpTables>();
  await database.transact(async (transaction: Transaction<PumpTables>) => {
    await assert.rejects(tables.insertInto('pump').values(row('outside')).execute(), refusal('store.busy'));
    await transaction.insertInto('pump').values(row('inside')).execute();
  });
  await tables.insertInto('pump').values(row('after')).execute();
  assert.deepEqual(await tables.selectFrom('pump').select('id').orderBy('id').execute(), [{ id: 'after' }, { id: 'inside' }]);
  await database.close();
  rmSync(folder, { recursive: true });
});

test('the SQLite file is readable by its owner only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
  const database = await openDatabase({ folder, create: true });
  await migrate(database, [pumps]);
  for (const name of [databaseFileName, `${databaseFileName}-wal`]) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  await database.close();
  rmSync(folder, { recursive: true });
});

const child = fileURLToPath(new URL('./crash-fixture.node.ts', import.meta.url));

/** Starts a process that inserts rows and tells each acknowledged one; kills it with SIGKILL after `linesMin` and returns what it told. */
async function insertAndKill(place: string, linesMin: number): Promise<number> {
  const process_ = spawn(process.execPath, [child, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = -1;
  for await (const line of createInterface({ input: process_.stdout })) {
    last = Number(line);
    if (last >= linesMin) process_.kill('SIGKILL');
  }
  return last;
}

async function assertAcknowledgedRows(database: Database, last: number): Promise<void> {
  type Rows = { crash: { number: number } };
  const stored = await database.tables<Rows>().selectFrom('crash').select('number').orderBy('number').execute();
  const numbers = stored.map((entry) => entry.number);
  assert.deepEqual(
    numbers.slice(0, last + 1),
    Array.from({ length: last + 1 }, (_, index) => index),
    'every acknowledged row is there',
  );
  assert.ok(numbers.length - (last + 1) <= 64, 'and hardly more than was on its way');
}

test('rows acknowledged before kill -9 are there afterwards (SQLite)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
  const last = await insertAndKill(folder, 50);
  assert.ok(last >= 50);
  const database = await openDatabase({ folder });
  await assertAcknowledgedRows(database, last);
  await database.close();
  rmSync(folder, { recursive: true });
});

test('a transaction that meets others again and again is refused after eight times (PostgreSQL)', { skip: needsPostgres() }, async () => {
  const server = await startPostgres();
  const database = await openDatabase({ url: server.url });
  await withPumps(database);
  let count = 0;
  const unlucky = database.transact(async (transaction: Transaction<PumpTables>) => {
    count += 1;
    await transaction.insertInto('pump').values(row('p1')).execute();
    throw Object.assign(new Error('could not serialize access'), { code: '40001' });
  });
  await assert.rejects(unlucky, refusal('store.busy'));
  assert.equal(count, 8);
  assert.deepEqual(await database.tables<PumpTables>().selectFrom('pump').selectAll().execute(), []);
  await database.close();
  await server.stop();
});

test('rows acknowledged before kill -9 of client and server are there afterwards (PostgreSQL)', { skip: needsPostgres() }, async () => {
  const server = await startPostgres();
  const last = await insertAndKill(server.url, 50);
  await server.crash();
  await server.start();
  const database = await openDatabase({ url: server.url });
  await assertAcknowledgedRows(database, last);
  await database.close();
  await server.stop();
});
