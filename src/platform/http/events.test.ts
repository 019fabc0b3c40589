// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../base/log.ts';
import { createEventHub, type EventHub } from './events.node.ts';
import { createMetrics } from './metrics.node.ts';
import { roles } from './route.ts';
import { createHttpServer, type HttpServer } from './server.node.ts';

interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

async function start(hub: EventHub): Promise<{ readonly server: HttpServer; readonly url: string }> {
  const server = await createHttpServer({
    routes: [hub.route],
    authenticate: async ({ headers }) => {
      const role = roles.find((name) => name === headers['x-role']);
      return role === undefined ? null : { caller: { account: `acc-${role}`, name: role, role }, csrf: null };
    },
    log: silentLog,
    version: '1',
    metrics: createMetrics(),
  });
  return { server, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

async function follow(url: string, role: string, lastId?: string): Promise<{ readonly answer: IncomingMessage; until(count: number): Promise<Received[]> }> {
  const headers = { 'x-role': role, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => get(`${url}/api/events`, { headers }, resolve).on('error', reject));
  let textSoFar = '';
  let wake: () => void = () => {};
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    textSoFar += chunk;
    wake();
  });
  answer.on('close', () => wake()).on('error', () => {});
  const parse = (): Received[] =>
    [...textSoFar.matchAll(/id: (.*)\nevent: (.*)\ndata: (.*)\n\n/g)].map(([, id = '', event = '', data = '']) => ({ id, event, data }));
  return {
    answer,
    until: async (count) => {
      while (parse().length < count && !answer.destroyed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return parse();
    },
  };
}

test('everyone who follows gets each event in order, and only those of their role', async () => {
  const hub = createEventHub({});
  const { server, url } = await start(hub);
  const viewer = await follow(url, 'viewer');
  const administrator = await follow(url, 'administrator');
  await Promise.all([viewer.until(1), administrator.until(1)]);
  hub.publish('finding', { id: 'fnd-1', text: 'line\nbreak' });
  hub.publish('account', { id: 'acc-1' }, ['administrator']);
  hub.publish('finding', { id: 'fnd-2' });
  assert.deepEqual(
    (await administrator.until(4)).map((entry) => entry.event),
    ['hello', 'finding', 'account', 'finding'],
  );
  const seen = await viewer.until(3);
  assert.deepEqual(
    seen.map((entry) => entry.event),
    ['hello', 'finding', 'finding'],
  );
  assert.deepEqual(JSON.parse(seen[1]?.data ?? ''), { id: 'fnd-1', text: 'line\nbreak' });
  assert.equal(viewer.answer.headers['content-type'], 'text/event-stream; charset=utf-8');
  hub.close();
  await server.close();
});

test('who comes back gets exactly what was missed, and a reset where too much was missed or the server was another', async () => {
  const hub = createEventHub({ limits: { ringMax: 3 } });
  const { server, url } = await start(hub);
  const first = await follow(url, 'viewer');
  await first.until(1);
  hub.publish('finding', 1);
  const lastId = (await first.until(2))[1]?.id ?? '';
  first.answer.destroy();
  hub.publish('finding', 2);
  hub.publish('finding', 3);
  const second = await follow(url, 'viewer', lastId);
  assert.deepEqual(
    (await second.until(2)).map((entry) => entry.data),
    ['2', '3'],
  );
  for (const number of [4, 5, 6, 7]) hub.publish('finding', number);
  const third = await follow(url, 'viewer', lastId);
  assert.deepEqual(
    (await third.until(1)).map((entry) => entry.event),
    ['reset'],
  );
  for (const stranger of ['other-2', 'x', '', `${lastId.split('-')[0]}-999`]) {
    const client = await follow(url, 'viewer', stranger);
    assert.deepEqual(
      (await client.until(1)).map((entry) => entry.event),
      ['reset'],
      stranger,
    );
    client.answer.destroy();
  }
  hub.close();
  await server.close();
});

test('a client that does not read is cut before it fills the memory, and the others go on', async () => {
  const hub = createEventHub({ limits: { queueBytesMax: 100_000 } });
  const { server, url } = await start(hub);
  const slow = await follow(url, 'viewer');
  await slow.until(1);
  slow.answer.pause();
  const quick = await follow(url, 'operator');
  await quick.until(1);
  let count = 0;
  for (; hub.clientCount() === 2 && count < 2_000; count += 1) {
    hub.publish('finding', 'x'.repeat(50_000));
    await quick.until(count + 2);
  }
  assert.equal(hub.clientCount(), 1);
  hub.publish('finding', 'still here');
  const seen = await quick.until(count + 2);
  assert.equal(seen.at(-1)?.data, '"still here"');
  hub.close();
  await server.close();
});

test('a client that goes away is forgotten', async () => {
  const hub = createEventHub({});
  const { server, url } = await start(hub);
  const client = await follow(url, 'viewer');
  await client.until(1);
  assert.equal(hub.clientCount(), 1);
  client.answer.destroy();
  while (hub.clientCount() > 0) await sleep(1);
  hub.publish('finding', 'nobody is there');
  hub.close();
  await server.close();
});

test('too many streams of one account and strangers are refused', async () => {
  const hub = createEventHub({ limits: { clientsPerAccountMax: 1 } });
  const { server, url } = await start(hub);
  const first = await follow(url, 'viewer');
  await first.until(1);
  assert.equal((await follow(url, 'viewer')).answer.statusCode, 503);
  assert.equal((await follow(url, 'nobody')).answer.statusCode, 401);
  assert.equal((await follow(url, 'operator')).answer.statusCode, 200);
  hub.close();
  await server.close();
});

test('the stream of someone who is no longer signed in ends at the next heartbeat', async () => {
  let isSignedIn = true;
  const hub = createEventHub({ limits: { heartbeatMs: 10 }, isStillSignedIn: async () => isSignedIn });
  const { server, url } = await start(hub);
  const client = await follow(url, 'viewer');
  await client.until(1);
  await sleep(50);
  assert.equal(hub.clientCount(), 1);
  isSignedIn = false;
  await new Promise((resolve) => client.answer.once('close', resolve));
  assert.equal(hub.clientCount(), 0);
  hub.close();
  await server.close();
});
