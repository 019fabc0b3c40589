// SPDX-License-Identifier: Apache-2.0
import { column, type Migration } from '../store/migration.node.ts';

export type AccountRow = {
  id: string;
  name: string;
  display_name: string;
  role: string;
  is_disabled: number;
  password_hash: string | null;
  /** Sealed by the vault, see secrets.ts. */
  totp_sealed: string | null;
  totp_confirmed: number;
  /** The last time step whose code was used: an earlier or equal one is refused. */
  totp_step: number;
  created_at_ms: number;
  last_sign_in_at_ms: number | null;
};
export type PasskeyRow = {
  id: string;
  account_id: string;
  name: string;
  public_key: string;
  counter: number;
  transports: string;
  created_at_ms: number;
  last_used_at_ms: number | null;
};
export type ChallengeRow = { id: string; account_id: string | null; challenge: string; expires_at_ms: number };
export type SessionRow = {
  id: string;
  secret_hash: string;
  account_id: string;
  by_link: number;
  address: string;
  created_at_ms: number;
  last_seen_at_ms: number;
  expires_at_ms: number;
};
export type LinkRow = { secret_hash: string; account_id: string; reset: number; expires_at_ms: number };
export type TokenRow = {
  id: string;
  secret_hash: string;
  account_id: string;
  name: string;
  role: string;
  prefix: string;
  created_at_ms: number;
  expires_at_ms: number;
  last_used_at_ms: number | null;
};
export type FailureRow = { subject: string; count: number; last_at_ms: number };

export type AccountTables = {
  account: AccountRow;
  account_passkey: PasskeyRow;
  account_challenge: ChallengeRow;
  account_session: SessionRow;
  account_link: LinkRow;
  account_token: TokenRow;
  account_failure: FailureRow;
};

export const accountMigrations: readonly Migration[] = [
  {
    name: 'accounts/0001-tables',
    up: async ({ schema }) => {
      await schema
        .createTable('account')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('name', column.text, (c) => c.notNull().unique())
        .addColumn('display_name', column.text, (c) => c.notNull())
        .addColumn('role', column.text, (c) => c.notNull())
        .addColumn('is_disabled', column.flag, (c) => c.notNull())
        .addColumn('password_hash', column.text)
        .addColumn('totp_sealed', column.text)
        .addColumn('totp_confirmed', column.flag, (c) => c.notNull())
        .addColumn('totp_step', column.count, (c) => c.notNull())
        .addColumn('created_at_ms', column.time, (c) => c.notNull())
        .addColumn('last_sign_in_at_ms', column.time)
        .execute();
      const owned = (table: string, key: string) =>
        schema
          .createTable(table)
          .addColumn(key, column.id, (c) => c.primaryKey())
          .addColumn('account_id', column.id, (c) => c.references('account.id').onDelete('cascade'));
      await owned('account_passkey', 'id')
        .addColumn('name', column.text, (c) => c.notNull())
        .addColumn('public_key', column.text, (c) => c.notNull())
        .addColumn('counter', column.count, (c) => c.notNull())
        .addColumn('transports', column.json, (c) => c.notNull())
        .addColumn('created_at_ms', column.time, (c) => c.notNull())
        .addColumn('last_used_at_ms', column.time)
        .execute();
      await owned('account_challenge', 'id')
        .addColumn('challenge', column.text, (c) => c.notNull())
        .addColumn('expires_at_ms', column.time, (c) => c.notNull())
        .execute();
      await owned('account_session', 'id')
        .addColumn('secret_hash', column.text, (c) => c.notNull().unique())
        .addColumn('by_link', column.flag, (c) => c.notNull())
        .addColumn('address', column.text, (c) => c.notNull())
        .addColumn('created_at_ms', column.time, (c) => c.notNull())
        .addColumn('last_seen_at_ms', column.time, (c) => c.notNull())
        .addColumn('expires_at_ms', column.time, (c) => c.notNull())
        .execute();
      await owned('account_link', 'secret_hash')
        .addColumn('reset', column.flag, (c) => c.notNull())
        .addColumn('expires_at_ms', column.time, (c) => c.notNull())
        .execute();
      await owned('account_token', 'id')
        .addColumn('secret_hash', column.text, (c) => c.notNull().unique())
        .addColumn('name', column.text, (c) => c.notNull())
        .addColumn('role', column.text, (c) => c.notNull())
        .addColumn('prefix', column.text, (c) => c.notNull())
        .addColumn('created_at_ms', column.time, (c) => c.notNull())
        .addColumn('expires_at_ms', column.time, (c) => c.notNull())
        .addColumn('last_used_at_ms', column.time)
        .execute();
      await schema
        .createTable('account_failure')
        .addColumn('subject', column.id, (c) => c.primaryKey())
        .addColumn('count', column.count, (c) => c.notNull())
        .addColumn('last_at_ms', column.time, (c) => c.notNull())
        .execute();
      for (const table of ['account_passkey', 'account_session', 'account_link', 'account_token']) {
        await schema.createIndex(`${table}_of_account`).on(table).column('account_id').execute();
      }
    },
  },
];
