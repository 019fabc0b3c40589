// SPDX-License-Identifier: Apache-2.0
import { anything, flag, integer, list, nullable, number, object, oneOf, record, type Static, text } from '../../base/schema.ts';
import { idParams, PageQuery, pageOf } from '../http/page.ts';
import { administrators, declareRoute, roles } from '../http/route.ts';

// The limits of what people type. All of it is attacker-controlled: sign-in is open to anyone who reaches the server.
const accountName = text({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9][a-z0-9._@-]*$', description: 'Lower-case name to sign in with.' });
const displayName = text({ minLength: 1, maxLength: 120 });
/** Shortest password that may be set. Source: NIST SP 800-63B-4, section 3.1.1.2, has 15 alone and 8 beside another factor; 12 with lock-out lies between. */
export const passwordCharsMin = 12;
export const passwordCharsMax = 256;
const newPassword = text({ minLength: passwordCharsMin, maxLength: passwordCharsMax });
const givenPassword = text({ minLength: 1, maxLength: passwordCharsMax });
const totpCode = text({ pattern: '^[0-9]{6}$', description: 'The six digits of the authenticator app.' });
const secret = text({ minLength: 20, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' });
const ceremony = text({ minLength: 1, maxLength: 120, pattern: '^[A-Za-z0-9_-]+$', description: 'Names the stored challenge; single use, five minutes.' });
/** What a browser's credential gives as JSON; its members are checked by the ceremony, not here, as browsers add their own. */
const credential = record(anything(), { description: 'RegistrationResponseJSON or AuthenticationResponseJSON of WebAuthn level 3.' });
const credentialBytesMax = 32 * 1024;
const passkeyOptions = record(anything(), { description: 'Options for navigator.credentials, as JSON of WebAuthn level 3.' });

export const Passkey = object('Passkey', { id: text(), name: text(), createdAtMs: number(), lastUsedAtMs: nullable(number()) });
export const SessionAccount = object('SessionAccount', {
  id: text(),
  name: text(),
  displayName: text(),
  role: oneOf(roles),
  hasPassword: flag(),
  hasTotp: flag(),
  passkeys: list(Passkey),
});
/** Who is signed in. `csrf` goes into the header `x-shinrai-csrf` of every request that is not GET. */
export const Session = object('Session', {
  account: nullable(SessionAccount),
  csrf: nullable(text()),
  mustSetPassword: flag({ description: 'Signed in by a one-time link and no other way to come back yet: ask for a password or a passkey now.' }),
});
export type Session = Static<typeof Session>;
export const SessionEntry = object('SessionEntry', {
  id: text(),
  createdAtMs: number(),
  lastSeenAtMs: number(),
  expiresAtMs: number(),
  address: text(),
  isCurrent: flag(),
});
export type SessionEntry = Static<typeof SessionEntry>;
const SessionList = object('SessionList', { items: list(SessionEntry) });

export const Account = object('Account', {
  id: text(),
  name: text(),
  displayName: text(),
  role: oneOf(roles),
  isDisabled: flag(),
  hasPassword: flag(),
  hasTotp: flag(),
  passkeyCount: integer(),
  createdAtMs: number(),
  lastSignInAtMs: nullable(number()),
});
export type Account = Static<typeof Account>;
export const SignInLink = object('SignInLink', {
  secret: text({ description: 'Shown once, valid once.' }),
  path: text({ description: 'Path and fragment below the address of the console: the fragment never reaches a server log.' }),
  expiresAtMs: number(),
});
export type SignInLink = Static<typeof SignInLink>;
const NewAccount = object('NewAccount', { account: Account, link: SignInLink });

export const ApiToken = object('ApiToken', {
  id: text(),
  name: text(),
  role: oneOf(roles),
  prefix: text({ description: 'The first characters of the token, to recognise it.' }),
  account: text({ description: 'Id of the account it acts for.' }),
  accountName: text(),
  createdAtMs: number(),
  expiresAtMs: number(),
  lastUsedAtMs: nullable(number()),
});
export type ApiToken = Static<typeof ApiToken>;
const NewApiToken = object('NewApiToken', { token: ApiToken, secret: text({ description: 'Shown once; goes into the header Authorization: Bearer.' }) });

const PasskeyChallenge = object('PasskeyChallenge', { ceremony, options: passkeyOptions });
const TotpSecret = object('TotpSecret', {
  uri: text({ description: 'otpauth:// address for the authenticator app.' }),
  secret: text({ description: 'The same secret in base 32, to type in.' }),
  qrPng: text({ description: 'The address as a picture: a data: URL of a PNG.' }),
});

// --- Signing in and out -----------------------------------------------------------------------------------------------------------------

export const getSession = declareRoute({
  method: 'GET',
  path: '/api/session',
  name: 'getSession',
  summary: 'Who is signed in, also for those who are not',
  access: 'anyone',
  response: Session,
});
/** Refuses with 401 `sign-in-refused`, 401 `totp-required` (the password was right, a code is missing) or 429 `locked-out`. */
export const signIn = declareRoute({
  method: 'POST',
  path: '/api/session',
  name: 'signIn',
  summary: 'Sign in with name, password and, where set up, a code',
  access: 'anyone',
  body: object('SignIn', { name: text({ minLength: 1, maxLength: 64 }), password: givenPassword, code: totpCode }, ['code']),
  response: Session,
});
export const signOut = declareRoute({
  method: 'DELETE',
  path: '/api/session',
  name: 'signOut',
  summary: 'Sign out',
  access: 'signed-in',
});
/** Refuses with 401 `link-refused` (unknown, used or expired). */
export const signInByLink = declareRoute({
  method: 'POST',
  path: '/api/session/link',
  name: 'signInByLink',
  summary: 'Sign in once with a one-time link',
  access: 'anyone',
  body: object('SignInByLink', { secret }),
  response: Session,
});
export const startPasskeySignIn = declareRoute({
  method: 'POST',
  path: '/api/session/passkey/options',
  name: 'startPasskeySignIn',
  summary: 'Get the challenge for signing in with a passkey',
  access: 'anyone',
  response: PasskeyChallenge,
});
/** Refuses with 401 `passkey-refused` or 429 `locked-out`. */
export const signInByPasskey = declareRoute({
  method: 'POST',
  path: '/api/session/passkey',
  name: 'signInByPasskey',
  summary: 'Sign in with a passkey',
  access: 'anyone',
  body: object('SignInByPasskey', { ceremony, credential }),
  bodyBytesMax: credentialBytesMax,
  response: Session,
});

// --- The own account (with a session only: a token that leaks must not become an account) -------------------------------------------------

/** Refuses with 401 `password-refused` where `current` is wrong or missing while a password is set, 422 `password-weak`. Signs out all other sessions. */
export const setPassword = declareRoute({
  method: 'POST',
  path: '/api/account/password',
  name: 'setPassword',
  summary: 'Set or change the own password',
  access: 'signed-in',
  body: object('SetPassword', { current: givenPassword, password: newPassword }, ['current']),
  response: Session,
});
/** The secret counts only after `confirmTotp`. Refuses with 409 `totp-already-set`. */
export const startTotp = declareRoute({
  method: 'POST',
  path: '/api/account/totp',
  name: 'startTotp',
  summary: 'Get a new secret for an authenticator app',
  access: 'signed-in',
  response: TotpSecret,
});
/** Refuses with 401 `code-refused`, 409 `totp-not-started`. */
export const confirmTotp = declareRoute({
  method: 'PUT',
  path: '/api/account/totp',
  name: 'confirmTotp',
  summary: 'Turn on codes by giving the first one',
  access: 'signed-in',
  body: object('ConfirmTotp', { code: totpCode }),
  response: Session,
});
/** Refuses with 401 `code-refused`. Who lost the app asks an administrator for a link with reset. */
export const removeTotp = declareRoute({
  method: 'DELETE',
  path: '/api/account/totp',
  name: 'removeTotp',
  summary: 'Turn off codes by giving a last one',
  access: 'signed-in',
  body: object('RemoveTotp', { code: totpCode }),
  response: Session,
});
export const startPasskey = declareRoute({
  method: 'POST',
  path: '/api/account/passkeys/options',
  name: 'startPasskey',
  summary: 'Get the challenge for a new passkey',
  access: 'signed-in',
  response: PasskeyChallenge,
});
/** Refuses with 422 `passkey-refused`. */
export const addPasskey = declareRoute({
  method: 'POST',
  path: '/api/account/passkeys',
  name: 'addPasskey',
  summary: 'Add a passkey to the own account',
  access: 'signed-in',
  body: object('AddPasskey', { ceremony, name: displayName, credential }),
  bodyBytesMax: credentialBytesMax,
  response: Session,
});
/** Refuses with 404, and with 409 `last-way-in` where no other way to sign in would be left. */
export const removePasskey = declareRoute({
  method: 'DELETE',
  path: '/api/account/passkeys/{id}',
  name: 'removePasskey',
  summary: 'Remove a passkey of the own account',
  access: 'signed-in',
  params: object('PasskeyParams', { id: text({ minLength: 1, maxLength: 1400, pattern: '^[A-Za-z0-9_-]+$' }) }),
  response: Session,
});
export const listSessions = declareRoute({
  method: 'GET',
  path: '/api/account/sessions',
  name: 'listSessions',
  summary: 'Where the own account is signed in',
  access: 'signed-in',
  response: SessionList,
});
export const revokeSession = declareRoute({
  method: 'DELETE',
  path: '/api/account/sessions/{id}',
  name: 'revokeSession',
  summary: 'Sign out one session of the own account',
  access: 'signed-in',
  params: idParams,
});

// --- All accounts -----------------------------------------------------------------------------------------------------------------------

export const listAccounts = declareRoute({
  method: 'GET',
  path: '/api/accounts',
  name: 'listAccounts',
  summary: 'List accounts',
  access: administrators,
  query: PageQuery,
  response: pageOf('AccountPage', Account),
});
/** Refuses with 409 `name-taken`. */
export const createAccount = declareRoute({
  method: 'POST',
  path: '/api/accounts',
  name: 'createAccount',
  summary: 'Create an account and its first sign-in link',
  access: administrators,
  body: object('CreateAccount', { name: accountName, displayName, role: oneOf(roles) }),
  response: NewAccount,
});
/** Refuses with 404, 409 `last-administrator`. A change of role or disabling signs the account out everywhere. */
export const changeAccount = declareRoute({
  method: 'PATCH',
  path: '/api/accounts/{id}',
  name: 'changeAccount',
  summary: 'Change the name shown, the role, or disable',
  access: administrators,
  params: idParams,
  body: object('ChangeAccount', { displayName, role: oneOf(roles), isDisabled: flag() }, ['displayName', 'role', 'isDisabled']),
  response: Account,
});
/** Refuses with 404, 409 `last-administrator`. */
export const removeAccount = declareRoute({
  method: 'DELETE',
  path: '/api/accounts/{id}',
  name: 'removeAccount',
  summary: 'Remove an account with its sessions, tokens and passkeys',
  access: administrators,
  params: idParams,
});
/** Earlier unused links of the account stop working. */
export const createLink = declareRoute({
  method: 'POST',
  path: '/api/accounts/{id}/link',
  name: 'createLink',
  summary: 'Create a one-time sign-in link for an account',
  access: administrators,
  params: idParams,
  body: object('CreateLink', { reset: flag({ description: 'Using the link removes password, codes, passkeys and sessions: for lost devices.' }) }, ['reset']),
  response: SignInLink,
});

// --- Tokens for programs ----------------------------------------------------------------------------------------------------------------

export const listTokens = declareRoute({
  method: 'GET',
  path: '/api/tokens',
  name: 'listTokens',
  summary: 'List the own tokens; an administrator sees all',
  access: 'signed-in',
  query: PageQuery,
  response: pageOf('ApiTokenPage', ApiToken),
});
/** Refuses with 403 `role-not-covered` where the token would be allowed more than the account, 409 `too-many-tokens`. */
export const createToken = declareRoute({
  method: 'POST',
  path: '/api/tokens',
  name: 'createToken',
  summary: 'Create a token with a role and an end',
  access: 'signed-in',
  body: object('CreateToken', { name: displayName, role: oneOf(roles), daysValid: integer({ minimum: 1, maximum: 366 }) }),
  response: NewApiToken,
});
export const removeToken = declareRoute({
  method: 'DELETE',
  path: '/api/tokens/{id}',
  name: 'removeToken',
  summary: 'Revoke a token: an own one, or any for an administrator',
  access: 'signed-in',
  params: idParams,
});

/** Every route of this room, in the order of the document. */
export const accountRoutes = [
  getSession,
  signIn,
  signOut,
  signInByLink,
  startPasskeySignIn,
  signInByPasskey,
  setPassword,
  startTotp,
  confirmTotp,
  removeTotp,
  startPasskey,
  addPasskey,
  removePasskey,
  listSessions,
  revokeSession,
  listAccounts,
  createAccount,
  changeAccount,
  removeAccount,
  createLink,
  listTokens,
  createToken,
  removeToken,
] as const;
