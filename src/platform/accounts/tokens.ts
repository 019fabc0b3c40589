// SPDX-License-Identifier: Apache-2.0
import { newId } from '../../base/ids.ts';
import type { Page } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { Caller, Role } from '../http/route.ts';
import { type AccountContext, record, roleOf, tokensPerAccountMax } from './context.ts';
import type { TokenRow } from './migrations.node.ts';
import { coversRole } from './role-cover.ts';
import type { ApiToken } from './routes.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { type LiveSession, tokenPrefix } from './sessions.ts';

const dayMs = 24 * 3_600_000;
const shownChars = 10;

/** Creates a token that acts for the account with a role that the account's role covers. The secret is in this answer only. */
export async function createToken(
  context: AccountContext,
  session: LiveSession,
  given: { readonly name: string; readonly role: Role; readonly daysValid: number },
  address: string,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  if (!coversRole(roleOf(session), given.role)) {
    throw new Problem(403, 'role-not-covered', `Cannot create the token: the role "${session.role}" does not cover "${given.role}"`);
  }
  const count = await context.store.countTokens(session.account);
  if (count >= tokensPerAccountMax)
    throw new Problem(409, 'too-many-tokens', `Cannot create the token: the account has ${count}, at most ${tokensPerAccountMax}`);
  const secret = `${tokenPrefix}${newSecret()}`;
  const nowMs = context.clock.nowMs();
  const row: TokenRow = {
    id: newId('token'),
    secret_hash: hashSecret(secret),
    account_id: session.account,
    name: given.name,
    role: given.role,
    prefix: secret.slice(0, shownChars),
    created_at_ms: nowMs,
    expires_at_ms: nowMs + given.daysValid * dayMs,
    last_used_at_ms: null,
  };
  await context.store.insertToken(row);
  const about = { id: session.account, name: session.name };
  await record(context, 'token-created', about, { account: session.account, address }, { token: row.id, role: row.role, daysValid: given.daysValid });
  return { token: describeToken({ ...row, account_name: session.name }), secret };
}

/** The own tokens, newest first; all for an administrator. */
export async function listTokens(context: AccountContext, caller: Caller, limit: number, before: string | undefined): Promise<Page<ApiToken>> {
  const page = await context.store.listTokens(caller.role === 'administrator' ? undefined : caller.account, limit, before);
  return { ...page, items: page.items.map(describeToken) };
}

/** Revokes a token: an own one, or any for an administrator. Others are answered as if it were not there. */
export async function removeToken(context: AccountContext, caller: Caller, id: string, address: string): Promise<void> {
  const row = await context.store.findTokenById(id);
  if (row === undefined || (row.account_id !== caller.account && caller.role !== 'administrator')) throw notFound('token', id);
  await context.store.deleteToken(id);
  const owner = await context.store.findAccount(row.account_id);
  await record(context, 'token-removed', owner ?? null, { account: caller.account, address }, { token: id });
}

function describeToken(row: TokenRow & { readonly account_name: string }): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: roleOf(row),
    prefix: row.prefix,
    account: row.account_id,
    accountName: row.account_name,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  };
}
