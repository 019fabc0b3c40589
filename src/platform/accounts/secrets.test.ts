// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ShinraiError } from '../../base/errors.ts';
import { blockedUntilMs, isFirstBlock, subjectsOf } from './lock-out.ts';
import { createPasswordHasher } from './password.ts';
import { createVault, csrfOf, hashSecret, newSecret } from './secrets.ts';
import { openVault, vaultKeyFileName } from './vault-key.node.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };

test('a vault opens what it sealed, and nothing that was changed, moved to another account or sealed with another key', () => {
  const key = randomBytes(32);
  const vault = createVault(key);
  const box = vault.seal(Buffer.from('secret'), 'acc-1');
  const opened = vault.open(box, 'acc-1');
  assert.ok(opened.ok);
  assert.equal(Buffer.from(opened.value).toString(), 'secret');
  assert.notEqual(vault.seal(Buffer.from('secret'), 'acc-1'), box, 'never the same box twice');
  assert.equal(vault.open(box, 'acc-2').ok, false);
  assert.equal(createVault(randomBytes(32)).open(box, 'acc-1').ok, false);
  const bytes = Buffer.from(box, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.equal(vault.open(changed.toString('base64url'), 'acc-1').ok, false, `byte ${index}`);
    assert.equal(vault.open(bytes.subarray(0, index).toString('base64url'), 'acc-1').ok, false, `cut at ${index}`);
  }
});

test('the key file is made once, for its owner only, and refused where it is missing, short or open to others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-vault-'));
  const path = join(folder, vaultKeyFileName);
  const code = (expected: string) => (error: unknown) => error instanceof ShinraiError && error.code === expected;
  assert.throws(() => openVault({ folder }), code('accounts.key-missing'));
  const box = openVault({ folder, create: true }).seal(Buffer.from('x'), 'a');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const key = readFileSync(path);
  assert.equal(openVault({ folder, create: true }).open(box, 'a').ok, true, 'the same key again');
  chmodSync(path, 0o640);
  assert.throws(() => openVault({ folder }), code('accounts.key-open'));
  chmodSync(path, 0o600);
  writeFileSync(path, key.subarray(1));
  assert.throws(() => openVault({ folder }), code('accounts.key-broken'));
  rmSync(folder, { recursive: true });
});

test('secrets are 256 bits, and neither hash nor CSRF value is the secret or the other', () => {
  const secret = newSecret();
  assert.equal(Buffer.from(secret, 'base64url').length, 32);
  assert.equal(new Set([secret, newSecret(), hashSecret(secret), csrfOf(secret)]).size, 4);
  assert.equal(csrfOf(secret), csrfOf(secret));
});

test('a password is right with its own hash only, and each hash has its own salt', async () => {
  const hasher = createPasswordHasher(cheap);
  const hash = await hasher.hash('パスワード と salt');
  assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await hasher.verify('パスワード と salt', hash), true);
  assert.equal(await hasher.verify('パスワード と salT', hash), false);
  assert.notEqual(await hasher.hash('パスワード と salt'), hash);
});

test('a hash made by the reference implementation of Argon2id is read and agreed with', async () => {
  // Source: phc-winner-argon2, src/test.c, version 0x13, t=2, m=2^16, p=1.
  const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await createPasswordHasher(cheap).verify('password', reference), true);
  assert.equal(await createPasswordHasher(cheap).verify('passwore', reference), false);
});

test('the same letters typed in another form are the same password', async () => {
  const hasher = createPasswordHasher(cheap);
  assert.equal(await hasher.verify('ｶﾞｷﾞ', await hasher.hash('ガギ')), true, 'half-width and full-width');
  assert.equal(await hasher.verify('e\u0301', await hasher.hash('\u00e9')), true, 'composed and decomposed');
});

test('a missing hash and one that cannot be read are never right', async () => {
  const hasher = createPasswordHasher(cheap);
  for (const hash of [null, '', 'x', '$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '$2b$10$abc']) {
    assert.equal(await hasher.verify('anything', hash), false, String(hash));
  }
});

test('a hash is outdated where it cost less than today, not where it cost more', async () => {
  const hash = await createPasswordHasher({ ...cheap, passes: 2 }).hash('x');
  assert.equal(createPasswordHasher({ ...cheap, passes: 3 }).isOutdated(hash), true);
  assert.equal(createPasswordHasher({ ...cheap, passes: 2 }).isOutdated(hash), false);
  assert.equal(createPasswordHasher({ ...cheap, passes: 1 }).isOutdated(hash), false);
  assert.equal(createPasswordHasher({ ...cheap, memoryKib: 128 }).isOutdated(hash), true);
  assert.equal(createPasswordHasher(cheap).isOutdated('unreadable'), true);
});

test('more than 66 passwords at once are refused with 503, and those before are still answered', async () => {
  const hasher = createPasswordHasher(cheap);
  const all = await Promise.allSettled(Array.from({ length: 70 }, () => hasher.hash('x')));
  assert.equal(all.filter((one) => one.status === 'fulfilled').length, 66);
  assert.equal((await hasher.hash('x')).length > 0, true);
});

test('the delay begins after the free attempts, doubles, and ends at 15 minutes', () => {
  const [pair = '', address = '', name = ''] = subjectsOf('admin', '10.0.0.1');
  const delayMs = (subject: string, count: number): number => Math.max(0, blockedUntilMs({ subject, count, lastAtMs: 1_000_000 }) - 1_000_000);
  assert.deepEqual(
    [4, 5, 6, 7, 14, 15, 16, 1_000].map((count) => delayMs(pair, count)),
    [0, 1_000, 2_000, 4_000, 512_000, 900_000, 900_000, 900_000],
  );
  assert.deepEqual(
    [19, 20].map((count) => delayMs(address, count)),
    [0, 1_000],
  );
  assert.deepEqual(
    [49, 50].map((count) => delayMs(name, count)),
    [0, 1_000],
  );
  assert.deepEqual(
    [4, 5, 6].map((count) => isFirstBlock({ subject: pair, count, lastAtMs: 0 })),
    [false, true, false],
  );
  assert.ok(!subjectsOf('my password by mistake', '10.0.0.1').join().includes('mistake'), 'names are hashed');
});
