// SPDX-License-Identifier: Apache-2.0
// Who may call what, asked of a running site: every route of the API by every role and by nobody.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { roles } from '../../src/platform/http/route.ts';
import { allRoutes } from '../../src/programs/api/routes.ts';
import { temporaryFolder } from '../command-line.ts';
import { type Client, createClient, openToken, type RunningProcess, signInByLink, startDemonstration } from '../running-site.ts';

const folder = temporaryFolder('access');

suite('every route by every role', () => {
  let site: RunningProcess;
  const callers = new Map<string, Client>();
  before(async () => {
    site = await startDemonstration(folder);
    const administrator = await signInByLink(site);
    for (const role of roles) callers.set(role, await openToken(administrator, site.url, role));
    callers.set('nobody', createClient(site.url));
  });
  after(() => site?.kill());

  for (const route of allRoutes) {
    const allowed = route.access === 'anyone' ? ['nobody', ...roles] : route.access === 'signed-in' ? [...roles] : [...route.access];
    test(`${route.method} ${route.path} answers ${allowed.length > roles.length ? 'anyone' : allowed.length === roles.length ? 'who is signed in' : allowed.join(', ')} and nobody else`, async () => {
      for (const [caller, client] of callers) {
        // The empty body is refused by its schema, and there is no such record: who is let in changes nothing.
        const { status, code, type } = await client.probe(route.method, route.path.replaceAll(/\{\w+\}/g, 'none'), route.body === undefined ? undefined : {});
        const refusal = allowed.includes(caller) ? undefined : caller === 'nobody' ? [401, 'not-signed-in'] : [403, 'role-refused'];
        if (refusal === undefined) assert.ok(code !== 'not-signed-in' && code !== 'role-refused' && status !== 500, `${caller}: ${status} ${code}`);
        else assert.deepEqual([status, code], refusal, caller);
        if (status >= 400) assert.match(type, /^application\/problem\+json/, `${caller}: ${status}`);
      }
    });
  }

  test('a path that no route has is 404 for everybody', async () => {
    for (const [caller, client] of callers) assert.deepEqual([(await client.probe('GET', '/api/nothing')).status, caller], [404, caller]);
  });
});
