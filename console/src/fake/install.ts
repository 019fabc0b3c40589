// SPDX-License-Identifier: Apache-2.0
import { systemClock } from '../../../src/base/clock.ts';
import { createFakeAccounts } from './accounts.ts';
import { answerRequest, type FakeSite } from './server.ts';
import { FakeWorld, type Scene, scenes } from './world.ts';

const answerMs = 60;
const tickMs = 1_000;

/** Puts the fake in the place of the server: `fetch` and `EventSource` for /api. */
export function installFake(): void {
  const wanted = localStorage.getItem('shinrai.fake.scene');
  const scene: Scene = scenes.find((name) => name === wanted) ?? 'alarm';
  const events = new EventTarget();
  const tell = (kind: string, id: string): void => {
    events.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify({ id }) }));
  };
  const nowMs = systemClock.nowMs();
  const site: FakeSite = {
    world: new FakeWorld(scene, nowMs, tell),
    accounts: createFakeAccounts(scene, nowMs),
    settings: { siteName: 'Hoshino waterworks', language: 'ja', timeZone: 'Asia/Tokyo', responseLimitMinutes: 15, packetsKeepMegabytes: 2_048 },
  };
  setInterval(() => {
    site.world.tick(systemClock.nowMs());
    tell('plant', '');
  }, tickMs);
  const realFetch = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (!url.pathname.startsWith('/api/')) return realFetch(input, init);
    const text = await request.text();
    const body: unknown = text === '' ? {} : JSON.parse(text);
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    const asked = { method: request.method, path: url.pathname, query: url.searchParams, body: isRecord(body) ? body : {} };
    const answer = await answerRequest(site, asked, systemClock.nowMs());
    if (answer.body === undefined) return new Response(null, { status: answer.status });
    const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers: { 'content-type': type } });
  };
  // Only what the console uses of EventSource.
  globalThis.EventSource = fakeEventSource(events, scene === 'broken') as unknown as typeof EventSource;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fakeEventSource(events: EventTarget, isBroken: boolean) {
  return class {
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    readonly #closed = new AbortController();

    constructor() {
      setTimeout(() => (isBroken ? this.onerror?.() : this.onopen?.()), answerMs);
    }

    addEventListener(kind: string, listener: EventListener): void {
      events.addEventListener(kind, listener, { signal: this.#closed.signal });
    }

    close(): void {
      this.#closed.abort();
    }
  };
}
