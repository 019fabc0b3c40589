// SPDX-License-Identifier: Apache-2.0
import { newId } from '../../base/ids.ts';
import type { Authentication } from '../http/access.ts';
import { Problem } from '../http/problem.ts';
import { type Reply, reply } from '../http/route.ts';
import { type AccountContext, roleOf } from './context.ts';
import { coversRole } from './role-cover.ts';
import type { Session } from './routes.ts';
import { csrfOf, hashSecret, newSecret } from './secrets.ts';
import type { AccountWithPasskeys } from './store.node.ts';

export const cookieName = 'shinrai_session';
export const tokenPrefix = 'shn_';
/** `last seen` is written at most this often, so that reading stays reading. */
const touchMs = 60_000;

type Headers = { readonly [name: string]: string | readonly string[] | undefined };

/** The secret in the cookie, where there is one of the right form. Attacker-controlled: only its hash is ever looked up. */
export function sessionSecretOf(headers: Headers): string | undefined {
  const cookie = headers['cookie'];
  if (typeof cookie !== 'string') return undefined;
  for (const part of cookie.split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === cookieName) return /^[A-Za-z0-9_-]{43}$/.test(value ?? '') ? value : undefined;
  }
  return undefined;
}

export interface LiveSession {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
  readonly name: string;
  readonly role: string;
  readonly isByLink: boolean;
}

/** The session of the cookie where it has not expired, idled out or been revoked and its account may sign in. */
export async function findSession(context: AccountContext, headers: Headers, isUse: boolean): Promise<LiveSession | undefined> {
  const secret = sessionSecretOf(headers);
  if (secret === undefined) return undefined;
  const row = await context.store.findSession(hashSecret(secret));
  const nowMs = context.clock.nowMs();
  if (row === undefined || row.is_disabled !== 0) return undefined;
  if (row.expires_at_ms <= nowMs || row.last_seen_at_ms + context.settings.sessionIdleMs <= nowMs) return undefined;
  if (isUse && nowMs - row.last_seen_at_ms >= touchMs) await context.store.touchSession(row.id, nowMs);
  return { id: row.id, secret, account: row.account_id, name: row.name, role: row.role, isByLink: row.by_link !== 0 };
}

/** Who a request comes from: by its token where it has an Authorization header, else by its cookie. `isUse` false leaves no trace of use. */
export async function authenticate(context: AccountContext, headers: Headers, isUse = true): Promise<Authentication | null> {
  if (headers['authorization'] !== undefined) return authenticateToken(context, headers['authorization'], isUse);
  const session = await findSession(context, headers, isUse);
  if (session === undefined) return null;
  return { caller: { account: session.account, name: session.name, role: roleOf(session) }, csrf: csrfOf(session.secret) };
}

async function authenticateToken(context: AccountContext, header: string | readonly string[], isUse: boolean): Promise<Authentication | null> {
  const secret = /^Bearer (shn_[A-Za-z0-9_-]{43})$/i.exec(String(header))?.[1];
  if (secret === undefined) return null;
  const row = await context.store.findToken(hashSecret(secret));
  const nowMs = context.clock.nowMs();
  if (row === undefined || row.is_disabled !== 0 || row.expires_at_ms <= nowMs) return null;
  // The account may have lost its role since the token was made: the token then is worth nothing.
  const role = roleOf(row);
  if (!coversRole(roleOf({ role: row.account_role }), role)) return null;
  if (isUse && nowMs - (row.last_used_at_ms ?? 0) >= touchMs) await context.store.touchToken(row.id, nowMs);
  return { caller: { account: row.account_id, name: row.account_name, role }, csrf: null };
}

/** The session of a request that must be made by a person: a token that leaks must not become a password. Refuses with 403 `session-required`. */
export async function requireSession(context: AccountContext, headers: Headers): Promise<LiveSession> {
  const session = headers['authorization'] === undefined ? await findSession(context, headers, false) : undefined;
  if (session === undefined) throw new Problem(403, 'session-required', 'Cannot change the account: this needs a person who is signed in, not a token');
  return session;
}

/** Starts a session and answers with its cookie. An earlier session of the same browser ends. */
export async function startSession(
  context: AccountContext,
  account: AccountWithPasskeys,
  from: { readonly headers: Headers; readonly address: string; readonly isByLink?: boolean },
): Promise<Reply<Session>> {
  const before = await findSession(context, from.headers, false);
  if (before !== undefined) await context.store.deleteSession(before.account, before.id);
  const secret = newSecret();
  const nowMs = context.clock.nowMs();
  const { sessionMs } = context.settings;
  await context.store.insertSession({
    id: newId('session'),
    secret_hash: hashSecret(secret),
    account_id: account.id,
    by_link: from.isByLink ? 1 : 0,
    address: from.address,
    created_at_ms: nowMs,
    last_seen_at_ms: nowMs,
    expires_at_ms: nowMs + sessionMs,
  });
  return reply(describeSession(account, secret), { 'set-cookie': cookieOf(context, secret, Math.floor(sessionMs / 1_000)) });
}

/** The cookie that takes the session away from the browser. */
export function clearingCookie(context: AccountContext): string {
  return cookieOf(context, '', 0);
}

function cookieOf(context: AccountContext, value: string, maxAgeSeconds: number): string {
  return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${context.settings.hasTls ? '; Secure' : ''}`;
}

/** What the console is told about who is signed in. */
export function describeSession(account: AccountWithPasskeys, secret: string): Session {
  const hasPassword = account.password_hash !== null;
  return {
    account: {
      id: account.id,
      name: account.name,
      displayName: account.display_name,
      role: roleOf(account),
      hasPassword,
      hasTotp: account.totp_confirmed !== 0,
      passkeys: account.passkeys.map((key) => ({ id: key.id, name: key.name, createdAtMs: key.created_at_ms, lastUsedAtMs: key.last_used_at_ms })),
    },
    csrf: csrfOf(secret),
    mustSetPassword: !hasPassword && account.passkeys.length === 0,
  };
}

export const anonymousSession: Session = { account: null, csrf: null, mustSetPassword: false };

/** The account of a session as it is now, described. Asserts nothing: an account that was removed meanwhile is 401. */
export async function describeNow(context: AccountContext, session: LiveSession): Promise<Session> {
  return describeSession(await requireAccount(context, session), session.secret);
}

/** The account of a session. Refuses with 401 `not-signed-in` where it was removed meanwhile. */
export async function requireAccount(context: AccountContext, session: LiveSession): Promise<AccountWithPasskeys> {
  const account = await context.store.findAccount(session.account);
  if (account === undefined) throw new Problem(401, 'not-signed-in', 'Cannot answer: the account is no longer there');
  return account;
}
