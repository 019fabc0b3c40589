// SPDX-License-Identifier: Apache-2.0
import type { Access, Caller } from './route.ts';

/** Why a caller may not use a route, or undefined where they may. `null` is someone who has not signed in. */
export function refusalOf(access: Access, caller: Caller | null): 'not-signed-in' | 'role-refused' | undefined {
  if (access === 'anyone') return undefined;
  if (caller === null) return 'not-signed-in';
  return access === 'signed-in' || access.includes(caller.role) ? undefined : 'role-refused';
}

/** Who a request comes from, once its cookie or token was found good. */
export interface Authentication {
  readonly caller: Caller;
  /** What a cookie session must send in `x-shinrai-csrf`; null for tokens, which no browser adds by itself. */
  readonly csrf: string | null;
}

/** Looks at cookie and Authorization header; null where there is nothing or nothing good. Both are attacker-controlled. */
export type Authenticate = (request: {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly address: string;
}) => Promise<Authentication | null>;
