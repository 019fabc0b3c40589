// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccountsSite, goodPassword } from '../../../test/accounts-site.ts';
import { overBothDatabases } from '../../../test/databases.ts';
import { bind, declareRoute, type Role, roles } from '../http/route.ts';
import { coversRole } from './role-cover.ts';

const dayMs = 24 * 3_600_000;

overBothDatabases('the administration of accounts', (openEmpty) => {
  test('an account is created with a link, listed by name in pages, changed and removed', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    for (const name of ['mori', 'abe', 'kato']) {
      const made = await administrator.send('POST', '/api/accounts', { name, displayName: `${name}さん`, role: 'operator' });
      assert.deepEqual([made.status, made.body.account.name, made.body.account.hasPassword], [200, name, false]);
    }
    assert.equal((await administrator.send('POST', '/api/accounts', { name: 'abe', displayName: 'x', role: 'viewer' })).code, 'name-taken');
    assert.equal((await administrator.send('POST', '/api/accounts', { name: 'Abe', displayName: 'x', role: 'viewer' })).code, 'invalid-request');
    const first = (await administrator.send('GET', '/api/accounts?limit=3')).body;
    assert.deepEqual([first.items.map((one: { name: string }) => one.name), first.next, first.total], [['abe', 'admin', 'kato'], 'kato', 4]);
    const second = (await administrator.send('GET', '/api/accounts?limit=3&before=kato')).body;
    assert.deepEqual([second.items.map((one: { name: string }) => one.name), second.next], [['mori'], null]);
    const id = second.items[0].id;
    const changed = await administrator.send('PATCH', `/api/accounts/${id}`, { displayName: '森', role: 'analyst' });
    assert.deepEqual([changed.body.displayName, changed.body.role], ['森', 'analyst']);
    assert.equal((await administrator.send('PATCH', '/api/accounts/acc-none', { role: 'viewer' })).status, 404);
    assert.equal((await administrator.send('DELETE', `/api/accounts/${id}`)).status, 204);
    assert.equal((await administrator.send('DELETE', `/api/accounts/${id}`)).status, 404);
    assert.equal((await administrator.send('POST', `/api/accounts/${id}/link`, {})).status, 404);
    assert.deepEqual(
      site.events.slice(-2).map((event) => [event.kind, event.accountName]),
      [
        ['account-changed', 'mori'],
        ['account-removed', 'mori'],
      ],
    );
  });

  test('the last administrator who can sign in is neither removed, nor demoted, nor disabled, also not by two at once', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    const self = (await administrator.send('GET', '/api/session')).body.account.id;
    const second = await site.openAccount(administrator, 'second', 'administrator');
    await administrator.send('PATCH', `/api/accounts/${second.id}`, { isDisabled: true });
    for (const [method, body] of [
      ['PATCH', { role: 'viewer' }],
      ['PATCH', { isDisabled: true }],
      ['DELETE', undefined],
    ] as const) {
      assert.equal((await administrator.send(method, `/api/accounts/${self}`, body)).code, 'last-administrator');
    }
    assert.equal((await administrator.send('GET', '/api/session')).body.account.role, 'administrator');
    await administrator.send('PATCH', `/api/accounts/${second.id}`, { isDisabled: false });
    await second.browser.send('POST', '/api/session', { name: 'second', password: goodPassword });
    const both = await Promise.all([
      administrator.send('PATCH', `/api/accounts/${second.id}`, { role: 'viewer' }),
      second.browser.send('PATCH', `/api/accounts/${self}`, { role: 'viewer' }),
    ]);
    assert.equal(both.filter((answer) => answer.status === 200).length, 1, JSON.stringify(both.map((answer) => answer.body)));
  });

  test('a change of role and disabling take effect at once', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    const { browser, id } = await site.openAccount(administrator, 'mori', 'operator');
    const token = (await browser.send('POST', '/api/tokens', { name: 't', role: 'operator', daysValid: 1 })).body.secret;
    const byToken = async (): Promise<number> => (await site.openBrowser().send('GET', '/api/tokens', undefined, { authorization: `Bearer ${token}` })).status;
    assert.equal(await byToken(), 200);
    await administrator.send('PATCH', `/api/accounts/${id}`, { displayName: 'new' });
    assert.notEqual((await browser.send('GET', '/api/session')).body.account, null, 'another name signs nobody out');
    await administrator.send('PATCH', `/api/accounts/${id}`, { role: 'analyst' });
    assert.equal((await browser.send('GET', '/api/session')).body.account, null);
    assert.equal(await byToken(), 401, 'the role of the token is no longer covered');
    await administrator.send('PATCH', `/api/accounts/${id}`, { role: 'responder' });
    assert.equal(await byToken(), 200);
    await administrator.send('PATCH', `/api/accounts/${id}`, { isDisabled: true });
    assert.equal(await byToken(), 401);
    const link = (await administrator.send('POST', `/api/accounts/${id}/link`, {})).body;
    assert.equal((await site.openBrowser().send('POST', '/api/session/link', { secret: link.secret })).status, 401, 'no link lets a disabled account in');
  });

  test('a change that cannot be recorded as evidence is answered with an error, never silently', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    site.failAudit(new Error('the chain cannot be written'));
    const answer = await administrator.send('POST', '/api/accounts', { name: 'mori', displayName: 'M', role: 'viewer' });
    assert.deepEqual([answer.status, answer.code], [500, 'internal']);
    assert.doesNotMatch(JSON.stringify(answer.body), /chain/);
  });

  test('a link with reset clears password, codes, passkeys and sessions when it is used, not before', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    const { browser, id } = await site.openAccount(administrator, 'mori', 'operator');
    const link = (await administrator.send('POST', `/api/accounts/${id}/link`, { reset: true })).body;
    assert.equal((await browser.send('GET', '/api/session')).body.account.name, 'mori');
    const fresh = site.openBrowser();
    const session = await fresh.send('POST', '/api/session/link', { secret: link.secret });
    assert.deepEqual([session.body.account.hasPassword, session.body.mustSetPassword], [false, true]);
    assert.equal((await browser.send('GET', '/api/session')).body.account, null);
    assert.equal((await site.openBrowser().send('POST', '/api/session', { name: 'mori', password: goodPassword })).status, 401);
    assert.equal((await fresh.send('POST', '/api/account/password', { password: 'a whole new one' })).status, 200);
  });

  test('a token acts with its role until its end, is shown once, and is revoked by its owner or an administrator', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    const mori = await site.openAccount(administrator, 'mori', 'responder');
    const abe = await site.openAccount(administrator, 'abe', 'operator');
    const made = (await mori.browser.send('POST', '/api/tokens', { name: 'sensor 1', role: 'operator', daysValid: 2 })).body;
    assert.match(made.secret, /^shn_[A-Za-z0-9_-]{43}$/);
    assert.equal(made.token.prefix, made.secret.slice(0, 10));
    const use = async (secret: string) => site.openBrowser().send('GET', '/api/tokens', undefined, { authorization: `Bearer ${secret}` });
    const page = await use(made.secret);
    assert.deepEqual([page.body.total, page.body.items[0].name, page.body.items[0].accountName], [1, 'sensor 1', 'mori']);
    assert.ok(!JSON.stringify(page.body).includes(made.secret));
    assert.equal((await use(`${made.secret.slice(0, -1)}${made.secret.endsWith('A') ? 'B' : 'A'}`)).status, 401);
    assert.equal((await use(`x${made.secret}`)).status, 401);
    assert.equal((await mori.browser.send('POST', '/api/tokens', { name: 't', role: 'administrator', daysValid: 1 })).code, 'role-not-covered');
    assert.equal((await abe.browser.send('GET', '/api/tokens')).body.total, 0, 'others do not see it');
    assert.equal((await abe.browser.send('DELETE', `/api/tokens/${made.token.id}`)).status, 404, 'nor revoke it');
    site.clock.advance(2 * dayMs - 1);
    assert.equal((await use(made.secret)).status, 200);
    site.clock.advance(1);
    assert.equal((await use(made.secret)).status, 401);
    await mori.browser.send('POST', '/api/session', { name: 'mori', password: goodPassword });
    await administrator.send('POST', '/api/session', { name: 'admin', password: goodPassword });
    const second = (await mori.browser.send('POST', '/api/tokens', { name: 'sensor 2', role: 'viewer', daysValid: 1 })).body;
    assert.equal((await administrator.send('GET', '/api/tokens')).body.items[0].id, second.token.id);
    assert.equal((await administrator.send('DELETE', `/api/tokens/${second.token.id}`)).status, 204);
    assert.equal((await use(second.secret)).status, 401);
  });

  test('tokens are listed newest first, in pages, without gap or repetition', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    for (let count = 0; count < 7; count += 1) {
      if (count % 2 === 0) site.clock.advance(1_000); // two of the same time
      await administrator.send('POST', '/api/tokens', { name: `t${count}`, role: 'viewer', daysValid: 1 });
    }
    const seen: string[] = [];
    let before = '';
    do {
      const page = (await administrator.send('GET', `/api/tokens?limit=2${before}`)).body;
      assert.equal(page.total, 7);
      seen.push(...page.items.map((one: { name: string }) => one.name));
      before = page.next === null ? '' : `&before=${page.next}`;
    } while (before !== '');
    assert.deepEqual([...seen].sort(), ['t0', 't1', 't2', 't3', 't4', 't5', 't6']);
    assert.deepEqual(seen[0], 't6');
  });

  test('a token cannot change the account it acts for, nor make other tokens', async () => {
    const site = await createAccountsSite(await openEmpty());
    const administrator = await site.openAdministrator();
    const { secret } = (await administrator.send('POST', '/api/tokens', { name: 't', role: 'administrator', daysValid: 1 })).body;
    const program = site.openBrowser();
    const send = (method: 'POST' | 'GET' | 'DELETE', url: string, body?: object) => program.send(method, url, body, { authorization: `Bearer ${secret}` });
    for (const [method, url, body] of [
      ['POST', '/api/account/password', { current: goodPassword, password: 'a new good one' }],
      ['POST', '/api/account/totp', undefined],
      ['POST', '/api/account/passkeys/options', undefined],
      ['GET', '/api/account/sessions', undefined],
      ['POST', '/api/tokens', { name: 'u', role: 'viewer', daysValid: 1 }],
      ['DELETE', '/api/session', undefined],
    ] as const) {
      assert.equal((await send(method, url, body)).code, 'session-required', url);
    }
    program.cookie = administrator.cookie;
    assert.equal((await send('POST', '/api/tokens', { name: 'u', role: 'viewer', daysValid: 1 })).code, 'session-required', 'also beside a cookie');
    assert.equal((await send('GET', '/api/accounts')).status, 200);
  });
});

const forResponders = declareRoute({ method: 'POST', path: '/api/test', name: 'test', summary: 'Test', access: ['responder', 'administrator'] });

overBothDatabases('every route and every role', (openEmpty) => {
  test('each route lets in exactly whom its declaration names, by real requests', async () => {
    const site = await createAccountsSite(await openEmpty(), { more: [bind(forResponders, () => {})] });
    const administrator = await site.openAdministrator();
    const secrets = new Map<Role | 'anonymous', string>();
    for (const role of roles) {
      const { browser } = await site.openAccount(administrator, `person.${role}`, role);
      secrets.set(role, (await browser.send('POST', '/api/tokens', { name: role, role, daysValid: 1 })).body.secret);
    }
    const routes = [...site.accounts.routes.map(({ route }) => route), forResponders];
    let count = 0;
    for (const route of routes) {
      for (const who of ['anonymous', ...roles] as const) {
        const secret = secrets.get(who);
        const headers = secret === undefined ? undefined : { authorization: `Bearer ${secret}` };
        // No body where one is required: who is let in is told that the request is wrong, and nothing is changed.
        const answer = await site.openBrowser().send(route.method, route.path.replace('{id}', 'none'), undefined, headers);
        const { access } = route;
        const isIn = access === 'anyone' || (who !== 'anonymous' && (access === 'signed-in' || access.includes(who)));
        const expected = isIn ? undefined : who === 'anonymous' ? 'not-signed-in' : 'role-refused';
        const found = answer.code === 'not-signed-in' || answer.code === 'role-refused' ? answer.code : undefined;
        assert.equal(found, expected, `${route.method} ${route.path} as ${who}: ${answer.status} ${answer.code}`);
        count += 1;
      }
    }
    assert.equal(count, routes.length * 8);
  });
});

test('every role covers itself and viewer, only the administrator covers the administrator, and covering is transitive', () => {
  for (const role of roles) {
    assert.ok(coversRole(role, role) && coversRole(role, 'viewer'));
    assert.equal(coversRole(role, 'administrator'), role === 'administrator');
    for (const middle of roles) for (const low of roles) if (coversRole(role, middle) && coversRole(middle, low)) assert.ok(coversRole(role, low));
  }
});
