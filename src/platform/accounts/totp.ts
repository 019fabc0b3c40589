// SPDX-License-Identifier: Apache-2.0
import { Secret, TOTP } from 'otpauth';
import type { AccountContext } from './context.ts';
import type { AccountWithPasskeys } from './store.node.ts';

const periodSeconds = 30;
const secretBytes = 20;
/** Steps of 30 s that a clock may be off, to either side. Source: RFC 6238, section 5.2. */
const window = 1;

/** A new secret for an account, sealed for its row, with the address that an authenticator app reads. SHA-1 and six digits are what every app knows. */
export function newTotp(context: AccountContext, account: { readonly id: string; readonly name: string }) {
  const secret = new Secret({ size: secretBytes });
  const totp = new TOTP({ issuer: context.settings.siteName, label: account.name, algorithm: 'SHA1', digits: 6, period: periodSeconds, secret });
  return { uri: totp.toString(), base32: secret.base32, sealed: context.vault.seal(new Uint8Array(secret.buffer), account.id) };
}

/**
 * True where the code is the one of now (or one step beside) and was not used before: the step is taken, so that somebody who saw the
 * code cannot use it too. Throws where the sealed secret does not open: the key file is not the one it was sealed with.
 * Source: RFC 6238, sections 4 and 5.2.
 */
export async function takeTotpCode(context: AccountContext, account: AccountWithPasskeys, code: string): Promise<boolean> {
  if (account.totp_sealed === null) return false;
  const opened = context.vault.open(account.totp_sealed, account.id);
  if (!opened.ok) throw new Error(`Cannot check the code of account ${account.id}: ${opened.reason}`);
  // A copy, as the library takes the whole buffer behind the bytes.
  const secret = new Secret({ buffer: opened.value.slice().buffer });
  const timestamp = context.clock.nowMs();
  const delta = TOTP.validate({ token: code, secret, algorithm: 'SHA1', digits: 6, period: periodSeconds, timestamp, window });
  if (delta === null) return false;
  return context.store.useTotpStep(account.id, Math.floor(timestamp / 1_000 / periodSeconds) + delta);
}
