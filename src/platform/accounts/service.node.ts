// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import { assert } from '../../base/errors.ts';
import type { Authenticate } from '../http/access.ts';
import { notFound } from '../http/problem.ts';
import { type BoundRoute, bind, type Caller, reply } from '../http/route.ts';
import type { Database } from '../store/database.node.ts';
import * as administration from './administration.ts';
import { type AccountContext, type AccountEvent, type AccountSettings, defaultSettings, record } from './context.ts';
import * as own from './own-account.ts';
import * as passkeys from './passkeys.ts';
import { createPasswordHasher, type PasswordCost } from './password.ts';
import type { SignInLink } from './routes.ts';
import * as routes from './routes.ts';
import type { Vault } from './secrets.ts';
import { anonymousSession, authenticate, clearingCookie, describeNow, findSession, requireSession } from './sessions.ts';
import * as signing from './sign-in.ts';
import { createAccountStore } from './store.node.ts';
import * as tokens from './tokens.ts';

/** People and programs that may use this installation. */
export interface Accounts {
  readonly routes: readonly BoundRoute[];
  readonly authenticate: Authenticate;
  /** Looks without counting as use: for streams that stay open (events). False where the caller's account or role is no longer the same. */
  isStillSignedIn(headers: { readonly [name: string]: string | readonly string[] | undefined }, caller: Caller): Promise<boolean>;
  /** The link for the first administrator, or null where one can sign in already. Print it to the terminal, nowhere else. */
  createFirstLink(): Promise<SignInLink | null>;
  /** A link for the account of this name, for whoever administers the machine (`shinrai account link`). Refuses with 404. */
  createLinkFor(name: string, options?: { readonly isReset?: boolean }): Promise<SignInLink>;
  /** Removes what has expired; once an hour is enough. */
  purge(): Promise<void>;
}

export interface AccountsOptions {
  /** Migrated with `accountMigrations`. */
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly audit: (event: AccountEvent) => Promise<void>;
  readonly settings: Pick<AccountSettings, 'siteName' | 'origins' | 'passkeyHost' | 'hasTls'> & Partial<AccountSettings>;
  /** Cheaper in tests; the default is what people get. */
  readonly passwordCost?: PasswordCost;
}

/** Joins the routes of `routes.ts` with what they do. */
export function createAccounts(options: AccountsOptions): Accounts {
  const context: AccountContext = {
    store: createAccountStore(options.database),
    hasher: createPasswordHasher(options.passwordCost),
    vault: options.vault,
    clock: options.clock,
    audit: options.audit,
    settings: { ...defaultSettings, ...options.settings },
  };
  return {
    routes: [...bindSession(context), ...bindOwnAccount(context), ...bindAccounts(context), ...bindTokens(context)],
    authenticate: ({ headers }) => authenticate(context, headers),
    isStillSignedIn: async (headers, caller) => {
      const now = (await authenticate(context, headers, false))?.caller;
      return now !== undefined && now.account === caller.account && now.role === caller.role;
    },
    createFirstLink: () => administration.createFirstLink(context),
    createLinkFor: async (name, { isReset = false } = {}) => {
      const account = await context.store.findAccountNamed(name);
      if (account === undefined) throw notFound('account', name);
      return administration.createLink(context, account, isReset, { account: null, address: null });
    },
    purge: () => context.store.purge(options.clock.nowMs(), options.clock.nowMs() - context.settings.sessionIdleMs),
  };
}

function bindSession(context: AccountContext): BoundRoute[] {
  return [
    bind(routes.getSession, async ({ headers }) => {
      const session = await findSession(context, headers, false);
      return session === undefined ? anonymousSession : describeNow(context, session);
    }),
    bind(routes.signIn, ({ body, headers, address }) => signing.signInByPassword(context, body, { headers, address })),
    bind(routes.signOut, async ({ headers, address }) => {
      const session = await requireSession(context, headers);
      await context.store.deleteSession(session.account, session.id);
      await record(context, 'signed-out', { id: session.account, name: session.name }, { account: session.account, address });
      return reply(undefined, { 'set-cookie': clearingCookie(context) });
    }),
    bind(routes.signInByLink, ({ body, headers, address }) => signing.signInByLink(context, body.secret, { headers, address })),
    bind(routes.startPasskeySignIn, () => passkeys.startPasskeySignIn(context)),
    bind(routes.signInByPasskey, ({ body, headers, address }) => passkeys.signInByPasskey(context, body, { headers, address })),
  ];
}

function bindOwnAccount(context: AccountContext): BoundRoute[] {
  return [
    bind(routes.setPassword, async ({ headers, body, address }) => own.setPassword(context, await requireSession(context, headers), body, address)),
    bind(routes.startTotp, async ({ headers }) => own.startTotp(context, await requireSession(context, headers))),
    bind(routes.confirmTotp, async ({ headers, body, address }) => own.confirmTotp(context, await requireSession(context, headers), body.code, address)),
    bind(routes.removeTotp, async ({ headers, body, address }) => own.removeTotp(context, await requireSession(context, headers), body.code, address)),
    bind(routes.startPasskey, async ({ headers }) => passkeys.startPasskey(context, await requireSession(context, headers))),
    bind(routes.addPasskey, async ({ headers, body, address }) => passkeys.addPasskey(context, await requireSession(context, headers), body, address)),
    bind(routes.removePasskey, async ({ headers, params, address }) =>
      passkeys.removePasskey(context, await requireSession(context, headers), params.id, address),
    ),
    bind(routes.listSessions, async ({ headers }) => own.listSessions(context, await requireSession(context, headers))),
    bind(routes.revokeSession, async ({ headers, params, address }) => {
      const session = await requireSession(context, headers);
      if (!(await context.store.deleteSession(session.account, params.id))) throw notFound('session', params.id);
      await record(context, 'session-revoked', { id: session.account, name: session.name }, { account: session.account, address }, { session: params.id });
    }),
  ];
}

function bindAccounts(context: AccountContext): BoundRoute[] {
  return [
    bind(routes.listAccounts, async ({ query }) => {
      const page = await context.store.listAccounts(query.limit ?? 50, query.before);
      return { ...page, items: page.items.map((row) => administration.describeAccount(row, row.passkey_count)) };
    }),
    bind(routes.createAccount, ({ body, caller, address }) => administration.createAccount(context, body, actorOf(caller, address))),
    bind(routes.changeAccount, ({ params, body, caller, address }) => administration.changeAccount(context, params.id, body, actorOf(caller, address))),
    bind(routes.removeAccount, ({ params, caller, address }) => administration.removeAccount(context, params.id, actorOf(caller, address))),
    bind(routes.createLink, async ({ params, body, caller, address }) => {
      const account = await context.store.findAccount(params.id);
      if (account === undefined) throw notFound('account', params.id);
      return administration.createLink(context, account, body.reset ?? false, actorOf(caller, address));
    }),
  ];
}

function bindTokens(context: AccountContext): BoundRoute[] {
  return [
    bind(routes.listTokens, ({ caller, query }) => tokens.listTokens(context, signedIn(caller), query.limit ?? 50, query.before)),
    bind(routes.createToken, async ({ headers, body, address }) => tokens.createToken(context, await requireSession(context, headers), body, address)),
    bind(routes.removeToken, ({ params, caller, address }) => tokens.removeToken(context, signedIn(caller), params.id, address)),
  ];
}

function actorOf(caller: Caller | null, address: string) {
  return { account: signedIn(caller).account, address };
}

function signedIn(caller: Caller | null): Caller {
  assert(caller !== null, 'the server lets nobody without a role into this route');
  return caller;
}
