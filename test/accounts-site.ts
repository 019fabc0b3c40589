// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { createManualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { AccountEvent } from '../src/platform/accounts/context.ts';
import { accountMigrations } from '../src/platform/accounts/migrations.node.ts';
import type { PasswordCost } from '../src/platform/accounts/password.ts';
import { createVault } from '../src/platform/accounts/secrets.ts';
import { type Accounts, createAccounts } from '../src/platform/accounts/service.node.ts';
import { createMetrics } from '../src/platform/http/metrics.node.ts';
import type { BoundRoute, Role } from '../src/platform/http/route.ts';
import { createHttpServer, type HttpServer } from '../src/platform/http/server.node.ts';
import type { Database } from '../src/platform/store/database.node.ts';
import { migrate } from '../src/platform/store/migration.node.ts';

/** What a browser keeps: its cookie and the CSRF value. `send` adds them. */
export interface Browser {
  cookie: string;
  csrf: string;
  send(method: Method, url: string, payload?: object, headers?: Record<string, string>): Promise<Answer>;
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  // Tests look into answers of many forms; the server has checked each against its schema.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
  readonly headers: { readonly [name: string]: unknown };
}

export const origin = 'https://shinrai.test:8443';
export const host = 'shinrai.test';
/** A hash that takes a millisecond, for tests only. */
export const cheapCost: PasswordCost = { memoryKib: 64, passes: 1, lanes: 1 };
export const goodPassword = 'correct horse battery';

/** A server with accounts only, a clock that stands still, and everything that was audited. */
export async function createAccountsSite(database: Database, options: { readonly cost?: PasswordCost; readonly more?: readonly BoundRoute[] } = {}) {
  const clock = createManualClock(1_800_000_000_000);
  const events: AccountEvent[] = [];
  let auditFailure: Error | undefined;
  const failAudit = (error: Error): void => {
    auditFailure = error;
  };
  await migrate(database, accountMigrations);
  const build = (cost: PasswordCost): Accounts =>
    createAccounts({
      database,
      vault: createVault(vaultKey),
      clock,
      audit: async (event) => {
        if (auditFailure !== undefined) throw auditFailure;
        events.push(event);
      },
      settings: { siteName: 'Test plant', origins: [origin], passkeyHost: host, hasTls: true },
      passwordCost: cost,
    });
  const vaultKey = randomBytes(32);
  const accounts = build(options.cost ?? cheapCost);
  const serve = (served: Accounts): Promise<HttpServer> =>
    createHttpServer({
      routes: [...served.routes, ...(options.more ?? [])],
      authenticate: served.authenticate,
      log: silentLog,
      version: 'test',
      metrics: createMetrics(),
      checkResponses: true,
      limits: { perAnonymousAddress: 100_000, signInsPerAddress: 100_000, perAccount: 100_000 },
    });
  const server = await serve(accounts);
  const openBrowser = (address = '10.1.1.1', at: HttpServer = server): Browser => {
    const browser: Browser = {
      cookie: '',
      csrf: '',
      send: async (method, url, payload, headers = {}) => {
        const own = { ...(browser.cookie === '' ? {} : { cookie: browser.cookie }), ...(browser.csrf === '' ? {} : { 'x-shinrai-csrf': browser.csrf }) };
        const answer = await at.inject({ method, url, remoteAddress: address, headers: { ...own, ...headers }, ...(payload === undefined ? {} : { payload }) });
        const body = answer.body === '' ? undefined : answer.json();
        const set = answer.headers['set-cookie'];
        if (typeof set === 'string') browser.cookie = set.slice(0, set.indexOf(';'));
        if (typeof body?.csrf === 'string') browser.csrf = body.csrf;
        return { status: answer.statusCode, code: body?.code, body, headers: answer.headers };
      },
    };
    return browser;
  };
  /** A browser signed in as the first administrator, with `goodPassword` set. */
  const openAdministrator = async (): Promise<Browser> => {
    const browser = openBrowser('10.9.9.9');
    const link = await accounts.createFirstLink();
    await browser.send('POST', '/api/session/link', { secret: link?.secret });
    await browser.send('POST', '/api/account/password', { password: goodPassword });
    return browser;
  };
  /** Creates an account and a browser that used its link; the account has `goodPassword`. */
  const openAccount = async (administrator: Browser, name: string, role: Role) => {
    const made = await administrator.send('POST', '/api/accounts', { name, displayName: name, role });
    const browser = openBrowser();
    await browser.send('POST', '/api/session/link', { secret: made.body.link.secret });
    await browser.send('POST', '/api/account/password', { password: goodPassword });
    return { browser, id: String(made.body.account.id) };
  };
  return { accounts, build, serve, server, clock, events, openBrowser, openAdministrator, openAccount, failAudit };
}
