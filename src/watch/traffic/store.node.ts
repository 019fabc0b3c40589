// SPDX-License-Identifier: Apache-2.0
import type { Asset, AssetNote } from '../../model/asset.ts';
import type { Database } from '../../platform/store/database.node.ts';
import { column, type Migration } from '../../platform/store/migration.node.ts';

type AssetTables = { asset: { id: string; first_ms: number; last_ms: number; body: string }; asset_note: { id: string; body: string } };

export const assetMigrations: readonly Migration[] = [
  {
    name: 'traffic/0001-tables',
    up: async (transaction) => {
      await transaction.schema
        .createTable('asset')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('first_ms', column.time, (c) => c.notNull())
        .addColumn('last_ms', column.time, (c) => c.notNull())
        .addColumn('body', column.json, (c) => c.notNull())
        .execute();
      await transaction.schema
        .createTable('asset_note')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('body', column.json, (c) => c.notNull())
        .execute();
    },
  },
];

/** Devices of the site and what people say of them. Each save is durable when it resolves. */
export interface AssetStore {
  saveAssets(assets: readonly Asset[]): Promise<void>;
  readAssets(): Promise<readonly Asset[]>;
  saveNote(id: string, note: AssetNote): Promise<void>;
  readNotes(): Promise<ReadonlyMap<string, AssetNote>>;
}

/** Opens the store over a database that is migrated. */
export function openAssetStore(database: Database): AssetStore {
  const tables = database.tables<AssetTables>();
  return {
    saveAssets: (assets) =>
      database.transact<AssetTables, void>(async (transaction) => {
        for (const asset of assets) {
          const row = { id: asset.id, first_ms: asset.firstMs, last_ms: asset.lastMs, body: JSON.stringify(asset) };
          await transaction
            .insertInto('asset')
            .values(row)
            .onConflict((conflict) => conflict.column('id').doUpdateSet({ last_ms: row.last_ms, body: row.body }))
            .execute();
        }
      }),
    // Bodies were written by this store from values of these types.
    readAssets: async () => (await tables.selectFrom('asset').select('body').orderBy('first_ms').execute()).map((row): Asset => JSON.parse(row.body)),
    saveNote: async (id, note) => {
      const row = { id, body: JSON.stringify(note) };
      await tables
        .insertInto('asset_note')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ body: row.body }))
        .execute();
    },
    readNotes: async () =>
      new Map((await tables.selectFrom('asset_note').selectAll().execute()).map((row): [string, AssetNote] => [row.id, JSON.parse(row.body)])),
  };
}
