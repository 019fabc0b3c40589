// SPDX-License-Identifier: Apache-2.0
// Run by database.test.ts as a process of its own: inserts rows for ever and prints each number once it is acknowledged, until it is killed.
import { writeSync } from 'node:fs';
import { openDatabase } from './database.node.ts';
import { column, migrate } from './migration.node.ts';

const place = process.argv[2] ?? '';
const database = await openDatabase(place.startsWith('postgresql:') ? { url: place } : { folder: place, create: true });
const table = {
  name: 'crash/0001-table',
  up: async (t: Parameters<Parameters<typeof migrate>[1][number]['up']>[0]) => {
    await t.schema
      .createTable('crash')
      .addColumn('number', column.count, (c) => c.primaryKey())
      .execute();
  },
};
await migrate(database, [table]);
for (let number = 0; ; number += 1) {
  await database.tables<{ crash: { number: number } }>().insertInto('crash').values({ number }).execute();
  writeSync(1, `${number}\n`);
}
