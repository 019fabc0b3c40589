// SPDX-License-Identifier: Apache-2.0
import { hashSecret } from './secrets.ts';

/**
 * Who is slowed down after wrong passwords and codes: the pair of name and address first; an address that tries many names; a name that is
 * tried from many addresses last, so that a stranger cannot easily keep its owner out (who can also use a passkey, which is never locked).
 */
const rules = [
  { scope: 'pair', freeMax: 5 },
  { scope: 'address', freeMax: 20 },
  { scope: 'name', freeMax: 50 },
] as const;
const firstDelayMs = 1_000;
const delayMsMax = 15 * 60_000;
/** After this long without a wrong attempt counting begins anew. */
export const forgetMs = 24 * 3_600_000;

export interface Failures {
  readonly subject: string;
  readonly count: number;
  readonly lastAtMs: number;
}

/** The subjects of one attempt. Names are hashed: people type passwords into the field of the name. Unknown names are counted like known ones. */
export function subjectsOf(name: string, address: string): readonly string[] {
  const hashedName = hashSecret(name);
  return rules.map(({ scope }) => (scope === 'pair' ? `pair:${hashedName}:${address}` : scope === 'address' ? `address:${address}` : `name:${hashedName}`));
}

/** Until when no further attempt is looked at; 0 where it is free. The delay doubles with each failure, up to 15 minutes. */
export function blockedUntilMs(failures: Failures): number {
  const freeMax = rules.find(({ scope }) => failures.subject.startsWith(`${scope}:`))?.freeMax ?? 0;
  const over = failures.count - freeMax;
  return over < 0 ? 0 : failures.lastAtMs + Math.min(firstDelayMs * 2 ** Math.min(over, 30), delayMsMax);
}

/** True where this failure is the first that blocks: worth a line in the audit, once. */
export function isFirstBlock(failures: Failures): boolean {
  return rules.some(({ scope, freeMax }) => failures.subject.startsWith(`${scope}:`) && failures.count === freeMax);
}
