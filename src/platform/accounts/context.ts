// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import type { Role } from '../http/route.ts';
import type { PasswordHasher } from './password.ts';
import type { Vault } from './secrets.ts';
import type { AccountStore } from './store.node.ts';

/** What happened to an account: each one ends as evidence. Never holds a secret. */
export interface AccountEvent {
  readonly kind:
    | 'account-created'
    | 'account-changed'
    | 'account-removed'
    | 'link-created'
    | 'link-used'
    | 'password-set'
    | 'totp-set'
    | 'totp-removed'
    | 'passkey-added'
    | 'passkey-removed'
    | 'passkey-refused'
    | 'token-created'
    | 'token-removed'
    | 'signed-in'
    | 'signed-out'
    | 'session-revoked'
    | 'sign-in-blocked';
  readonly atMs: number;
  /** Id of the account it is about; null where a blocked attempt named none that exists. */
  readonly account: string | null;
  readonly accountName: string | null;
  /** Id of the account that did it; null for somebody not signed in, and for the program itself. */
  readonly by: string | null;
  readonly address: string | null;
  /** Facts: the role given, the name of a token, the way of signing in. */
  readonly facts: { readonly [name: string]: string | number | boolean };
}

export interface AccountSettings {
  /** Shown by authenticator apps and passkey dialogs. */
  readonly siteName: string;
  /** Addresses at which browsers reach the console, e.g. `https://shinrai.plant.example:8443`. Passkeys are accepted from these only. */
  readonly origins: readonly string[];
  /** Host name that passkeys are bound to (a registrable name or `localhost`; an IP address does not work). */
  readonly passkeyHost: string;
  /** Cookies get `Secure`. */
  readonly hasTls: boolean;
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
  readonly linkMs: number;
}

export const defaultSettings = { sessionIdleMs: 8 * 3_600_000, sessionMs: 24 * 3_600_000, linkMs: 15 * 60_000 } as const;
export const challengeMs = 5 * 60_000;
export const tokensPerAccountMax = 50;
export const passkeysPerAccountMax = 20;

/** What the functions of this room work with. */
export interface AccountContext {
  readonly store: AccountStore;
  readonly hasher: PasswordHasher;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: AccountSettings;
  /** Resolves when the event is recorded. A change is made first: where recording fails, the caller gets an error and the log has both. */
  readonly audit: (event: AccountEvent) => Promise<void>;
}

/** Who did it from where, for the audit. */
export interface Actor {
  readonly account: string | null;
  readonly address: string | null;
}

/** Records an event about an account. */
export async function record(
  context: AccountContext,
  kind: AccountEvent['kind'],
  about: { readonly id: string; readonly name: string } | null,
  actor: Actor,
  facts: AccountEvent['facts'] = {},
): Promise<void> {
  const atMs = context.clock.nowMs();
  await context.audit({ kind, atMs, account: about?.id ?? null, accountName: about?.name ?? null, by: actor.account, address: actor.address, facts });
}

/** The role of a row. Rows are written from checked values only. */
export function roleOf(row: { readonly role: string }): Role {
  return row.role as Role; // the route that wrote it takes nothing but roles
}
