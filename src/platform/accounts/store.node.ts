// SPDX-License-Identifier: Apache-2.0
import type { Kysely, Transaction } from 'kysely';
import type { Page } from '../http/page.ts';
import type { Database } from '../store/database.node.ts';
import { blockedUntilMs, type Failures, forgetMs } from './lock-out.ts';
import type { AccountRow, AccountTables, ChallengeRow, LinkRow, PasskeyRow, SessionRow, TokenRow } from './migrations.node.ts';

/** An account with what hangs on it, as the rest of the room works with it. */
export type AccountWithPasskeys = AccountRow & { readonly passkeys: readonly PasskeyRow[] };
export type AccountStore = ReturnType<typeof createAccountStore>;

const challengesMax = 10_000;
const sessionsPerAccountMax = 20;

/** The queries of accounts, sessions, links, challenges and tokens. What must hold together is one transaction. */
export function createAccountStore(database: Database) {
  const tables = database.tables<AccountTables>();
  return {
    ...accountQueries(database, tables),
    ...sessionQueries(database, tables),
    ...ceremonyQueries(database, tables),
    ...tokenQueries(tables),
    ...failureQueries(database, tables),
  };
}

function accountQueries(database: Database, tables: Kysely<AccountTables>) {
  const findBy = async (field: 'id' | 'name', value: string): Promise<AccountWithPasskeys | undefined> => {
    const row = await tables.selectFrom('account').selectAll().where(field, '=', value).executeTakeFirst();
    if (row === undefined) return undefined;
    return { ...row, passkeys: await tables.selectFrom('account_passkey').selectAll().where('account_id', '=', row.id).orderBy('created_at_ms').execute() };
  };
  /** Does `change` unless no administrator who may sign in would be left afterwards. */
  const keepAdministrator = (change: (transaction: Transaction<AccountTables>) => Promise<boolean>): Promise<'done' | 'missing' | 'last-administrator'> =>
    database
      .transact(async (transaction: Transaction<AccountTables>) => {
        if (!(await change(transaction))) return 'missing' as const;
        const left = transaction.selectFrom('account').select('id').where('role', '=', 'administrator').where('is_disabled', '=', 0);
        if ((await left.executeTakeFirst()) === undefined) throw new LastAdministrator();
        return 'done' as const;
      })
      .catch((error: unknown) => {
        if (error instanceof LastAdministrator) return 'last-administrator' as const;
        throw error;
      });
  return {
    findAccount: (id: string) => findBy('id', id),
    findAccountNamed: (name: string) => findBy('name', name),
    /** Throws a unique violation where the name is taken. */
    insertAccount: async (row: AccountRow): Promise<void> => {
      await tables.insertInto('account').values(row).execute();
    },
    /** Inserts the row only into an empty table, so that two servers that start at once make one first account. */
    insertFirstAccount: (row: AccountRow): Promise<boolean> =>
      database.transact(async (transaction: Transaction<AccountTables>) => {
        if ((await transaction.selectFrom('account').select('id').executeTakeFirst()) !== undefined) return false;
        await transaction.insertInto('account').values(row).execute();
        return true;
      }),
    /** The oldest administrator who may sign in. */
    findAdministrator: async (): Promise<AccountWithPasskeys | undefined> => {
      const query = tables.selectFrom('account').select('id').where('role', '=', 'administrator').where('is_disabled', '=', 0);
      const row = await query.orderBy('created_at_ms').orderBy('id').executeTakeFirst();
      return row === undefined ? undefined : findBy('id', row.id);
    },
    listAccounts: (limit: number, before: string | undefined): Promise<Page<AccountRow & { readonly passkey_count: number }>> =>
      listAccounts(tables, limit, before),
    updateAccount: async (id: string, change: Partial<AccountRow>): Promise<void> => {
      await tables.updateTable('account').set(change).where('id', '=', id).execute();
    },
    /** Changes what an administrator may change; signs the account out where role or access changed. */
    changeAccount: (id: string, change: Partial<Pick<AccountRow, 'display_name' | 'role' | 'is_disabled'>>) =>
      keepAdministrator(async (transaction) => {
        const before = await transaction.selectFrom('account').select(['role', 'is_disabled']).where('id', '=', id).executeTakeFirst();
        if (before === undefined) return false;
        if (Object.keys(change).length > 0) await transaction.updateTable('account').set(change).where('id', '=', id).execute();
        const isOther = (change.role ?? before.role) !== before.role || (change.is_disabled ?? before.is_disabled) !== before.is_disabled;
        if (isOther) await transaction.deleteFrom('account_session').where('account_id', '=', id).execute();
        return true;
      }),
    deleteAccount: (id: string) =>
      keepAdministrator(async (transaction) => (await transaction.deleteFrom('account').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n),
    /** True exactly once for each step: a code that was seen by somebody cannot be used again. */
    useTotpStep: async (id: string, step: number): Promise<boolean> => {
      const update = tables.updateTable('account').set({ totp_step: step }).where('id', '=', id).where('totp_step', '<', step);
      return (await update.executeTakeFirst()).numUpdatedRows > 0n;
    },
    /** Throws a unique violation where the passkey is already registered. */
    insertPasskey: async (row: PasskeyRow): Promise<void> => {
      await tables.insertInto('account_passkey').values(row).execute();
    },
    findPasskey: (id: string) => tables.selectFrom('account_passkey').selectAll().where('id', '=', id).executeTakeFirst(),
    usePasskey: async (id: string, counter: number, nowMs: number): Promise<void> => {
      await tables.updateTable('account_passkey').set({ counter, last_used_at_ms: nowMs }).where('id', '=', id).execute();
    },
    deletePasskey: async (account: string, id: string): Promise<boolean> =>
      (await tables.deleteFrom('account_passkey').where('account_id', '=', account).where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n,
  };
}

class LastAdministrator extends Error {}

async function listAccounts(tables: Kysely<AccountTables>, limit: number, before: string | undefined) {
  const counts = tables
    .selectFrom('account_passkey')
    .select(['account_id', (e) => e.fn.countAll<number>().as('passkey_count')])
    .groupBy('account_id');
  let query = tables
    .selectFrom('account')
    .leftJoin(counts.as('held'), 'held.account_id', 'account.id')
    .selectAll('account')
    .select((e) => e.fn.coalesce('held.passkey_count', e.lit(0)).as('passkey_count'));
  // By name, as people look for them: `before` is the last name of the page before.
  if (before !== undefined) query = query.where('account.name', '>', before);
  const counted = tables.selectFrom('account').select((e) => e.fn.countAll<number>().as('count'));
  const rows = await query
    .orderBy('account.name')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null, total: (await counted.executeTakeFirstOrThrow()).count };
}

function sessionQueries(database: Database, tables: Kysely<AccountTables>) {
  return {
    insertSession: (row: SessionRow): Promise<void> =>
      database.transact(async (transaction: Transaction<AccountTables>) => {
        await transaction.insertInto('account_session').values(row).execute();
        const kept = transaction
          .selectFrom('account_session')
          .select('id')
          .where('account_id', '=', row.account_id)
          .orderBy('created_at_ms', 'desc')
          .orderBy('id')
          .limit(sessionsPerAccountMax);
        await transaction.deleteFrom('account_session').where('account_id', '=', row.account_id).where('id', 'not in', kept).execute();
        await transaction.updateTable('account').set({ last_sign_in_at_ms: row.created_at_ms }).where('id', '=', row.account_id).execute();
      }),
    findSession: (secretHash: string) =>
      tables
        .selectFrom('account_session')
        .innerJoin('account', 'account.id', 'account_session.account_id')
        .selectAll('account_session')
        .select(['account.name', 'account.role', 'account.is_disabled'])
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst(),
    touchSession: async (id: string, nowMs: number): Promise<void> => {
      await tables.updateTable('account_session').set({ last_seen_at_ms: nowMs }).where('id', '=', id).execute();
    },
    listSessions: (account: string) =>
      tables.selectFrom('account_session').selectAll().where('account_id', '=', account).orderBy('created_at_ms', 'desc').execute(),
    deleteSession: async (account: string, id: string): Promise<boolean> =>
      (await tables.deleteFrom('account_session').where('account_id', '=', account).where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n,
    deleteOtherSessions: async (account: string, kept: string): Promise<void> => {
      await tables.deleteFrom('account_session').where('account_id', '=', account).where('id', '!=', kept).execute();
    },
  };
}

function ceremonyQueries(database: Database, tables: Kysely<AccountTables>) {
  return {
    /** One unused link for each account: the newest. */
    replaceLink: (row: LinkRow): Promise<void> =>
      database.transact(async (transaction: Transaction<AccountTables>) => {
        await transaction.deleteFrom('account_link').where('account_id', '=', row.account_id).execute();
        await transaction.insertInto('account_link').values(row).execute();
      }),
    /** Takes the link away and returns it: whoever comes second finds none. With `reset` everything else that lets this account in goes with it. */
    redeemLink: (secretHash: string, nowMs: number): Promise<LinkRow | undefined> =>
      database.transact(async (transaction: Transaction<AccountTables>) => {
        const taken = transaction.deleteFrom('account_link').where('secret_hash', '=', secretHash).where('expires_at_ms', '>', nowMs);
        const link = await taken.returningAll().executeTakeFirst();
        if (link === undefined || link.reset === 0) return link;
        const cleared = { password_hash: null, totp_sealed: null, totp_confirmed: 0 };
        await transaction.updateTable('account').set(cleared).where('id', '=', link.account_id).execute();
        await transaction.deleteFrom('account_passkey').where('account_id', '=', link.account_id).execute();
        await transaction.deleteFrom('account_session').where('account_id', '=', link.account_id).execute();
        return link;
      }),
    /** False where too many ceremonies are open. */
    insertChallenge: async (row: ChallengeRow, nowMs: number): Promise<boolean> => {
      await tables.deleteFrom('account_challenge').where('expires_at_ms', '<=', nowMs).execute();
      const open = await tables
        .selectFrom('account_challenge')
        .select((e) => e.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (open.count >= challengesMax) return false;
      await tables.insertInto('account_challenge').values(row).execute();
      return true;
    },
    /** Takes the challenge away: it is good for one answer. */
    takeChallenge: (id: string, nowMs: number): Promise<ChallengeRow | undefined> =>
      tables.deleteFrom('account_challenge').where('id', '=', id).where('expires_at_ms', '>', nowMs).returningAll().executeTakeFirst(),
    /** Removes what has expired; nothing depends on when. */
    purge: async (nowMs: number, idleBeforeMs: number): Promise<void> => {
      for (const table of ['account_session', 'account_link', 'account_challenge', 'account_token'] as const) {
        await tables.deleteFrom(table).where('expires_at_ms', '<=', nowMs).execute();
      }
      await tables.deleteFrom('account_session').where('last_seen_at_ms', '<=', idleBeforeMs).execute();
      await tables
        .deleteFrom('account_failure')
        .where('last_at_ms', '<=', nowMs - forgetMs)
        .execute();
    },
  };
}

function tokenQueries(tables: Kysely<AccountTables>) {
  return {
    insertToken: async (row: TokenRow): Promise<void> => {
      await tables.insertInto('account_token').values(row).execute();
    },
    countTokens: async (account: string): Promise<number> => {
      const counted = tables
        .selectFrom('account_token')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('account_id', '=', account);
      return (await counted.executeTakeFirstOrThrow()).count;
    },
    findToken: (secretHash: string) =>
      tables
        .selectFrom('account_token')
        .innerJoin('account', 'account.id', 'account_token.account_id')
        .selectAll('account_token')
        .select(['account.name as account_name', 'account.role as account_role', 'account.is_disabled'])
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst(),
    touchToken: async (id: string, nowMs: number): Promise<void> => {
      await tables.updateTable('account_token').set({ last_used_at_ms: nowMs }).where('id', '=', id).execute();
    },
    /** Newest first; of one account, or of all where `account` is undefined. */
    listTokens: async (account: string | undefined, limit: number, before: string | undefined): Promise<Page<TokenRow & { readonly account_name: string }>> => {
      let query = tables.selectFrom('account_token').innerJoin('account', 'account.id', 'account_token.account_id');
      if (account !== undefined) query = query.where('account_token.account_id', '=', account);
      const counted = query.select((e) => e.fn.countAll<number>().as('count'));
      const [atText, id = ''] = before?.split('_') ?? [];
      const atMs = Number(atText);
      if (before !== undefined && Number.isFinite(atMs)) {
        query = query.where((e) =>
          e.or([e('account_token.created_at_ms', '<', atMs), e.and([e('account_token.created_at_ms', '=', atMs), e('account_token.id', '<', id)])]),
        );
      }
      const ordered = query.selectAll('account_token').select('account.name as account_name').orderBy('account_token.created_at_ms', 'desc');
      const rows = await ordered
        .orderBy('account_token.id', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      const next = rows.length > limit && last !== undefined ? `${last.created_at_ms}_${last.id}` : null;
      return { items, next, total: (await counted.executeTakeFirstOrThrow()).count };
    },
    findTokenById: (id: string) => tables.selectFrom('account_token').selectAll().where('id', '=', id).executeTakeFirst(),
    deleteToken: async (id: string): Promise<void> => {
      await tables.deleteFrom('account_token').where('id', '=', id).execute();
    },
  };
}

function failureQueries(database: Database, tables: Kysely<AccountTables>) {
  return {
    /**
     * Counts an attempt before it is judged, so that many at once are all counted, and returns the new counts; where one of the
     * subjects is blocked it counts nothing and returns until when.
     */
    countAttempt: (subjects: readonly string[], nowMs: number): Promise<{ readonly blockedUntilMs: number; readonly failures: readonly Failures[] }> =>
      database.transact(async (transaction: Transaction<AccountTables>) => {
        const rows = await transaction
          .selectFrom('account_failure')
          .selectAll()
          .where('subject', 'in', [...subjects])
          .execute();
        const known = subjects.map((subject) => {
          const row = rows.find((other) => other.subject === subject && other.last_at_ms > nowMs - forgetMs);
          return { subject, count: row?.count ?? 0, lastAtMs: row?.last_at_ms ?? 0 };
        });
        const until = Math.max(...known.map(blockedUntilMs));
        if (until > nowMs) return { blockedUntilMs: until, failures: known };
        const failures = known.map((one) => ({ ...one, count: one.count + 1, lastAtMs: nowMs }));
        const values = failures.map(({ subject, count }) => ({ subject, count, last_at_ms: nowMs }));
        await transaction
          .insertInto('account_failure')
          .values(values)
          .onConflict((c) => c.column('subject').doUpdateSet((e) => ({ count: e.ref('excluded.count'), last_at_ms: e.ref('excluded.last_at_ms') })))
          .execute();
        return { blockedUntilMs: 0, failures };
      }),
    /** After a right password: the pair and the name begin anew; for the address this one attempt is taken back. */
    forgetFailures: async (subjects: readonly string[]): Promise<void> => {
      const isAddress = (subject: string): boolean => subject.startsWith('address:');
      const cleared = subjects.filter((subject) => !isAddress(subject));
      await tables.deleteFrom('account_failure').where('subject', 'in', cleared).execute();
      await uncount(tables, subjects.filter(isAddress));
    },
    /** Takes one attempt back that was neither right nor wrong. */
    uncountAttempt: (subjects: readonly string[]): Promise<void> => uncount(tables, subjects),
  };
}

async function uncount(tables: Kysely<AccountTables>, subjects: readonly string[]): Promise<void> {
  const update = tables.updateTable('account_failure').set((e) => ({ count: e('count', '-', 1) }));
  await update
    .where('subject', 'in', [...subjects])
    .where('count', '>', 0)
    .execute();
}
