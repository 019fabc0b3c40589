// SPDX-License-Identifier: Apache-2.0
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import { type AccountContext, record } from './context.ts';
import { isFirstBlock, subjectsOf } from './lock-out.ts';
import type { Session } from './routes.ts';
import { hashSecret } from './secrets.ts';
import { startSession } from './sessions.ts';
import type { AccountWithPasskeys } from './store.node.ts';
import { takeTotpCode } from './totp.ts';

export interface From {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly address: string;
}

/** Signs in with a password and, where set up, a code. Name, password and code are attacker-controlled. */
export async function signInByPassword(
  context: AccountContext,
  given: { readonly name: string; readonly password: string; readonly code?: string },
  from: From,
): Promise<Reply<Session>> {
  // Names are stored in lower case; people type them as they like.
  const name = given.name.trim().toLowerCase();
  const subjects = subjectsOf(name, from.address);
  await admitAttempt(context, subjects, from.address);
  const account = await context.store.findAccountNamed(name);
  const isRight = await context.hasher.verify(given.password, account?.password_hash ?? null);
  // One answer for all reasons: it does not tell which names exist.
  if (account === undefined || !isRight || account.is_disabled !== 0) throw refused('Cannot sign in: name or password is wrong');
  if (account.totp_confirmed !== 0) await checkCode(context, account, given.code, subjects);
  await context.store.forgetFailures(subjects);
  await renewHash(context, account, given.password);
  await record(
    context,
    'signed-in',
    account,
    { account: account.id, address: from.address },
    { way: account.totp_confirmed === 0 ? 'password' : 'password and code' },
  );
  return startSession(context, account, from);
}

async function admitAttempt(context: AccountContext, subjects: readonly string[], address: string): Promise<void> {
  const nowMs = context.clock.nowMs();
  const { blockedUntilMs, failures } = await context.store.countAttempt(subjects, nowMs);
  if (blockedUntilMs > nowMs) {
    const seconds = Math.ceil((blockedUntilMs - nowMs) / 1_000);
    throw new Problem(429, 'locked-out', `Cannot sign in now: too many attempts were wrong, try again in ${seconds} s`, seconds);
  }
  const scopes = failures.filter(isFirstBlock).map(({ subject }) => subject.slice(0, subject.indexOf(':')));
  if (scopes.length > 0) await record(context, 'sign-in-blocked', null, { account: null, address }, { scope: scopes.join(' ') });
}

async function checkCode(context: AccountContext, account: AccountWithPasskeys, code: string | undefined, subjects: readonly string[]): Promise<void> {
  if (code === undefined) {
    await context.store.uncountAttempt(subjects);
    throw new Problem(401, 'totp-required', 'Cannot sign in yet: the code of the authenticator app is required');
  }
  if (!(await takeTotpCode(context, account, code))) throw refused('Cannot sign in: the code is wrong or was used before');
}

async function renewHash(context: AccountContext, account: AccountWithPasskeys, password: string): Promise<void> {
  if (account.password_hash === null || !context.hasher.isOutdated(account.password_hash)) return;
  await context.store.updateAccount(account.id, { password_hash: await context.hasher.hash(password) });
}

function refused(detail: string): Problem {
  return new Problem(401, 'sign-in-refused', detail);
}

/** Signs in with a one-time link, which is used up by it. The secret is attacker-controlled. Refuses with 401 `link-refused`. */
export async function signInByLink(context: AccountContext, secret: string, from: From): Promise<Reply<Session>> {
  const link = await context.store.redeemLink(hashSecret(secret), context.clock.nowMs());
  const account = link === undefined ? undefined : await context.store.findAccount(link.account_id);
  if (link === undefined || account === undefined || account.is_disabled !== 0) {
    throw new Problem(401, 'link-refused', 'Cannot sign in: the link was used, has expired or never was');
  }
  await record(context, 'link-used', account, { account: account.id, address: from.address }, { reset: link.reset !== 0 });
  return startSession(context, account, { ...from, isByLink: true });
}
