// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOTP } from 'otpauth';
import { cheapCost, createAccountsSite, goodPassword, host, origin } from '../../../test/accounts-site.ts';
import { overBothDatabases } from '../../../test/databases.ts';
import { createSoftwareAuthenticator } from '../../../test/software-authenticator.ts';
import type { AccountTables } from './migrations.node.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

overBothDatabases('accounts', (openEmpty) => {
  test('the first administrator signs in once by a link, sets a password and can come back', async () => {
    const { accounts, openBrowser, events } = await createAccountsSite(await openEmpty());
    const browser = openBrowser();
    assert.deepEqual((await browser.send('GET', '/api/session')).body, { account: null, csrf: null, mustSetPassword: false });
    const link = await accounts.createFirstLink();
    assert.match(link?.path ?? '', /^\/link#[A-Za-z0-9_-]{43}$/);
    const session = await browser.send('POST', '/api/session/link', { secret: link?.secret });
    assert.equal(session.status, 200);
    assert.deepEqual([session.body.account.name, session.body.account.role, session.body.mustSetPassword], ['admin', 'administrator', true]);
    assert.match(String(session.headers['set-cookie']), /^shinrai_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=86400; Secure$/);
    assert.equal((await browser.send('POST', '/api/session/link', { secret: link?.secret })).code, 'link-refused', 'a link is good once');
    assert.equal((await browser.send('POST', '/api/account/password', { password: goodPassword })).body.mustSetPassword, false);
    assert.equal(await accounts.createFirstLink(), null, 'who can sign in needs no link');
    const again = openBrowser();
    assert.equal((await again.send('POST', '/api/session', { name: ' Admin', password: goodPassword })).body.account.name, 'admin');
    assert.deepEqual(
      events.map((event) => event.kind),
      ['account-created', 'link-created', 'link-used', 'password-set', 'signed-in'],
    );
  });

  test('a link ends after 15 minutes, and a newer one of the same account puts it out of use', async () => {
    const { accounts, clock, openBrowser } = await createAccountsSite(await openEmpty());
    const first = await accounts.createFirstLink();
    const second = await accounts.createFirstLink();
    const use = async (secret: string | undefined): Promise<number> => (await openBrowser().send('POST', '/api/session/link', { secret })).status;
    assert.equal(await use(first?.secret), 401);
    clock.advance(15 * minuteMs);
    assert.equal(await use(second?.secret), 401);
    const third = await accounts.createLinkFor('admin');
    clock.advance(15 * minuteMs - 1);
    assert.deepEqual(await Promise.all([use(third.secret), use(third.secret), use(third.secret)]).then((all) => all.sort()), [200, 401, 401]);
    await assert.rejects(accounts.createLinkFor('nobody'), /there is none/);
  });

  test('no secret is stored as it was given', async () => {
    const database = await openEmpty();
    const site = await createAccountsSite(database);
    const administrator = await site.openAdministrator();
    const token = await administrator.send('POST', '/api/tokens', { name: 'sensor', role: 'viewer', daysValid: 30 });
    const totp = await administrator.send('POST', '/api/account/totp');
    const link = await site.accounts.createLinkFor('admin');
    const tables = database.tables<AccountTables>();
    const names = ['account', 'account_passkey', 'account_challenge', 'account_session', 'account_link', 'account_token', 'account_failure'] as const;
    const stored = JSON.stringify(await Promise.all(names.map((name) => tables.selectFrom(name).selectAll().execute())));
    const secrets = [goodPassword, token.body.secret, totp.body.secret, link.secret, administrator.cookie.split('=')[1] ?? '', administrator.csrf];
    for (const secret of secrets) {
      assert.ok(secret.length > 10);
      assert.ok(!stored.includes(secret));
    }
    assert.ok(!JSON.stringify(site.events).includes(link.secret), 'nor told to the audit');
  });

  test('sign-in answers the same for an unknown name, a wrong password, an account without password and a disabled one', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    await administrator.send('POST', '/api/accounts', { name: 'fresh', displayName: 'F', role: 'viewer' });
    const { id } = await site.openAccount(administrator, 'gone', 'viewer');
    await administrator.send('PATCH', `/api/accounts/${id}`, { isDisabled: true });
    const answers: unknown[] = [];
    for (const [name, password] of [
      ['nobody', goodPassword],
      ['admin', 'wrong'],
      ['fresh', goodPassword],
      ['gone', goodPassword],
    ]) {
      const { status, body } = await site.openBrowser().send('POST', '/api/session', { name, password });
      answers.push([status, { ...body, requestId: '' }]);
    }
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.match(JSON.stringify(answers[0]), /sign-in-refused/);
  });

  test('wrong passwords are slowed down more and more per name and address, for unknown names too, and a right one begins anew', async () => {
    const site = await createAccountsSite(await openEmpty());
    await site.openAdministrator();
    const attempt = async (name: string, password: string, address: string) => site.openBrowser(address).send('POST', '/api/session', { name, password });
    for (const name of ['admin', 'nobody']) {
      for (let count = 0; count < 5; count += 1) assert.equal((await attempt(name, 'wrong', '10.0.0.66')).status, 401);
      const blocked = await attempt(name, goodPassword, '10.0.0.66');
      assert.deepEqual([blocked.status, blocked.code, blocked.headers['retry-after']], [429, 'locked-out', '1']);
    }
    assert.equal((await attempt('admin', goodPassword, '10.0.0.5')).status, 200, 'the owner at another place is not kept out');
    for (let count = 0; count < 5; count += 1) await attempt('admin', 'wrong', '10.0.0.66');
    site.clock.advance(1_000);
    assert.equal((await attempt('admin', 'wrong', '10.0.0.66')).status, 401);
    assert.equal((await attempt('admin', 'wrong', '10.0.0.66')).headers['retry-after'], '2');
    site.clock.advance(2_000);
    assert.equal((await attempt('admin', 'wrong', '10.0.0.66')).status, 401);
    assert.equal((await attempt('admin', 'wrong', '10.0.0.66')).headers['retry-after'], '4');
    site.clock.advance(4_000);
    assert.equal((await attempt('admin', goodPassword, '10.0.0.66')).status, 200);
    assert.equal((await attempt('admin', 'wrong', '10.0.0.66')).status, 401, 'counting began anew');
    assert.ok(site.events.some((event) => event.kind === 'sign-in-blocked' && event.address === '10.0.0.66'));
  });

  test('many wrong passwords at once are all counted', async () => {
    const site = await createAccountsSite(await openEmpty());
    await site.openAdministrator();
    const attempts = Array.from({ length: 12 }, () => site.openBrowser('10.0.0.66').send('POST', '/api/session', { name: 'admin', password: 'wrong' }));
    const codes = (await Promise.all(attempts)).map((answer) => answer.status);
    // On PostgreSQL some may give up against each other with 503; none may be judged beyond the fifth.
    const judged = codes.filter((code) => code === 401).length;
    assert.ok(judged >= 1 && judged <= 5, String(codes));
    assert.ok(
      codes.every((code) => code === 401 || code === 429 || code === 503),
      String(codes),
    );
  });

  test('an address that tries many names, and a name tried from many addresses, are slowed down as well', async () => {
    const site = await createAccountsSite(await openEmpty());
    await site.openAdministrator();
    const attempt = async (name: string, address: string) => (await site.openBrowser(address).send('POST', '/api/session', { name, password: 'wrong' })).status;
    for (let count = 0; count < 20; count += 1) assert.equal(await attempt(`name${count}`, '10.0.0.66'), 401);
    assert.equal(await attempt('another', '10.0.0.66'), 429);
    for (let count = 0; count < 50; count += 1) assert.equal(await attempt('admin', `10.2.0.${count}`), 401);
    assert.equal(await attempt('admin', '10.3.0.1'), 429);
    site.clock.advance(24 * hourMs + 1);
    assert.equal(await attempt('admin', '10.3.0.1'), 401, 'forgotten after a day');
  });

  test('a hash made with less cost than today is made again at sign-in', async () => {
    const database = await openEmpty();
    const site = await createAccountsSite(database);
    await site.openAdministrator();
    const hashNow = async (): Promise<string> =>
      String((await database.tables<AccountTables>().selectFrom('account').select('password_hash').executeTakeFirstOrThrow()).password_hash);
    assert.match(await hashNow(), /\$m=64,t=1,p=1\$/);
    const stronger = await site.serve(site.build({ ...cheapCost, passes: 2 }));
    assert.equal((await site.openBrowser('10.0.0.1', stronger).send('POST', '/api/session', { name: 'admin', password: goodPassword })).status, 200);
    assert.match(await hashNow(), /\$m=64,t=2,p=1\$/);
    assert.equal((await site.openBrowser('10.0.0.1', stronger).send('POST', '/api/session', { name: 'admin', password: goodPassword })).status, 200);
  });

  test('changing a password needs the current one, a strong new one, and signs out everywhere else', async () => {
    const site = await createAccountsSite(await openEmpty());
    const browser = await site.openAdministrator();
    const other = site.openBrowser();
    await other.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    const change = async (payload: object) => (await browser.send('POST', '/api/account/password', payload)).code ?? 'done';
    assert.equal(await change({ password: 'another good one' }), 'password-refused');
    assert.equal(await change({ current: 'wrong', password: 'another good one' }), 'password-refused');
    assert.equal(await change({ current: goodPassword, password: 'short' }), 'invalid-request');
    for (const weak of ['aaaaaaaaaaaaaaaa', 'abababababababab', 'the ADMIN is me!', 'qwertyuiopasdfgh', '012345678901234']) {
      assert.equal(await change({ current: goodPassword, password: weak }), 'password-weak', weak);
    }
    assert.equal((await other.send('GET', '/api/session')).body.account.name, 'admin');
    assert.equal(await change({ current: goodPassword, password: 'another good one' }), 'done');
    assert.equal((await other.send('GET', '/api/session')).body.account, null);
    assert.equal((await browser.send('GET', '/api/session')).body.account.name, 'admin');
    for (let count = 0; count < 5; count += 1) await change({ current: 'wrong', password: 'another good two' });
    assert.equal(await change({ current: 'another good one', password: 'another good two' }), 'locked-out', 'nobody tries on and on at an open screen');
  });

  test('codes of an authenticator app: a first one turns them on, sign-in needs one, none counts twice, a last one turns them off', async () => {
    const site = await createAccountsSite(await openEmpty());
    const browser = await site.openAdministrator();
    const started = await browser.send('POST', '/api/account/totp');
    assert.match(started.body.uri, /^otpauth:\/\/totp\/Test%20plant:admin\?/);
    assert.match(started.body.qrPng, /^data:image\/png;base64,/);
    const codeAt = (offsetMs = 0): string => TOTP.generate({ secret: secretOf(started.body.secret), timestamp: site.clock.nowMs() + offsetMs });
    const wrong = codeAt() === '000000' ? '111111' : '000000';
    assert.equal((await browser.send('PUT', '/api/account/totp', { code: wrong })).code, 'code-refused');
    const signIn = async (code?: string) =>
      site.openBrowser().send('POST', '/api/session', { name: 'admin', password: goodPassword, ...(code === undefined ? {} : { code }) });
    assert.equal((await signIn()).status, 200, 'not on before it is confirmed');
    assert.equal((await browser.send('PUT', '/api/account/totp', { code: codeAt() })).body.account.hasTotp, true);
    assert.equal((await browser.send('POST', '/api/account/totp')).code, 'totp-already-set');
    assert.equal((await signIn()).code, 'totp-required');
    assert.equal((await signIn(codeAt())).code, 'sign-in-refused', 'the code that turned it on is used up');
    site.clock.advance(30_000);
    assert.equal((await signIn(codeAt())).status, 200);
    assert.equal((await signIn(codeAt())).status, 401, 'somebody who saw the code cannot use it');
    assert.equal((await signIn(codeAt(-30_000))).status, 401, 'nor an earlier one');
    assert.equal((await signIn(codeAt(90_000))).status, 401, 'nor one of the far future');
    assert.equal((await signIn(codeAt(30_000))).status, 200, 'a clock may be half a minute off');
    assert.equal((await site.openBrowser().send('POST', '/api/session', { name: 'admin', password: 'wrong', code: codeAt() })).code, 'sign-in-refused');
    assert.equal((await browser.send('DELETE', '/api/account/totp', { code: wrong })).code, 'code-refused');
    site.clock.advance(60_000);
    assert.equal((await browser.send('DELETE', '/api/account/totp', { code: codeAt() })).body.account.hasTotp, false);
    assert.equal((await browser.send('DELETE', '/api/account/totp', { code: codeAt() })).code, 'totp-not-started');
    assert.equal((await browser.send('PUT', '/api/account/totp', { code: codeAt() })).code, 'totp-not-started');
    assert.equal((await signIn()).status, 200);
  });

  test('a passkey is added and signs in, with every answer that does not fit refused', async () => {
    const site = await createAccountsSite(await openEmpty());
    const browser = await site.openAdministrator();
    const key = createSoftwareAuthenticator({ origin, host });
    const begin = async () => (await browser.send('POST', '/api/account/passkeys/options')).body;
    const add = async (ceremony: string, credential: object) => browser.send('POST', '/api/account/passkeys', { ceremony, name: 'my key', credential });
    const stranger = createSoftwareAuthenticator({ origin: 'https://evil.test', host });
    const first = await begin();
    assert.equal((await add(first.ceremony, stranger.register(first.options))).code, 'passkey-refused', 'another origin');
    assert.equal((await add(first.ceremony, key.register(first.options))).code, 'passkey-refused', 'a challenge is good once');
    const unverified = createSoftwareAuthenticator({ origin, host, isVerified: false });
    const second = await begin();
    assert.equal((await add(second.ceremony, unverified.register(second.options))).code, 'passkey-refused', 'without PIN or finger');
    const third = await begin();
    assert.equal((await add(third.ceremony, { id: 1, junk: [] })).code, 'passkey-refused', 'junk');
    const fourth = await begin();
    const added = await add(fourth.ceremony, key.register(fourth.options));
    assert.deepEqual([added.status, added.body.account.passkeys[0].id, added.body.account.passkeys[0].name], [200, key.id, 'my key']);
    const fifth = await begin();
    assert.deepEqual(
      fifth.options.excludeCredentials.map((one: { id: string }) => one.id),
      [key.id],
    );
    assert.equal((await add(fifth.ceremony, key.register(fifth.options))).code, 'passkey-known');

    const visitor = site.openBrowser();
    const start = async () => (await visitor.send('POST', '/api/session/passkey/options')).body;
    const signIn = async (ceremony: string, credential: object) => visitor.send('POST', '/api/session/passkey', { ceremony, credential });
    const one = await start();
    assert.equal(
      (await signIn(one.ceremony, createSoftwareAuthenticator({ origin, host }).authenticate(one.options))).code,
      'passkey-refused',
      'an unknown key',
    );
    const two = await start();
    const answer = key.authenticate(two.options);
    assert.equal((await signIn((await start()).ceremony, answer)).code, 'passkey-refused', 'the answer to another challenge');
    const good = await signIn(two.ceremony, answer);
    assert.deepEqual([good.status, good.body.account.name], [200, 'admin']);
    assert.equal((await signIn(two.ceremony, answer)).code, 'passkey-refused', 'the same answer again');
    const three = await start();
    site.clock.advance(5 * minuteMs);
    assert.equal((await signIn(three.ceremony, key.authenticate(three.options))).code, 'passkey-refused', 'after five minutes');
    const forRegistration = await begin();
    assert.equal(
      (await signIn(forRegistration.ceremony, key.authenticate(forRegistration.options))).code,
      'passkey-refused',
      'the challenge of another ceremony',
    );
    key.rewind();
    const four = await start();
    assert.equal((await signIn(four.ceremony, key.authenticate(four.options))).code, 'passkey-refused', 'a counter that went back: a copy');
    assert.equal(site.events.at(-1)?.kind, 'passkey-refused');
  });

  test('the last way to sign in is not removed, an own passkey else is', async () => {
    const site = await createAccountsSite(await openEmpty());
    const browser = site.openBrowser();
    await browser.send('POST', '/api/session/link', { secret: (await site.accounts.createFirstLink())?.secret });
    const key = createSoftwareAuthenticator({ origin, host });
    const { ceremony, options } = (await browser.send('POST', '/api/account/passkeys/options')).body;
    const added = await browser.send('POST', '/api/account/passkeys', { ceremony, name: 'k', credential: key.register(options) });
    assert.equal(added.body.mustSetPassword, false, 'a passkey is a way to come back');
    assert.equal((await browser.send('DELETE', `/api/account/passkeys/${key.id}`)).code, 'last-way-in');
    await browser.send('POST', '/api/account/password', { password: goodPassword });
    assert.deepEqual((await browser.send('DELETE', `/api/account/passkeys/${key.id}`)).body.account.passkeys, []);
    assert.equal((await browser.send('DELETE', `/api/account/passkeys/${key.id}`)).status, 404);
  });

  test('sessions end when idle, at their end, by signing out, by revoking and by the clean-up, which leaves the others', async () => {
    const site = await createAccountsSite(await openEmpty());
    const first = await site.openAdministrator();
    const isIn = async (browser: typeof first): Promise<boolean> => (await browser.send('GET', '/api/session')).body.account !== null;
    const second = site.openBrowser();
    await second.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    const listed = (await second.send('GET', '/api/account/sessions')).body.items;
    assert.deepEqual(listed.map((one: { isCurrent: boolean }) => one.isCurrent).sort(), [false, true]);
    const other = listed.find((one: { isCurrent: boolean }) => !one.isCurrent).id;
    assert.equal((await second.send('DELETE', `/api/account/sessions/${other}`)).status, 204);
    assert.equal((await second.send('DELETE', `/api/account/sessions/${other}`)).status, 404);
    assert.deepEqual([await isIn(first), await isIn(second)], [false, true]);
    for (let hours = 0; hours < 2; hours += 1) {
      site.clock.advance(7 * hourMs);
      await site.accounts.purge();
      assert.ok(await isIn(second), 'used every seven hours it stays');
    }
    site.clock.advance(8 * hourMs);
    assert.equal(await isIn(second), false, 'eight hours idle');
    await second.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    for (let hours = 0; hours < 23; hours += 1) {
      site.clock.advance(hourMs);
      assert.ok(await isIn(second));
    }
    site.clock.advance(hourMs);
    assert.equal(await isIn(second), false, 'after a day in any case');
    await second.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    const kept = second.cookie;
    const out = await second.send('DELETE', '/api/session');
    assert.match(String(out.headers['set-cookie']), /^shinrai_session=; .*Max-Age=0/);
    second.cookie = kept;
    assert.equal(await isIn(second), false, 'the cookie is worth nothing after signing out');
  });

  test('a new sign-in in the same browser ends the session before, and an account has at most twenty', async () => {
    const site = await createAccountsSite(await openEmpty());
    const browser = await site.openAdministrator();
    const before = browser.cookie;
    await browser.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    assert.notEqual(browser.cookie, before);
    const old = site.openBrowser();
    old.cookie = before;
    assert.equal((await old.send('GET', '/api/session')).body.account, null);
    for (let count = 0; count < 22; count += 1) {
      site.clock.advance(1);
      await site.openBrowser().send('POST', '/api/session', { name: 'admin', password: goodPassword });
    }
    assert.equal((await browser.send('GET', '/api/session')).body.account, null, 'the oldest ended');
    const last = site.openBrowser();
    await last.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    assert.equal((await last.send('GET', '/api/account/sessions')).body.items.length, 20);
  });
});

function secretOf(base32: string) {
  return new TOTP({ secret: base32 }).secret;
}
