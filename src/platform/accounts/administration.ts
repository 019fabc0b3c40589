// SPDX-License-Identifier: Apache-2.0
import { newId } from '../../base/ids.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { Role } from '../http/route.ts';
import { isUniqueViolation } from '../store/database.node.ts';
import { type AccountContext, type Actor, record, roleOf } from './context.ts';
import type { AccountRow } from './migrations.node.ts';
import type { Account, SignInLink } from './routes.ts';
import { hashSecret, newSecret } from './secrets.ts';

type NewAccount = { readonly name: string; readonly displayName: string; readonly role: Role };

/** Creates an account with its first link. Refuses with 409 `name-taken`. */
export async function createAccount(
  context: AccountContext,
  given: NewAccount,
  actor: Actor,
): Promise<{ readonly account: Account; readonly link: SignInLink }> {
  const row = rowOf(context, given);
  try {
    await context.store.insertAccount(row);
  } catch (error) {
    if (isUniqueViolation(error)) throw new Problem(409, 'name-taken', `Cannot create the account: the name "${given.name}" is taken`);
    throw error;
  }
  await record(context, 'account-created', row, actor, { role: given.role });
  return { account: describeAccount(row, 0), link: await createLink(context, row, false, actor) };
}

/**
 * The link for the first administrator (named `admin`): for an installation that has none, or whose administrator has set neither password
 * nor passkey yet. null where somebody can sign in already.
 */
export async function createFirstLink(context: AccountContext): Promise<SignInLink | null> {
  const actor = { account: null, address: null };
  const row = rowOf(context, { name: 'admin', displayName: 'Administrator', role: 'administrator' });
  if (await context.store.insertFirstAccount(row)) {
    await record(context, 'account-created', row, actor, { role: row.role });
    return createLink(context, row, false, actor);
  }
  const known = await context.store.findAdministrator();
  if (known === undefined || known.password_hash !== null || known.passkeys.length > 0) return null;
  return createLink(context, known, false, actor);
}

function rowOf(context: AccountContext, given: NewAccount): AccountRow {
  return {
    id: newId('account'),
    name: given.name,
    display_name: given.displayName,
    role: given.role,
    is_disabled: 0,
    password_hash: null,
    totp_sealed: null,
    totp_confirmed: 0,
    totp_step: 0,
    created_at_ms: context.clock.nowMs(),
    last_sign_in_at_ms: null,
  };
}

/** A one-time link. Earlier unused ones of the account stop working. With `isReset` using it clears what let the account in before. */
export async function createLink(
  context: AccountContext,
  account: { readonly id: string; readonly name: string },
  isReset: boolean,
  actor: Actor,
): Promise<SignInLink> {
  const secret = newSecret();
  const expiresAtMs = context.clock.nowMs() + context.settings.linkMs;
  await context.store.replaceLink({ secret_hash: hashSecret(secret), account_id: account.id, reset: isReset ? 1 : 0, expires_at_ms: expiresAtMs });
  await record(context, 'link-created', account, actor, { reset: isReset });
  return { secret, path: `/link#${secret}`, expiresAtMs };
}

/** Changes name shown, role or access. Refuses with 404 and 409 `last-administrator`. */
export async function changeAccount(
  context: AccountContext,
  id: string,
  change: { readonly displayName?: string; readonly role?: Role; readonly isDisabled?: boolean },
  actor: Actor,
): Promise<Account> {
  const columns: { display_name?: string; role?: string; is_disabled?: number } = {};
  if (change.displayName !== undefined) columns.display_name = change.displayName;
  if (change.role !== undefined) columns.role = change.role;
  if (change.isDisabled !== undefined) columns.is_disabled = change.isDisabled ? 1 : 0;
  refuseOutcome(await context.store.changeAccount(id, columns), id);
  const account = await context.store.findAccount(id);
  if (account === undefined) throw notFound('account', id);
  await record(context, 'account-changed', account, actor, { ...change });
  return describeAccount(account, account.passkeys.length);
}

/** Removes an account and what hangs on it. Refuses with 404 and 409 `last-administrator`. */
export async function removeAccount(context: AccountContext, id: string, actor: Actor): Promise<void> {
  const account = await context.store.findAccount(id);
  if (account === undefined) throw notFound('account', id);
  refuseOutcome(await context.store.deleteAccount(id), id);
  await record(context, 'account-removed', account, actor, { role: account.role });
}

function refuseOutcome(outcome: 'done' | 'missing' | 'last-administrator', id: string): void {
  if (outcome === 'missing') throw notFound('account', id);
  if (outcome === 'last-administrator') {
    throw new Problem(409, 'last-administrator', 'Cannot change the account: no administrator who can sign in would be left');
  }
}

/** What a list of accounts shows. */
export function describeAccount(row: AccountRow, passkeyCount: number): Account {
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    role: roleOf(row),
    isDisabled: row.is_disabled !== 0,
    hasPassword: row.password_hash !== null,
    hasTotp: row.totp_confirmed !== 0,
    passkeyCount,
    createdAtMs: row.created_at_ms,
    lastSignInAtMs: row.last_sign_in_at_ms,
  };
}
