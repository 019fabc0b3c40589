// SPDX-License-Identifier: Apache-2.0

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type InjectOptions,
  type LightMyRequestResponse,
} from 'fastify';
import { assert } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Authenticate, Authentication } from './access.ts';
import { refusalOf } from './access.ts';
import type { Metrics } from './metrics.node.ts';
import { buildOpenApi } from './openapi.ts';
import { Problem } from './problem.ts';
import { answerProblem, problemOf } from './refusal.node.ts';
import type { BoundRoute, Reply, RouteDeclaration } from './route.ts';
import { compileCheck } from './validation.ts';

/** Every limit on what comes from outside; per minute where a rate. */
export interface HttpLimits {
  readonly bodyBytesMax: number;
  /** Until the whole request has arrived. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectionsMax: number;
  /** All requests of one address, before anything is looked at. */
  readonly perAddress: number;
  /** Requests of one address that are not signed in. */
  readonly perAnonymousAddress: number;
  /** Requests that change something without being signed in (signing in), of one address. */
  readonly signInsPerAddress: number;
  readonly perAccount: number;
}
const defaultLimits: HttpLimits = {
  bodyBytesMax: 65_536,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 10_000,
  connectionsMax: 1_000,
  perAddress: 30_000,
  perAnonymousAddress: 600,
  signInsPerAddress: 60,
  perAccount: 12_000,
};

export interface HttpServerOptions {
  readonly routes: readonly BoundRoute[];
  readonly authenticate: Authenticate;
  readonly log: Log;
  readonly version: string;
  readonly metrics: Metrics;
  /** PEM texts. TLS 1.3 only. Without it the server speaks plain HTTP: on loopback, or behind a proxy. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly limits?: Partial<HttpLimits>;
  /** Folder of the built console; unknown paths outside /api answer its index.html. */
  readonly staticFolder?: string;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Resolves where the server can do its work (database answers); rejects otherwise. */
  readonly ready?: () => Promise<void>;
  /** Refuses answers that are not as declared, with 500 `response-broken`: for tests. */
  readonly checkResponses?: boolean;
}

export interface HttpServer {
  /** Returns the address it listens on, e.g. `https://127.0.0.1:8443`. */
  listen(place: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends connections at once; requests under way are cut. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
}

/** Builds the server of all routes. It refuses to start (assertion) where two routes are the same or a schema is wrong. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = createApp(options, { ...defaultLimits, ...options.limits });
  // Before any route: one that is there when a plugin has loaded keeps the library's own way to tell of errors.
  app.setErrorHandler((error, request, reply) => answerProblem(reply, request.id, problemOf(error, request, options.log)));
  await addSecurityHeaders(app, options.tls !== undefined);
  const admit = await createAdmission(app, options);
  addMeasures(app, options.metrics);
  addOwnRoutes(app, options);
  for (const bound of options.routes) addRoute(app, bound, options, admit);
  await addConsole(app, options.staticFolder);
  await app.ready();
  return {
    listen: (place) => app.listen(place),
    close: () => app.close(),
    inject: (request) => app.inject(request),
  };
}

function createApp(options: HttpServerOptions, limits: HttpLimits): FastifyInstance {
  const common = {
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: true,
    // Passkey ids are in paths.
    routerOptions: { maxParamLength: 1_500, caseSensitive: true },
    exposeHeadRoutes: false,
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    genReqId: () => `req-${randomBytes(9).toString('base64url')}`,
    logger: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
      reply.header('x-request-id', request.id);
      answerProblem(reply, request.id, problemOf(error, request, options.log));
    },
  };
  const checking = { connectionsCheckingInterval: Math.min(limits.requestTimeoutMs, 5_000), headersTimeout: limits.requestTimeoutMs };
  const { tls } = options;
  // Both are the same server to the rest of this file; the library's type differs in the raw socket.
  const app = (
    tls === undefined ? fastify({ ...common, http: checking }) : fastify({ ...common, https: { ...checking, ...tls, minVersion: 'TLSv1.3' as const } })
  ) as FastifyInstance;
  app.server.maxConnections = limits.connectionsMax;
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients name the type also where they send nothing.
    if (body.length === 0) done(null, undefined);
    else parse(request, String(body), done);
  });
  return app;
}

async function addSecurityHeaders(app: FastifyInstance, hasTls: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The component library writes style elements; scripts never come from a page's text.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: hasTls ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}

/** Looks at a request before its body is read. Returns who asks; throws the refusal. */
type Admit = (request: FastifyRequest, route: RouteDeclaration) => Promise<Authentication | null>;

async function createAdmission(app: FastifyInstance, options: HttpServerOptions): Promise<Admit> {
  const limits = { ...defaultLimits, ...options.limits };
  await app.register(rateLimit, { global: false, cache: 10_000 });
  const keyOf = new WeakMap<FastifyRequest, string>();
  const limit = (max: number): ((request: FastifyRequest, key: string) => Promise<void>) => {
    // Each limiter counts by itself; the key of the moment is handed over beside the request.
    const take = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: (request) => keyOf.get(request) ?? request.ip });
    return async (request, key) => {
      keyOf.set(request, key);
      const taken = await take(request);
      if (!taken.isAllowed && taken.isExceeded) {
        throw new Problem(429, 'too-many-requests', `Cannot answer: more than ${max} requests in a minute`, taken.ttlInSeconds);
      }
    };
  };
  const byAddress = limit(limits.perAddress);
  const byAnonymous = limit(limits.perAnonymousAddress);
  const bySignIn = limit(limits.signInsPerAddress);
  const byAccount = limit(limits.perAccount);
  app.addHook('onRequest', (request) => byAddress(request, request.ip));
  return async (request, route) => {
    refuseOtherSites(request);
    const authentication = await options.authenticate({ headers: request.headers, address: request.ip });
    if (authentication === null) await byAnonymous(request, request.ip);
    else await byAccount(request, authentication.caller.account);
    if (route.access === 'anyone' && request.method !== 'GET') await bySignIn(request, request.ip);
    const refusal = refusalOf(route.access, authentication?.caller ?? null);
    if (refusal === 'not-signed-in') throw new Problem(401, refusal, 'Cannot answer: sign in first');
    if (refusal === 'role-refused') {
      throw new Problem(403, refusal, `Cannot answer: the role "${authentication?.caller.role}" may not ${route.summary.toLowerCase()}`);
    }
    if (route.access !== 'anyone' && authentication !== null) refuseForgery(request, authentication);
    return authentication;
  };
}

/** Browsers say where a request was made. SameSite=Strict already keeps the cookie away from other sites; this also stops signing in from there. */
function refuseOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (request.method === 'GET' || site === undefined || site === 'same-origin' || site === 'none') return;
  throw new Problem(403, 'cross-site', 'Cannot answer: the request was made by another site');
}

function refuseForgery(request: FastifyRequest, authentication: Authentication): void {
  if (authentication.csrf === null || request.method === 'GET') return;
  const given = request.headers['x-shinrai-csrf'];
  const expected = Buffer.from(authentication.csrf);
  const found = Buffer.from(typeof given === 'string' ? given : '');
  if (found.length === expected.length && timingSafeEqual(found, expected)) return;
  throw new Problem(403, 'csrf', 'Cannot answer: the header x-shinrai-csrf must hold the value given by GET /api/session');
}

function addRoute(app: FastifyInstance, bound: BoundRoute, options: HttpServerOptions, admit: Admit): void {
  const { route, handle } = bound;
  const callers = new WeakMap<FastifyRequest, Authentication | null>();
  const checkOf = (part: 'params' | 'query' | 'body') => (route[part] === undefined ? undefined : compileCheck(route[part], part));
  const [checkParams, checkQuery, checkBody] = [checkOf('params'), checkOf('query'), checkOf('body')];
  const checkResponse = options.checkResponses && route.response && !route.media ? compileCheck(route.response, 'response') : undefined;
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    bodyLimit: route.bodyBytesMax ?? { ...defaultLimits, ...options.limits }.bodyBytesMax,
    config: { name: route.path },
    onRequest: async (request) => {
      callers.set(request, await admit(request, route));
    },
    handler: async (request, reply) => {
      const wrong = checkParams?.(request.params) ?? checkQuery?.(request.query) ?? checkBody?.(request.body);
      if (wrong !== undefined) throw new Problem(400, 'invalid-request', `Cannot read the request: ${wrong}`);
      const answer = await handle({
        params: request.params,
        query: request.query,
        body: request.body,
        caller: callers.get(request)?.caller ?? null,
        requestId: request.id,
        address: request.ip,
        headers: request.headers,
      });
      const { body, headers } = unfold(answer);
      const broken = checkResponse?.(body);
      assert(broken === undefined, `the answer of ${route.name} is as declared: ${broken}`);
      for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
      return sendBody(reply, route, body);
    },
  });
}

function unfold(answer: unknown): Pick<Reply<unknown>, 'body' | 'headers'> {
  // `$reply` is set by `reply()` only, and handlers are ours.
  if (typeof answer === 'object' && answer !== null && '$reply' in answer) return answer as Reply<unknown>;
  return { body: answer };
}

function sendBody(reply: FastifyReply, route: RouteDeclaration, body: unknown): FastifyReply {
  if (route.response === undefined && route.media === undefined) return reply.code(204).send();
  if (route.media !== undefined) {
    assert(typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable, `${route.name} answers text, bytes or a stream`);
    // Proxies must hand events on at once.
    if (route.media === 'text/event-stream') reply.header('x-accel-buffering', 'no');
    const text = route.media.startsWith('text/') ? `${route.media}; charset=utf-8` : route.media;
    return reply.type(text).send(body);
  }
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function addMeasures(app: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.duration('shinrai_http_request_seconds', 'Time to answer, by route template', ['method', 'route', 'status']);
  app.addHook('onResponse', async (request, reply) => {
    // The template, never the path: what people type must not make new series.
    seconds.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
}

function addOwnRoutes(app: FastifyInstance, options: HttpServerOptions): void {
  const document = JSON.stringify(
    buildOpenApi(
      options.routes.map(({ route }) => route),
      { version: options.version },
    ),
  );
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  app.get('/health', () => ({ status: 'alive', version: options.version }));
  app.get('/ready', async () => {
    try {
      await options.ready?.();
    } catch (error) {
      options.log.warning('not ready', { reason: error instanceof Error ? error.message : String(error) });
      throw new Problem(503, 'not-ready', 'Cannot work yet: a part that the server needs does not answer');
    }
    return { status: 'ready' };
  });
  app.get('/metrics', async (request, reply) => {
    // Counters tell a stranger what a site is and how it fares: this machine, or whoever is signed in (a token of a viewer).
    const isLocal = request.ip === '127.0.0.1' || request.ip === '::1';
    const caller = isLocal ? null : ((await options.authenticate({ headers: request.headers, address: request.ip }))?.caller ?? null);
    if (!isLocal && caller === null) throw new Problem(401, 'not-signed-in', 'Cannot show metrics: sign in first');
    return reply.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics());
  });
}

async function addConsole(app: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    await app.register(fastifyStatic, {
      root: folder,
      // Names below static/ hold a hash of their content; the page that names them must be asked for each time.
      setHeaders: (reply, path) => reply.header('cache-control', path.includes('/static/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !/^\/(api|static)(\/|$)/.test(request.url) && (request.headers.accept ?? '').includes('text/html');
    if (folder !== undefined && isPage) return reply.sendFile('index.html');
    return answerProblem(reply, request.id, { status: 404, code: 'not-found', detail: `Cannot find ${request.method} ${request.url.slice(0, 200)}` });
  });
}
