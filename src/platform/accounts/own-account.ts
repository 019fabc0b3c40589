// SPDX-License-Identifier: Apache-2.0
import { toDataURL } from 'qrcode';
import { Problem } from '../http/problem.ts';
import { type AccountContext, record } from './context.ts';
import { subjectsOf } from './lock-out.ts';
import type { Session, SessionEntry } from './routes.ts';
import { describeNow, type LiveSession, requireAccount } from './sessions.ts';
import { newTotp, takeTotpCode } from './totp.ts';

/** Sets or changes the own password and signs out all other sessions. */
export async function setPassword(
  context: AccountContext,
  session: LiveSession,
  given: { readonly current?: string; readonly password: string },
  address: string,
): Promise<Session> {
  const account = await requireAccount(context, session);
  if (account.password_hash !== null) {
    await guess(
      context,
      session.name,
      address,
      async () => given.current !== undefined && context.hasher.verify(given.current, account.password_hash),
      'password-refused',
    );
  }
  const weakness = weaknessOf(given.password, account.name);
  if (weakness !== undefined) throw new Problem(422, 'password-weak', `Cannot set the password: ${weakness}`);
  await context.store.updateAccount(account.id, { password_hash: await context.hasher.hash(given.password) });
  await context.store.deleteOtherSessions(account.id, session.id);
  await record(context, 'password-set', account, { account: account.id, address });
  return describeNow(context, session);
}

/** What makes a password easy to guess whatever its length (which the schema requires); undefined where nothing does. */
function weaknessOf(password: string, name: string): string | undefined {
  const lower = password.toLowerCase();
  if (name.length >= 3 && lower.includes(name)) return 'it holds the name of the account';
  if (new Set(lower).size < 5) return 'it has fewer than five different characters';
  if (/^(.{1,4})\1+$/.test(lower)) return 'it repeats a short part';
  if ('01234567890123456789 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm'.includes(lower)) return 'it is a row of keys or letters';
  return undefined;
}

/** Counts and checks an attempt to give the own password or code: somebody at a screen left open must not be able to try on and on. */
async function guess(context: AccountContext, name: string, address: string, isRight: () => Promise<boolean>, code: string): Promise<void> {
  const subjects = subjectsOf(name, address);
  const nowMs = context.clock.nowMs();
  const { blockedUntilMs } = await context.store.countAttempt(subjects, nowMs);
  if (blockedUntilMs > nowMs)
    throw new Problem(429, 'locked-out', 'Cannot check now: too many attempts were wrong', Math.ceil((blockedUntilMs - nowMs) / 1_000));
  if (!(await isRight())) throw new Problem(401, code, 'Cannot go on: what was given is wrong');
  await context.store.forgetFailures(subjects);
}

/** A new secret for an authenticator app: it counts only after a first code. Refuses with 409 `totp-already-set`. */
export async function startTotp(context: AccountContext, session: LiveSession) {
  const account = await requireAccount(context, session);
  if (account.totp_confirmed !== 0) throw new Problem(409, 'totp-already-set', 'Cannot start: codes are on already, turn them off first');
  const { uri, base32, sealed } = newTotp(context, account);
  await context.store.updateAccount(account.id, { totp_sealed: sealed });
  return { uri, secret: base32, qrPng: await toDataURL(uri, { errorCorrectionLevel: 'M', margin: 2 }) };
}

/** Turns codes on. */
export async function confirmTotp(context: AccountContext, session: LiveSession, code: string, address: string): Promise<Session> {
  const account = await requireAccount(context, session);
  if (account.totp_sealed === null || account.totp_confirmed !== 0) throw new Problem(409, 'totp-not-started', 'Cannot turn on codes: get a secret first');
  await guess(context, account.name, address, () => takeTotpCode(context, account, code), 'code-refused');
  await context.store.updateAccount(account.id, { totp_confirmed: 1 });
  await record(context, 'totp-set', account, { account: account.id, address });
  return describeNow(context, session);
}

/** Turns codes off. */
export async function removeTotp(context: AccountContext, session: LiveSession, code: string, address: string): Promise<Session> {
  const account = await requireAccount(context, session);
  if (account.totp_confirmed === 0) throw new Problem(409, 'totp-not-started', 'Cannot turn off codes: they are not on');
  await guess(context, account.name, address, () => takeTotpCode(context, account, code), 'code-refused');
  await context.store.updateAccount(account.id, { totp_sealed: null, totp_confirmed: 0 });
  await record(context, 'totp-removed', account, { account: account.id, address });
  return describeNow(context, session);
}

/** Where the own account is signed in, newest first. */
export async function listSessions(context: AccountContext, session: LiveSession): Promise<{ readonly items: readonly SessionEntry[] }> {
  const nowMs = context.clock.nowMs();
  const { sessionIdleMs } = context.settings;
  const live = (await context.store.listSessions(session.account)).filter((row) => row.expires_at_ms > nowMs && row.last_seen_at_ms + sessionIdleMs > nowMs);
  const items = live.map((row) => ({
    id: row.id,
    createdAtMs: row.created_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
    expiresAtMs: Math.min(row.expires_at_ms, row.last_seen_at_ms + sessionIdleMs),
    address: row.address,
    isCurrent: row.id === session.id,
  }));
  return { items };
}
