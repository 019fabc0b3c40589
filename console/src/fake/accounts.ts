// SPDX-License-Identifier: Apache-2.0
import type { Account, Session } from '../app/api.ts';
import { type FakeAnswer, type FakeRequest, ok, problem } from './answer.ts';
import type { Scene } from './world.ts';

type Signed = NonNullable<Session['account']>;
interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Account['role'];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface FakeAccounts {
  session: Signed | null;
  mustSetPassword: boolean;
  accounts: Account[];
  tokens: Token[];
  hasStartedTotp: boolean;
}

const admin: Signed = { id: 'acc-admin', name: 'admin', displayName: 'Aoki Mari', role: 'administrator', hasPassword: true, hasTotp: false, passkeys: [] };
/** What the fake accepts: the password for every name, the code, the secret of a link. */
export const fakePassword = 'correct horse battery';
export const fakeCode = '123456';
export const fakeSecret = 'one-time-secret-for-tests';

export function createFakeAccounts(scene: Scene, nowMs: number): FakeAccounts {
  const account = (name: string, displayName: string, role: Account['role'], more: Partial<Account> = {}): Account => ({
    id: `acc-${name}`,
    name,
    displayName,
    role,
    isDisabled: false,
    hasPassword: true,
    hasTotp: false,
    passkeyCount: 0,
    createdAtMs: nowMs - 86_400_000,
    lastSignInAtMs: nowMs - 7_200_000,
    ...more,
  });
  return {
    session:
      scene === 'signed-out'
        ? null
        : scene === 'viewer'
          ? { ...admin, name: 'mori', displayName: 'Mori Kenji', role: 'viewer' }
          : { ...admin, passkeys: [{ id: 'pk1', name: 'Security key', createdAtMs: nowMs - 86_400_000, lastUsedAtMs: nowMs - 3_600_000 }] },
    mustSetPassword: false,
    accounts: [
      account('admin', 'Aoki Mari', 'administrator', { passkeyCount: 1 }),
      account('tanaka', 'Tanaka Hiroshi', 'operator', { hasTotp: true }),
      account('sato', 'Sato Yuki', 'responder'),
      account('audit', 'Water board audit', 'auditor', { hasPassword: false, lastSignInAtMs: null }),
    ],
    tokens: [{ id: 'tok-siem', name: 'SIEM export', role: 'viewer', createdAtMs: nowMs - 40 * 86_400_000, expiresAtMs: nowMs + 50 * 86_400_000 }],
    hasStartedTotp: false,
  };
}

const page = (items: readonly unknown[]) => ({ items, next: null, total: items.length });

/** Answers of everything about signing in and accounts; undefined for other paths. */
export function accountAnswers(state: FakeAccounts, request: FakeRequest, nowMs: number): FakeAnswer | undefined {
  const { method, path, body } = request;
  const session = (): FakeAnswer => ok({ account: state.session, csrf: state.session === null ? null : 'fake-csrf', mustSetPassword: state.mustSetPassword });
  const isOpen = path === '/api/session' || path.startsWith('/api/session/');
  if (isOpen) return signingIn(state, request, session);
  if (!/^\/api\/(account|accounts|tokens)(\/|$)/.test(path)) return undefined;
  if (state.session === null) return problem(401, 'not-signed-in', 'Cannot answer: sign in first');
  const id = path.split('/')[3] ?? '';
  const token = (entry: Token) => ({ ...entry, prefix: 'shk_4f2c', account: 'acc-admin', accountName: 'admin', lastUsedAtMs: null });
  const link = { secret: fakeSecret, path: `/link#${fakeSecret}`, expiresAtMs: nowMs + 900_000 };
  switch (`${method} ${path.replace(/^(\/api\/(accounts|tokens))\/[^/]+/, '$1/{id}')}`) {
    case 'GET /api/accounts':
      return state.session.role === 'administrator'
        ? ok(page(state.accounts))
        : problem(403, 'forbidden', 'Cannot list accounts: the role administrator is required');
    case 'POST /api/accounts': {
      const { name, displayName, role } = body;
      if (state.accounts.some((account) => account.name === name))
        return problem(409, 'name-taken', `Cannot create the account: the name "${String(name)}" is taken`);
      // The console sends one of the roles; the real server validates it by its schema.
      const account: Account = {
        id: `acc-${String(name)}`,
        name: String(name),
        displayName: String(displayName),
        role: role as Account['role'],
        isDisabled: false,
        hasPassword: false,
        hasTotp: false,
        passkeyCount: 0,
        createdAtMs: nowMs,
        lastSignInAtMs: null,
      };
      state.accounts.push(account);
      return ok({ account, link });
    }
    case 'PATCH /api/accounts/{id}': {
      const account = state.accounts.find((candidate) => candidate.id === id);
      if (account === undefined) return problem(404, 'not-found', 'Cannot find the account');
      if (account.role === 'administrator' && (body['isDisabled'] === true || (body['role'] !== undefined && body['role'] !== 'administrator')))
        return problem(409, 'last-administrator', 'Cannot change the account: it is the last administrator');
      Object.assign(account, body);
      return ok(account);
    }
    case 'DELETE /api/accounts/{id}':
      if (id === 'acc-admin') return problem(409, 'last-administrator', 'Cannot remove the account: it is the last administrator');
      state.accounts = state.accounts.filter((account) => account.id !== id);
      return { status: 204 };
    case 'POST /api/accounts/{id}/link':
      return ok(link);
    case 'GET /api/tokens':
      return ok(page(state.tokens.map(token)));
    case 'POST /api/tokens': {
      const made: Token = {
        id: `tok-${state.tokens.length}`,
        name: String(body['name']),
        role: body['role'] as Account['role'],
        createdAtMs: nowMs,
        expiresAtMs: nowMs + Number(body['daysValid']) * 86_400_000,
      };
      state.tokens.push(made);
      return ok({ token: token(made), secret: 'shk_4f2c9d0e_not-a-real-token' });
    }
    case 'DELETE /api/tokens/{id}':
      state.tokens = state.tokens.filter((entry) => entry.id !== id);
      return { status: 204 };
    default:
      return ownAccount(state, request, session, nowMs);
  }
}

function signingIn(state: FakeAccounts, { method, path, body }: FakeRequest, session: () => FakeAnswer): FakeAnswer {
  if (path === '/api/session' && method === 'GET') return session();
  if (path === '/api/session' && method === 'DELETE') {
    state.session = null;
    return { status: 204 };
  }
  if (path === '/api/session' && method === 'POST') {
    if (body['password'] !== fakePassword) return problem(401, 'sign-in-refused', 'Cannot sign in: name or password is wrong');
    if (body['name'] === 'tanaka' && body['code'] === undefined) return problem(401, 'totp-required', 'Cannot sign in: a code is required');
    if (body['name'] === 'tanaka' && body['code'] !== fakeCode) return problem(401, 'sign-in-refused', 'Cannot sign in: name, password or code is wrong');
    state.session = { ...admin, hasTotp: body['name'] === 'tanaka' };
    return session();
  }
  if (path === '/api/session/link') {
    if (body['secret'] !== fakeSecret) return problem(401, 'link-refused', 'Cannot sign in: the link is unknown, used or expired');
    state.session = { ...admin, hasPassword: false };
    state.mustSetPassword = true;
    return session();
  }
  return problem(401, 'passkey-refused', 'Cannot sign in: there are no passkeys in the fake');
}

function ownAccount(state: FakeAccounts, { method, path, body }: FakeRequest, session: () => FakeAnswer, nowMs: number): FakeAnswer {
  const own = state.session;
  if (own === null) return problem(401, 'not-signed-in', 'Cannot answer: sign in first');
  switch (`${method} ${path}`) {
    case 'POST /api/account/password':
      if (own.hasPassword && body['current'] !== fakePassword) return problem(401, 'password-refused', 'Cannot set the password: the current one is wrong');
      state.session = { ...own, hasPassword: true };
      state.mustSetPassword = false;
      return session();
    case 'POST /api/account/totp':
      state.hasStartedTotp = true;
      return ok({ uri: 'otpauth://totp/Shinrai:admin?secret=JBSWY3DPEHPK3PXP', secret: 'JBSWY3DPEHPK3PXP', qrPng: fakeQr });
    case 'PUT /api/account/totp':
    case 'DELETE /api/account/totp':
      if (body['code'] !== fakeCode) return problem(401, 'code-refused', 'Cannot change codes: the code is wrong');
      state.session = { ...own, hasTotp: method === 'PUT' };
      return session();
    case 'GET /api/account/sessions':
      return ok({
        items: [
          { id: 'ses-1', createdAtMs: nowMs - 3_600_000, lastSeenAtMs: nowMs - 1_000, expiresAtMs: nowMs + 28_800_000, address: '127.0.0.1', isCurrent: true },
          {
            id: 'ses-2',
            createdAtMs: nowMs - 9_000_000,
            lastSeenAtMs: nowMs - 4_000_000,
            expiresAtMs: nowMs + 20_000_000,
            address: '10.20.0.30',
            isCurrent: false,
          },
        ],
      });
    default:
      if (method === 'DELETE' && path.startsWith('/api/account/passkeys/')) {
        state.session = { ...own, passkeys: [] };
        return session();
      }
      return method === 'DELETE' ? { status: 204 } : problem(422, 'passkey-refused', 'Cannot add a passkey: there are none in the fake');
  }
}

/** One white pixel: stands for the picture of a code, which the real server draws. */
const fakeQr = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
