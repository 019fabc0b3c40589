// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { type Database, openDatabase } from '../src/platform/store/database.node.ts';
import { needsPostgres, type PostgresServer, startPostgres } from './postgres.ts';

/** Opens an empty database; it is closed and removed after the suite. */
export type OpenEmpty = () => Promise<Database>;

/**
 * Declares the same tests over SQLite and over a real PostgreSQL (skipped by name where it is not installed).
 * @example overBothDatabases('accounts', (openEmpty) => { test('…', async () => { const database = await openEmpty(); … }); });
 */
export function overBothDatabases(name: string, declare: (openEmpty: OpenEmpty) => void): void {
  describe(`${name} over SQLite`, () => {
    const opened: { database: Database; folder: string }[] = [];
    after(async () => {
      for (const { database, folder } of opened) {
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
    declare(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'shinrai-store-'));
      const database = await openDatabase({ folder, create: true });
      opened.push({ database, folder });
      return database;
    });
  });
  describe(`${name} over PostgreSQL`, { skip: needsPostgres() }, () => {
    let server: PostgresServer | undefined;
    const opened: Database[] = [];
    before(async () => {
      server = await startPostgres();
    });
    after(async () => {
      for (const database of opened) await database.close();
      await server?.stop();
    });
    declare(async () => {
      if (server === undefined) throw new Error('the server starts before the first test');
      const database = await openDatabase({ url: await server.createDatabase(`test_${opened.length}`), connectionsMax: 4 });
      opened.push(database);
      return database;
    });
  });
}
