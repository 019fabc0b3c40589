// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { accountRoutes } from '../../../src/platform/accounts/routes.ts';
import type { RouteDeclaration } from '../../../src/platform/http/route.ts';
import * as siteRoutes from '../../../src/programs/api/site.ts';
import { checkProofInBrowser } from '../../../src/share/evidence/browser-check.ts';
import * as evidenceRoutes from '../../../src/share/evidence/routes.ts';
import * as incidentRoutes from '../../../src/watch/incident/routes.ts';
import * as normRoutes from '../../../src/watch/norm/routes.ts';
import * as responseRoutes from '../../../src/watch/response/routes.ts';
import * as trafficRoutes from '../../../src/watch/traffic/routes.ts';
import { createFakeAccounts, fakePassword } from './accounts.ts';
import type { FakeAnswer } from './answer.ts';
import { answerRequest, type FakeSite } from './server.ts';
import { FakeWorld, type Scene, scenes } from './world.ts';

const startMs = 1_795_000_000_000;
const recommended = 'rsp-5c1n8wd3rj7y2q6f';

function createSite(scene: Scene): FakeSite {
  return {
    world: new FakeWorld(scene, startMs, () => {}),
    accounts: createFakeAccounts(scene, startMs),
    settings: { siteName: 'Test', language: 'en', timeZone: 'UTC', responseLimitMinutes: 15, packetsKeepMegabytes: 64 },
  };
}
function ask(site: FakeSite, method: string, path: string, body: Readonly<Record<string, unknown>> = {}, afterMs = 0): Promise<FakeAnswer> {
  const url = new URL(path, 'http://fake');
  return answerRequest(site, { method, path: url.pathname, query: url.searchParams, body }, startMs + afterMs);
}
function memberOf(answer: FakeAnswer, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    answer.body,
  );
}

const gets: readonly RouteDeclaration[] = [siteRoutes, evidenceRoutes, incidentRoutes, normRoutes, responseRoutes, trafficRoutes]
  .flatMap((module): readonly unknown[] => Object.values(module))
  .concat(accountRoutes)
  .filter((value): value is RouteDeclaration => typeof value === 'object' && value !== null && 'method' in value && 'path' in value)
  .filter((route) => route.method === 'GET' && route.response !== undefined && (route.media === undefined || route.media === 'application/json'));
const ids: Readonly<Record<string, string>> = {
  '/api/findings/{id}': 'fnd-9k5v1yq8ct3w6p0e',
  '/api/findings/{id}/packets': 'fnd-9k5v1yq8ct3w6p0e',
  '/api/incidents/{id}': 'inc-4m8t2zq6hv0c9k3x',
  '/api/responses/{id}': recommended,
  '/api/assets/{id}': 'ast-plc',
  '/api/evidence/{id}': 'evd-0003fake00000000',
  '/api/evidence/{id}/proof': 'evd-0003fake00000000',
  '/api/trace/{id}': 'inc-4m8t2zq6hv0c9k3x',
};

test('every answer to a GET has the form that its route declares, in every scene', async () => {
  const ajv = new Ajv2020({ strict: false });
  for (const scene of scenes.filter((name) => name !== 'broken' && name !== 'signed-out')) {
    for (const route of gets) {
      const answer = await ask(createSite(scene), 'GET', route.path.replace('{id}', ids[route.path] ?? 'none'));
      if (answer.status === 404 || answer.status === 403) continue;
      assert.equal(answer.status, 200, `${scene} ${route.path}`);
      const isValid = ajv.validate(route.response ?? {}, answer.body);
      assert.ok(isValid, `${scene} ${route.path}: ${ajv.errorsText()}`);
    }
  }
});

test('in the alarm scene there is an answer to each of them', async () => {
  for (const route of gets) {
    const answer = await ask(createSite('alarm'), 'GET', route.path.replace('{id}', ids[route.path] ?? 'none'));
    assert.equal(answer.status, 200, route.path);
  }
});

test('consent moves a response to running, and its time ends it', async () => {
  const site = createSite('alarm');
  assert.equal(memberOf(await ask(site, 'GET', '/api/overview'), 'level'), 'alarm');
  assert.equal(memberOf(await ask(site, 'POST', `/api/responses/${recommended}/consent`), 'state'), 'running');
  assert.equal(memberOf(await ask(site, 'GET', '/api/overview', {}, 10_000), 'level'), 'attention');
  const later = await ask(site, 'GET', `/api/responses/${recommended}`, {}, 10_000);
  assert.ok(Number(memberOf(later, 'packetsStopped')) > 0);
  assert.equal(memberOf(await ask(site, 'GET', `/api/responses/${recommended}`, {}, 901_000), 'state'), 'expired');
});

test('a response is decided on once, undone only while it runs, and never against an interlock', async () => {
  const site = createSite('alarm');
  assert.equal((await ask(site, 'POST', `/api/responses/${recommended}/undo`)).status, 409);
  assert.equal((await ask(site, 'POST', `/api/responses/${recommended}/consent`)).status, 200);
  assert.equal((await ask(site, 'POST', `/api/responses/${recommended}/consent`)).status, 409);
  assert.equal(memberOf(await ask(site, 'POST', `/api/responses/${recommended}/undo`), 'state'), 'undone');
  assert.equal((await ask(site, 'POST', '/api/responses/rsp-1h7q5zc2mb8d4w9k/consent')).status, 409);
});

test('a viewer is refused, and so is who is not signed in', async () => {
  assert.equal((await ask(createSite('viewer'), 'POST', `/api/responses/${recommended}/consent`)).status, 403);
  assert.equal((await ask(createSite('signed-out'), 'GET', '/api/overview')).status, 401);
});

test('a wrong password is refused, a right one signs in', async () => {
  const site = createSite('signed-out');
  assert.equal(memberOf(await ask(site, 'POST', '/api/session', { name: 'admin', password: 'wrong' }), 'code'), 'sign-in-refused');
  assert.equal((await ask(site, 'POST', '/api/session', { name: 'admin', password: fakePassword })).status, 200);
  assert.equal((await ask(site, 'GET', '/api/overview')).status, 200);
});

test('an attack on the calm plant becomes findings, an incident and proposals', async () => {
  const site = createSite('calm');
  assert.equal(memberOf(await ask(site, 'GET', '/api/findings'), 'total'), 0);
  await ask(site, 'POST', '/api/plant/attack', { name: 'setpoint' }, 1_000);
  assert.equal(memberOf(await ask(site, 'GET', '/api/findings', {}, 3_000), 'total'), 1);
  assert.equal(memberOf(await ask(site, 'GET', '/api/findings', {}, 12_000), 'total'), 3);
  assert.equal(memberOf(await ask(site, 'GET', '/api/overview', {}, 12_000), 'level'), 'alarm');
});

test('its proofs hold in the check of the console, and one altered character does not', async () => {
  const site = createSite('alarm');
  const proof = JSON.stringify((await ask(site, 'GET', '/api/evidence/evd-0004fake00000000/proof')).body);
  const vkey = String(memberOf(await ask(site, 'GET', '/api/chain'), 'vkey'));
  assert.deepEqual(
    (await checkProofInBrowser(proof, vkey)).checks.filter((check) => !check.ok),
    [],
  );
  const at = proof.indexOf('"entry":"') + 60;
  const altered = `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`;
  assert.equal((await checkProofInBrowser(altered, vkey)).ok, false);
});
