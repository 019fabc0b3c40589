// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import 'reflect-metadata'; // before x509, whose parts look for it
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { createLog } from '../../base/log.ts';
import { anything, integer, list, object, text } from '../../base/schema.ts';
import type { Authenticate } from './access.ts';
import { createMetrics } from './metrics.node.ts';
import { idParams, PageQuery } from './page.ts';
import { notFound, Problem } from './problem.ts';
import { bind, declareRoute, reply, roles } from './route.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.node.ts';

const Pump = object('Pump', { id: text(), starts: integer({ minimum: 0 }) });
const getPump = declareRoute({
  method: 'GET',
  path: '/api/pumps/{id}',
  name: 'getPump',
  summary: 'Get a pump',
  access: 'signed-in',
  params: idParams,
  response: Pump,
});
const listPumps = declareRoute({
  method: 'GET',
  path: '/api/pumps',
  name: 'listPumps',
  summary: 'List pumps',
  access: 'anyone',
  query: PageQuery,
  response: list(Pump),
});
const setPump = declareRoute({
  method: 'POST',
  path: '/api/pumps',
  name: 'setPump',
  summary: 'Set a pump',
  access: ['operator'],
  body: Pump,
  response: Pump,
});
const stopPump = declareRoute({ method: 'DELETE', path: '/api/pumps/{id}', name: 'stopPump', summary: 'Stop a pump', access: 'anyone', params: idParams });
const breakPump = declareRoute({ method: 'GET', path: '/api/broken', name: 'breakPump', summary: 'Break', access: 'anyone', response: Pump });
const failPump = declareRoute({ method: 'GET', path: '/api/failing', name: 'failPump', summary: 'Fail', access: 'anyone', response: Pump });
const readManual = declareRoute({
  method: 'GET',
  path: '/api/manual',
  name: 'readManual',
  summary: 'Read',
  access: 'anyone',
  media: 'application/octet-stream',
  response: anything(),
});

/** `Authorization: Bearer <role>` is a token of that role; the cookie `c=<role>` a session whose CSRF value is `csrf-<role>`. */
const authenticate: Authenticate = async ({ headers }) => {
  const bearer = /^Bearer (\w+)$/.exec(String(headers['authorization']))?.[1];
  const cookie = /^c=(\w+)$/.exec(String(headers['cookie']))?.[1];
  const role = roles.find((name) => name === (bearer ?? cookie));
  if (role === undefined) return null;
  return { caller: { account: `acc-${role}`, name: role, role }, csrf: bearer === undefined ? `csrf-${role}` : null };
};

async function start(options: Partial<HttpServerOptions> = {}): Promise<HttpServer & { readonly lines: string[] }> {
  const lines: string[] = [];
  const server = await createHttpServer({
    routes: [
      bind(getPump, ({ params }) => {
        if (params.id === 'none') throw notFound('pump', params.id);
        return { id: params.id, starts: 3 };
      }),
      bind(listPumps, ({ query }) => [{ id: `${typeof query.limit}`, starts: query.limit ?? -1 }]),
      bind(setPump, ({ body, caller }) => reply({ id: `${body.id} by ${caller?.name}`, starts: body.starts }, { 'set-cookie': ['a=1', 'b=2'] })),
      bind(stopPump, () => {}),
      // What the type system cannot see: a number below its minimum.
      bind(breakPump, () => ({ id: 'x', starts: -1 })),
      bind(failPump, () => {
        throw new Error('the secret reason with a /path');
      }),
      bind(readManual, () => Buffer.from([0, 1, 255])),
    ],
    authenticate,
    log: createLog({ level: 'debug', write: (line) => lines.push(line) }),
    version: '1.2.3',
    metrics: createMetrics(),
    checkResponses: true,
    ...options,
  });
  return { ...server, lines };
}

type Sent = Parameters<HttpServer['inject']>[0];
const operator = { authorization: 'Bearer operator' };

test('a request as declared is answered, with defaults filled in and text of the query made numbers', async () => {
  const server = await start();
  const plain = await server.inject({ url: '/api/pumps' });
  assert.deepEqual([plain.statusCode, plain.json()], [200, [{ id: 'number', starts: 50 }]]);
  assert.equal((await server.inject({ url: '/api/pumps?limit=7' })).json()[0].starts, 7);
  const set = await server.inject({ method: 'POST', url: '/api/pumps', headers: operator, payload: { id: 'p1', starts: 1 } });
  assert.deepEqual(set.json(), { id: 'p1 by operator', starts: 1 });
  assert.deepEqual(set.headers['set-cookie'], ['a=1', 'b=2']);
  const stopped = await server.inject({ method: 'DELETE', url: '/api/pumps/p1', headers: { 'content-type': 'application/json' } });
  assert.deepEqual([stopped.statusCode, stopped.body], [204, '']);
  const manual = await server.inject({ url: '/api/manual' });
  assert.deepEqual([manual.headers['content-type'], [...manual.rawPayload]], ['application/octet-stream', [0, 1, 255]]);
  await server.close();
});

const refusals: readonly (readonly [string, Sent, number, string])[] = [
  ['an unknown path', { url: '/api/none' }, 404, 'not-found'],
  ['a method that is not declared', { method: 'PUT', url: '/api/pumps' }, 404, 'not-found'],
  ['a record that is not there', { url: '/api/pumps/none', headers: operator }, 404, 'not-found'],
  ['a caller who is not signed in', { url: '/api/pumps/p1' }, 401, 'not-signed-in'],
  ['a role that is not named', { method: 'POST', url: '/api/pumps', headers: { authorization: 'Bearer viewer' }, payload: {} }, 403, 'role-refused'],
  ['an unknown member of the body', { method: 'POST', url: '/api/pumps', headers: operator, payload: { id: 'a', starts: 1, x: 1 } }, 400, 'invalid-request'],
  ['a missing member of the body', { method: 'POST', url: '/api/pumps', headers: operator, payload: { id: 'a' } }, 400, 'invalid-request'],
  ['a number sent as text in the body', { method: 'POST', url: '/api/pumps', headers: operator, payload: { id: 'a', starts: '1' } }, 400, 'invalid-request'],
  ['a missing body', { method: 'POST', url: '/api/pumps', headers: operator }, 400, 'invalid-request'],
  ['an unknown name in the query', { url: '/api/pumps?limit=5&offset=1' }, 400, 'invalid-request'],
  ['a number of the query out of range', { url: '/api/pumps?limit=501' }, 400, 'invalid-request'],
  ['a number of the query that is none', { url: '/api/pumps?limit=many' }, 400, 'invalid-request'],
  ['an id with characters that ids do not have', { url: '/api/pumps/a%20b', headers: operator }, 400, 'invalid-request'],
  ['a path that is not well-formed', { url: '/api/pumps/%zz', headers: operator }, 400, 'invalid-request'],
  [
    'a body that is not JSON',
    { method: 'POST', url: '/api/pumps', headers: { ...operator, 'content-type': 'application/json' }, payload: '{' },
    400,
    'invalid-json',
  ],
  [
    'a body that would change the prototype',
    { method: 'POST', url: '/api/pumps', headers: { ...operator, 'content-type': 'application/json' }, payload: '{"id":"a","starts":1,"__proto__":{}}' },
    400,
    'invalid-json',
  ],
  [
    'a body of a type that forms of other sites can send',
    { method: 'POST', url: '/api/pumps', headers: { ...operator, 'content-type': 'text/plain' }, payload: '{}' },
    415,
    'media-type',
  ],
  ['a body that is too large', { method: 'POST', url: '/api/pumps', headers: operator, payload: { id: 'a'.repeat(70_000), starts: 1 } }, 413, 'body-too-large'],
  ['an answer that is not as declared', { url: '/api/broken' }, 500, 'internal'],
];
for (const [what, request, status, code] of refusals) {
  test(`refuses ${what} as problem details`, async () => {
    const server = await start();
    const answer = await server.inject(request);
    const problem = answer.json();
    assert.deepEqual([answer.statusCode, problem.code], [status, code], answer.body);
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail', 'code', 'requestId']);
    assert.equal(problem.status, status);
    assert.equal(problem.requestId, answer.headers['x-request-id']);
    await server.close();
  });
}

test('a failure says nothing of its reason but where to find it', async () => {
  const server = await start();
  const answer = await server.inject({ url: '/api/failing' });
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.body, /secret reason/);
  const line = server.lines.find((text) => text.includes('secret reason'));
  assert.ok(line?.includes(answer.json().requestId));
  await server.close();
});

test('a cookie session needs the CSRF header for what changes something, a token does not', async () => {
  const server = await start();
  const send = async (headers: Record<string, string>): Promise<number> =>
    (await server.inject({ method: 'POST', url: '/api/pumps', headers, payload: { id: 'a', starts: 1 } })).statusCode;
  assert.equal(await send({ cookie: 'c=operator' }), 403);
  assert.equal(await send({ cookie: 'c=operator', 'x-shinrai-csrf': 'csrf-operatoX' }), 403);
  assert.equal(await send({ cookie: 'c=operator', 'x-shinrai-csrf': '' }), 403);
  assert.equal(await send({ cookie: 'c=operator', 'x-shinrai-csrf': 'csrf-operator' }), 200);
  assert.equal(await send({ authorization: 'Bearer operator' }), 200);
  assert.equal((await server.inject({ url: '/api/pumps/p1', headers: { cookie: 'c=operator' } })).statusCode, 200, 'reading needs none');
  await server.close();
});

test('what another site sends is refused even where nobody need be signed in', async () => {
  const server = await start();
  const send = async (site: string): Promise<number> =>
    (await server.inject({ method: 'DELETE', url: '/api/pumps/p1', headers: { 'sec-fetch-site': site } })).statusCode;
  assert.deepEqual([await send('cross-site'), await send('same-site'), await send('same-origin'), await send('none')], [403, 403, 204, 204]);
  await server.close();
});

test('rates are limited per address before, and per account after signing in', async () => {
  const server = await start({ limits: { perAnonymousAddress: 2, perAccount: 3, signInsPerAddress: 1 } });
  const codes = async (request: Sent, times: number): Promise<number[]> => {
    const found: number[] = [];
    for (let count = 0; count < times; count += 1) found.push((await server.inject(request)).statusCode);
    return found;
  };
  assert.deepEqual(await codes({ url: '/api/pumps' }, 3), [200, 200, 429]);
  assert.deepEqual(await codes({ url: '/api/pumps', remoteAddress: '10.0.0.2' }, 3), [200, 200, 429], 'another address has its own count');
  assert.deepEqual(await codes({ url: '/api/pumps', headers: operator }, 4), [200, 200, 200, 429]);
  assert.deepEqual(await codes({ url: '/api/pumps', headers: operator, remoteAddress: '10.0.0.3' }, 1), [429], 'an account has one count');
  assert.deepEqual(await codes({ method: 'DELETE', url: '/api/pumps/p1', remoteAddress: '10.0.0.4' }, 2), [204, 429]);
  const answer = await server.inject({ url: '/api/pumps' });
  assert.equal(answer.json().code, 'too-many-requests');
  assert.ok(Number(answer.headers['retry-after']) > 0);
  await server.close();
});

test('answers carry headers that keep browsers from harm', async () => {
  const server = await start();
  const { headers } = await server.inject({ url: '/api/pumps' });
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['strict-transport-security'], undefined, 'only over TLS');
  await server.close();
});

test('health, readiness, metrics and the OpenAPI document are there without an account', async () => {
  let isReady = false;
  const server = await start({ ready: async () => (isReady ? undefined : Promise.reject(new Error('database is away'))) });
  assert.equal((await server.inject({ url: '/health' })).json().status, 'alive');
  const early = await server.inject({ url: '/ready' });
  assert.deepEqual([early.statusCode, early.json().code], [503, 'not-ready']);
  assert.doesNotMatch(early.body, /database/);
  isReady = true;
  assert.equal((await server.inject({ url: '/ready' })).statusCode, 200);
  const document = (await server.inject({ url: '/openapi.json' })).json();
  assert.deepEqual(Object.keys(document.paths), ['/api/pumps/{id}', '/api/pumps', '/api/broken', '/api/failing', '/api/manual']);
  await server.inject({ url: '/api/pumps/anything', headers: operator });
  const metrics = await server.inject({ url: '/metrics' });
  assert.match(metrics.body, /shinrai_http_request_seconds_count\{method="GET",route="\/api\/pumps\/:id",status="200"\} 1/);
  await server.close();
});

test('metrics are for this machine and for those who are signed in', async () => {
  const server = await start();
  const from = async (headers: Record<string, string>): Promise<number> =>
    (await server.inject({ url: '/metrics', remoteAddress: '10.0.0.9', headers })).statusCode;
  assert.deepEqual([await from({}), await from({ authorization: 'Bearer viewer' })], [401, 200]);
  await server.close();
});

test('the console is served, with its page for every path that a person may open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-console-'));
  mkdirSync(join(folder, 'static'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Shinrai</title>');
  writeFileSync(join(folder, 'static', 'main-1234.js'), 'export {};');
  const server = await start({ staticFolder: folder });
  const page = { headers: { accept: 'text/html' } };
  for (const url of ['/', '/findings', '/incidents/inc-1']) {
    const answer = await server.inject({ url, ...page });
    assert.equal(answer.statusCode, 200, url);
    assert.match(answer.body, /<title>Shinrai/);
    assert.equal(answer.headers['cache-control'], 'no-cache');
  }
  const script = await server.inject({ url: '/static/main-1234.js' });
  assert.match(String(script.headers['cache-control']), /immutable/);
  assert.match(String(script.headers['content-type']), /javascript/);
  for (const url of ['/api/none', '/static/none.js', '/../package.json', '/..%2f..%2fpackage.json']) {
    const answer = await server.inject({ url, ...page });
    assert.doesNotMatch(answer.body, /dependencies/);
    if (/^\/(api|static)/.test(url)) assert.equal(answer.statusCode, 404, url);
  }
  assert.equal((await server.inject({ url: '/findings', headers: { accept: 'application/json' } })).statusCode, 404);
  const refused = await server.inject({ url: '/api/pumps/p1' });
  assert.deepEqual([refused.headers['content-type'], refused.json().code], ['application/problem+json; charset=utf-8', 'not-signed-in']);
  await server.close();
  rmSync(folder, { recursive: true });
});

test('a request that never ends is cut with 408', async () => {
  const server = await start({ limits: { requestTimeoutMs: 200 } });
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  let received = '';
  const slow = connect(Number(port), '127.0.0.1');
  slow.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
  });
  slow.write('POST /api/pumps HTTP/1.1\r\nhost: x\r\nauthorization: Bearer operator\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  await new Promise((resolve) => slow.once('close', resolve));
  assert.match(received, /^HTTP\/1\.1 408 /);
  await server.close();
});

test('closing ends connections that are open', async () => {
  const server = await start();
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const idle = connect(Number(port), '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => idle.once('connect', resolve));
  // One request makes sure that the server has taken the connection, which stays open afterwards.
  const answered = new Promise((resolve) => idle.once('data', resolve));
  idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
  await answered;
  const closed = new Promise((resolve) => idle.once('close', resolve));
  await server.close();
  await closed;
});

test('with a certificate it speaks TLS 1.3 and nothing older', async () => {
  const { key, cert } = await makeCertificate();
  const server = await start({ tls: { key, cert } });
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const ask = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path: '/health',
        ca: cert,
        servername: 'shinrai.test',
        maxVersion,
        minVersion: 'TLSv1.2' as const,
        agent: false as const,
      };
      get(options, (answer) => {
        assert.match(String(answer.headers['strict-transport-security']), /max-age=31536000/);
        answer.resume();
        resolve(answer.statusCode ?? 0);
      }).on('error', reject);
    });
  assert.equal(await ask('TLSv1.3'), 200);
  await assert.rejects(ask('TLSv1.2'), /alert|protocol/i);
  await server.close();
});

/** A certificate of one hour for `shinrai.test`. */
async function makeCertificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=shinrai.test',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'shinrai.test' }])],
  });
  const key = createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  return { key: key.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: certificate.toString('pem') };
}

test('a refusal of a handler keeps its code and its words', async () => {
  const refuse = declareRoute({ method: 'GET', path: '/api/refuse', name: 'refuse', summary: 'Refuse', access: 'anyone', response: Pump });
  const server = await start({
    routes: [
      bind(refuse, () => {
        throw new Problem(409, 'pump-busy', 'Cannot start pump: it runs', 12);
      }),
    ],
  });
  const answer = await server.inject({ url: '/api/refuse' });
  assert.deepEqual([answer.json().code, answer.json().detail, answer.headers['retry-after']], ['pump-busy', 'Cannot start pump: it runs', '12']);
  await server.close();
});
