// SPDX-License-Identifier: Apache-2.0
// What the platform's stores and server do a second, every write durable: rows (SQLite), messages (the bus), requests over loopback with
// sign-in by token, validation and a stored row. Run: node_modules/.bin/node bench/platform.bench.ts [writes]
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { newId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { list, number, object, text } from '../src/base/schema.ts';
import { accountMigrations } from '../src/platform/accounts/migrations.node.ts';
import { createPasswordHasher } from '../src/platform/accounts/password.ts';
import { createAccounts } from '../src/platform/accounts/service.node.ts';
import { openVault } from '../src/platform/accounts/vault-key.node.ts';
import { openJournal } from '../src/platform/bus/store.node.ts';
import { createBus } from '../src/platform/bus/stream-bus.ts';
import { createMetrics } from '../src/platform/http/metrics.node.ts';
import { bind, declareRoute } from '../src/platform/http/route.ts';
import { createHttpServer } from '../src/platform/http/server.node.ts';
import { openDatabase } from '../src/platform/store/database.node.ts';
import { column, migrate } from '../src/platform/store/migration.node.ts';

const count = Number(process.argv[2] ?? 20_000);
const callers = 64;
const folder = mkdtempSync(join(tmpdir(), 'shinrai-bench-'));
const words = 'x'.repeat(400);
type Rows = { finding: { id: string; at_ms: number; words: string } };

async function measure(name: string, items: number, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${name.padEnd(58)} ${Math.round(items / seconds)
      .toLocaleString('en')
      .padStart(9)} /s ${(((user + system) / 1e6 / items) * 1e6).toFixed(1).padStart(8)} µs CPU each`,
  );
}
async function callAtOnce(times: number, call: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < times) {
      next += 1;
      await call(next);
    }
  };
  await Promise.all(Array.from({ length: callers }, run));
}

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${folder}`);
const database = await openDatabase({ folder, create: true });
await migrate(database, [
  ...accountMigrations,
  {
    name: 'bench/0001-table',
    up: async ({ schema }) => {
      const table = schema.createTable('finding').addColumn('id', column.id, (c) => c.primaryKey());
      await table
        .addColumn('at_ms', column.time, (c) => c.notNull())
        .addColumn('words', column.text, (c) => c.notNull())
        .execute();
    },
  },
]);
const tables = database.tables<Rows>();
const row = (): Rows['finding'] => ({ id: newId('finding'), at_ms: systemClock.nowMs(), words });
await measure('store: rows inserted singly', count / 10, () => callAtOnce(count / 10, () => tables.insertInto('finding').values(row()).execute()));
await measure('store: rows inserted 100 at a time', count, () =>
  callAtOnce(count / 100, () =>
    tables
      .insertInto('finding')
      .values(Array.from({ length: 100 }, row))
      .execute(),
  ),
);
await measure('store: rows read by key', count, () => callAtOnce(count, () => tables.selectFrom('finding').selectAll().where('id', '=', 'none').execute()));

const bus = createBus({ journal: openJournal(join(folder, 'stream.sqlite'), { create: true }), clock: systemClock, log: silentLog });
await measure(`bus: messages published singly by ${callers} callers`, count, () => callAtOnce(count, () => bus.publish('bench.finding', [{ words }])));
const batch = Array.from({ length: 100 }, () => ({ words }));
await measure('bus: messages published 100 at a time', count * 5, () => callAtOnce(count / 20, () => bus.publish('bench.finding', batch)));
await measure('bus: messages consumed by a group', count * 6, async () => {
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const handler = async (messages: readonly unknown[]): Promise<void> => {
      seen += messages.length;
      if (seen === count * 6) resolve();
    };
    bus.consume({ subject: 'bench.*', group: 'bench', handler }).catch(reject);
  });
});
await bus.close();

const Finding = object('BenchFinding', { words: text() });
const addFindings = declareRoute({
  method: 'POST',
  path: '/api/bench',
  name: 'addFindings',
  summary: 'Add',
  access: 'signed-in',
  body: object('BenchFindings', { findings: list(Finding) }),
  bodyBytesMax: 1_000_000,
  response: object('BenchDone', { count: number() }),
});
const settings = { siteName: 'bench', origins: ['http://localhost'], passkeyHost: 'localhost', hasTls: false };
const accounts = createAccounts({ database, vault: openVault({ folder, create: true }), clock: systemClock, audit: async () => {}, settings });
const server = await createHttpServer({
  routes: [
    ...accounts.routes,
    bind(addFindings, async ({ body }) => {
      await tables.insertInto('finding').values(body.findings.map(row)).execute();
      return { count: body.findings.length };
    }),
  ],
  authenticate: accounts.authenticate,
  log: silentLog,
  version: 'bench',
  metrics: createMetrics(),
  limits: { perAddress: 1e9, perAccount: 1e9 },
});
const url = await server.listen({ host: '127.0.0.1', port: 0 });
const agent = new Agent({ keepAlive: true, maxSockets: callers });
const link = await accounts.createFirstLink();
const session = await server.inject({ method: 'POST', url: '/api/session/link', payload: { secret: link?.secret } });
const cookie = String(session.headers['set-cookie']).split(';')[0] ?? '';
const headers = { cookie, 'x-shinrai-csrf': session.json().csrf, 'content-type': 'application/json' };
const send = (method: string, path: string, body?: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(url + path, { method, agent, headers }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${method} ${path}: ${answer.statusCode}`))));
    });
    sent.on('error', reject).end(body);
  });
const one = JSON.stringify({ findings: [{ words }] });
const hundred = JSON.stringify({ findings: Array.from({ length: 100 }, () => ({ words })) });
await measure('http: requests that read (GET /api/session)', count / 4, () => callAtOnce(count / 4, () => send('GET', '/api/session')));
await measure('http: findings stored, one a request', count / 10, () => callAtOnce(count / 10, () => send('POST', '/api/bench', one)));
await measure('http: findings stored, 100 a request', count, () => callAtOnce(count / 100, () => send('POST', '/api/bench', hundred)));
agent.destroy();
const hasher = createPasswordHasher();
await measure('accounts: passwords hashed (Argon2id, 64 MiB, 3 passes)', 10, () => callAtOnce(10, () => hasher.hash('a password')).then(() => {}));
await server.close();
await database.close();
rmSync(folder, { recursive: true });
