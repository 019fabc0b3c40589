// SPDX-License-Identifier: Apache-2.0
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import { isUniqueViolation } from '../store/database.node.ts';
import { type AccountContext, challengeMs, passkeysPerAccountMax, record } from './context.ts';
import type { PasskeyRow } from './migrations.node.ts';
import type { Session } from './routes.ts';
import { newSecret } from './secrets.ts';
import { describeNow, type LiveSession, requireAccount, startSession } from './sessions.ts';
import type { From } from './sign-in.ts';

/** EdDSA, ES256, RS256: what authenticators of today make. Source: IANA COSE Algorithms. */
const algorithms = [-8, -7, -257];

type Loose = { readonly [name: string]: unknown };

/** Options for making a passkey that is found without a name and asks for PIN or finger. Source: WebAuthn level 3, section 7.1. */
export async function startPasskey(context: AccountContext, session: LiveSession) {
  const account = await requireAccount(context, session);
  if (account.passkeys.length >= passkeysPerAccountMax) {
    throw new Problem(409, 'too-many-passkeys', `Cannot add a passkey: the account has ${account.passkeys.length}, at most ${passkeysPerAccountMax}`);
  }
  const options = await generateRegistrationOptions({
    rpName: context.settings.siteName,
    rpID: context.settings.passkeyHost,
    userName: account.name,
    userDisplayName: account.display_name,
    userID: new TextEncoder().encode(account.id),
    attestationType: 'none',
    excludeCredentials: account.passkeys.map(({ id, transports }) => ({ id, transports: JSON.parse(transports) })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
    timeout: challengeMs,
  });
  return { ceremony: await openCeremony(context, account.id, options.challenge), options: plain(options) };
}

/** Registers the passkey that answered the challenge. `credential` is attacker-controlled. Refuses with 422 `passkey-refused`. */
export async function addPasskey(
  context: AccountContext,
  session: LiveSession,
  given: { readonly ceremony: string; readonly name: string; readonly credential: Loose },
  address: string,
): Promise<Session> {
  const account = await requireAccount(context, session);
  const challenge = await context.store.takeChallenge(given.ceremony, context.clock.nowMs());
  const made = challenge?.account_id === account.id ? await verifyRegistration(context, given.credential, challenge.challenge) : undefined;
  if (made === undefined) throw new Problem(422, 'passkey-refused', 'Cannot add the passkey: its answer does not fit the challenge; start again');
  const row: PasskeyRow = {
    id: made.id,
    account_id: account.id,
    name: given.name,
    public_key: Buffer.from(made.publicKey).toString('base64url'),
    counter: made.counter,
    transports: JSON.stringify(made.transports ?? []),
    created_at_ms: context.clock.nowMs(),
    last_used_at_ms: null,
  };
  try {
    await context.store.insertPasskey(row);
  } catch (error) {
    if (isUniqueViolation(error)) throw new Problem(409, 'passkey-known', 'Cannot add the passkey: it is registered already');
    throw error;
  }
  await record(context, 'passkey-added', account, { account: account.id, address }, { passkey: given.name });
  return describeNow(context, session);
}

/** Removes an own passkey unless no way to sign in would be left. */
export async function removePasskey(context: AccountContext, session: LiveSession, id: string, address: string): Promise<Session> {
  const account = await requireAccount(context, session);
  const passkey = account.passkeys.find((key) => key.id === id);
  if (passkey === undefined) throw new Problem(404, 'not-found', 'Cannot find the passkey: the account has none with this id');
  if (account.password_hash === null && account.passkeys.length === 1) {
    throw new Problem(409, 'last-way-in', 'Cannot remove the passkey: it is the only way to sign in, set a password first');
  }
  await context.store.deletePasskey(account.id, id);
  await record(context, 'passkey-removed', account, { account: account.id, address }, { passkey: passkey.name });
  return describeNow(context, session);
}

/** Options for signing in with whichever passkey the browser has for this site. Source: WebAuthn level 3, section 7.2. */
export async function startPasskeySignIn(context: AccountContext) {
  const options = await generateAuthenticationOptions({ rpID: context.settings.passkeyHost, userVerification: 'required', timeout: challengeMs });
  return { ceremony: await openCeremony(context, null, options.challenge), options: plain(options) };
}

/** Signs in with the passkey that answered the challenge. `credential` is attacker-controlled. Refuses with 401 `passkey-refused`. */
export async function signInByPasskey(
  context: AccountContext,
  given: { readonly ceremony: string; readonly credential: Loose },
  from: From,
): Promise<Reply<Session>> {
  const nowMs = context.clock.nowMs();
  const challenge = await context.store.takeChallenge(given.ceremony, nowMs);
  const id = given.credential['id'];
  const passkey = typeof id === 'string' && id.length <= 1_400 ? await context.store.findPasskey(id) : undefined;
  const account = passkey === undefined ? undefined : await context.store.findAccount(passkey.account_id);
  const isOpen = challenge !== undefined && challenge.account_id === null && account !== undefined && account.is_disabled === 0;
  const counter = isOpen && passkey !== undefined ? await verifyAuthentication(context, given.credential, challenge.challenge, passkey) : undefined;
  if (counter === undefined || passkey === undefined || account === undefined) {
    // A known passkey that answers wrongly may be a copy: it is worth a line in the evidence.
    if (isOpen && account !== undefined) await record(context, 'passkey-refused', account, { account: null, address: from.address });
    throw new Problem(401, 'passkey-refused', 'Cannot sign in: the passkey is not known here or its answer does not fit the challenge');
  }
  await context.store.usePasskey(passkey.id, counter, nowMs);
  await record(context, 'signed-in', account, { account: account.id, address: from.address }, { way: 'passkey' });
  return startSession(context, account, from);
}

async function openCeremony(context: AccountContext, account: string | null, challenge: string): Promise<string> {
  const id = newSecret();
  const nowMs = context.clock.nowMs();
  const isOpen = await context.store.insertChallenge({ id, account_id: account, challenge, expires_at_ms: nowMs + challengeMs }, nowMs);
  if (!isOpen) throw new Problem(503, 'busy', 'Cannot start now: too many challenges are open', 60);
  return id;
}

async function verifyRegistration(context: AccountContext, credential: Loose, challenge: string) {
  const { origins, passkeyHost } = context.settings;
  try {
    // The library checks every member that it reads; whatever it throws means that the answer is not good.
    const response = credential as unknown as RegistrationResponseJSON;
    const expected = { expectedChallenge: challenge, expectedOrigin: [...origins], expectedRPID: passkeyHost };
    const result = await verifyRegistrationResponse({ response, ...expected, supportedAlgorithmIDs: algorithms });
    return result.registrationInfo?.credential;
  } catch {
    return undefined;
  }
}

/** The new counter of the passkey where its answer is good. A counter that goes back (a copied passkey) is refused by the library. */
async function verifyAuthentication(context: AccountContext, credential: Loose, challenge: string, passkey: PasskeyRow): Promise<number | undefined> {
  const { origins, passkeyHost } = context.settings;
  try {
    const result = await verifyAuthenticationResponse({
      response: credential as unknown as AuthenticationResponseJSON, // as above
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: passkeyHost,
      credential: { id: passkey.id, publicKey: new Uint8Array(Buffer.from(passkey.public_key, 'base64url')), counter: passkey.counter },
    });
    return result.verified ? result.authenticationInfo.newCounter : undefined;
  } catch {
    return undefined;
  }
}

/** Options as plain JSON. */
function plain(options: object): { readonly [name: string]: unknown } {
  return { ...options };
}
