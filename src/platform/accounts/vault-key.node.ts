// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ShinraiError } from '../../base/errors.ts';
import { createVault, type Vault } from './secrets.ts';

export const vaultKeyFileName = 'accounts.key';
const keyBytes = 32;

/**
 * Opens the vault whose key lies in the folder; with `create` a missing key is made (readable by the owner only, durable on return).
 * Refuses with `accounts.key-missing`, `accounts.key-broken`, and `accounts.key-open` where others may read the file.
 */
export function openVault(place: { readonly folder: string; readonly create?: boolean }): Vault {
  const path = join(place.folder, vaultKeyFileName);
  if (!existsSync(path)) {
    if (!place.create)
      throw new ShinraiError('accounts.key-missing', `Cannot open "${path}": it does not exist`, {
        hint: 'Restore it from the backup: codes of authenticator apps cannot be checked without it.',
      });
    writeKey(path);
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new ShinraiError('accounts.key-open', `Cannot use "${path}": others may read it`, { hint: `chmod 600 ${path}` });
  }
  const key = readFileSync(path);
  if (key.length !== keyBytes) throw new ShinraiError('accounts.key-broken', `Cannot use "${path}": it has ${key.length} bytes, ${keyBytes} are required`);
  return createVault(key);
}

function writeKey(path: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  writeSync(file, randomBytes(keyBytes));
  fsyncSync(file);
  closeSync(file);
  // A crash before this line leaves only the `.new` file, which the next start writes again.
  renameSync(fresh, path);
}
