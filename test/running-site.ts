// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { startShinrai } from './command-line.ts';

/** A demonstration site that runs as a process of its own, as people start it. */
export interface RunningProcess {
  readonly url: string;
  readonly signInUrl: string | null;
  readonly child: ChildProcess;
  /** Everything it said on standard error so far. */
  said(): string;
  /** Ctrl-C; answers the exit code and how long the end took. */
  stop(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** kill -9: the process ends without another instruction. */
  kill(): Promise<void>;
}

const startMs = 40_000;

/** Starts `shinrai start --demo` on any free port, and waits until it says its address. */
export async function startDemonstration(folder: string): Promise<RunningProcess> {
  const child = startShinrai(['start', '--demo', '--port', '0', '--json', '--data', folder]);
  let [out, said] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const isReady = waitFor('the address of the site', startMs, () => (out.includes('\n') ? true : undefined));
  const first = await Promise.race([isReady, ended]);
  if (first !== true) throw new Error(`the site ended with ${first}: ${said}`);
  const { url, signInUrl } = JSON.parse(out);
  return {
    url,
    signInUrl,
    child,
    said: () => said,
    stop: async () => {
      const startedMs = performance.now();
      child.kill('SIGINT');
      return { code: await ended, tookMs: performance.now() - startedMs };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Asks again and again until the answer is not undefined; fails with what it waited for. */
export async function waitFor<T>(what: string, limitMs: number, ask: () => Promise<T | undefined> | T | undefined, everyMs = 250): Promise<T> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await wait(everyMs)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`waited ${limitMs / 1000} s for ${what}`);
}

/** Somebody at the API of a site. */
export interface Client {
  /** Answers the body of a success; anything else is an error with the status and the code of the problem. */
  // Tests look into answers of many forms; the server has checked each against its schema.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<any>;
  status(method: string, path: string, body?: object): Promise<number>;
  /** Only how it was answered: the body is not read to its end (streams have none). */
  probe(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly code: string | undefined; readonly type: string }>;
  /** The same caller at another address: the site after a new start. */
  at(url: string): Client;
}

/** Speaks with a token, or as nobody. */
export function createClient(url: string, headers: Readonly<Record<string, string>> = {}): Client {
  const ask = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  return {
    send: async (method, path, body) => {
      const answer = await ask(method, path, body);
      const content = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${content}`);
      return content === '' ? undefined : JSON.parse(content);
    },
    status: async (method, path, body) => {
      const answer = await ask(method, path, body);
      await answer.arrayBuffer();
      return answer.status;
    },
    probe: async (method, path, body) => {
      const answer = await ask(method, path, body);
      const type = answer.headers.get('content-type') ?? '';
      if (answer.ok) {
        await answer.body?.cancel();
        return { status: answer.status, code: undefined, type };
      }
      const { code } = type.includes('json') ? JSON.parse(await answer.text()) : {};
      return { status: answer.status, code, type };
    },
    at: (other) => createClient(other, headers),
  };
}

/** Signs in by the one-time link and answers a client that keeps the session's cookie and CSRF value. */
export async function signInByLink(site: { readonly url: string; readonly signInUrl: string | null }): Promise<Client> {
  const secret = /\/link#(.+)$/.exec(site.signInUrl ?? '')?.[1];
  const answer = await fetch(`${site.url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret }),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  const session: { readonly csrf: string } = JSON.parse(await answer.text());
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return createClient(site.url, { cookie, 'x-shinrai-csrf': session.csrf });
}

/** A client with a token of its own that outlives restarts of the site. */
export async function openToken(client: Client, url: string, role: string): Promise<Client> {
  const { secret } = await client.send('POST', '/api/tokens', { name: `test ${role}`, role, daysValid: 1 });
  return createClient(url, { authorization: `Bearer ${secret}` });
}
