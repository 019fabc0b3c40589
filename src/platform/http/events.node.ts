// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Json } from '../../base/canonical-json.ts';
import { refusalOf } from './access.ts';
import { Problem } from './problem.ts';
import type { Access, BoundRoute, Caller, Handler } from './route.ts';
import { watchEvents } from './routes.ts';

export interface EventLimits {
  /** How many past events can be asked for again. */
  readonly ringMax: number;
  /** Bytes that wait for one slow client before it is cut; it comes back and gets them from the ring. */
  readonly queueBytesMax: number;
  readonly clientsMax: number;
  readonly clientsPerAccountMax: number;
  readonly heartbeatMs: number;
}
const defaultLimits: EventLimits = { ringMax: 2_048, queueBytesMax: 1_048_576, clientsMax: 200, clientsPerAccountMax: 10, heartbeatMs: 15_000 };

/**
 * Hands events to all who are connected. Not durable: it tells that something changed, the API tells what is.
 * Order: each client sees events in the order of `publish`, without a gap or with a `reset`.
 */
export interface EventHub {
  /** `access` names who may see it; readers where missing. */
  publish(kind: string, payload: Json, access?: Access): void;
  /** The route `GET /api/events`. */
  readonly route: BoundRoute;
  readonly clientCount: () => number;
  /** Ends every stream; clients try again by themselves. */
  close(): void;
}

interface Entry {
  readonly sequence: number;
  readonly frame: string;
  readonly access: Access;
}
interface Client {
  readonly caller: Caller;
  readonly stream: Readable;
}

/** Creates a hub. Refuses clients with 503 `too-many-watchers`. `isStillSignedIn` is asked at each heartbeat, so that a revoked session ends its stream. */
export function createEventHub(options: {
  readonly limits?: Partial<EventLimits>;
  readonly isStillSignedIn?: (headers: Parameters<Handler<unknown, unknown, unknown, unknown>>[0]['headers'], caller: Caller) => Promise<boolean>;
}): EventHub {
  const limits = { ...defaultLimits, ...options.limits };
  // Ids of another run of the server mean nothing here: `<run>-<sequence>`.
  const run = randomBytes(6).toString('hex');
  const ring: Entry[] = [];
  const clients = new Set<Client>();
  let sequence = 0;

  const send = (client: Client, entry: Entry): void => {
    if (refusalOf(entry.access, client.caller) !== undefined) return;
    client.stream.push(entry.frame);
    // A client that does not read must not fill our memory. It is attacker-controlled how slowly it reads.
    if (client.stream.readableLength > limits.queueBytesMax) client.stream.destroy();
  };

  const publish = (kind: string, payload: Json, access: Access = 'signed-in'): void => {
    sequence += 1;
    // JSON has no raw line break, so one data line is enough.
    const entry = { sequence, access, frame: `id: ${run}-${sequence}\nevent: ${kind}\ndata: ${JSON.stringify(payload)}\n\n` };
    ring.push(entry);
    if (ring.length > limits.ringMax) ring.shift();
    for (const client of clients) send(client, entry);
  };

  const resume = (client: Client, lastId: string | undefined): void => {
    const first = ring[0]?.sequence ?? sequence + 1;
    const [lastRun, lastText] = (lastId ?? '').split('-');
    const last = Number(lastText);
    const isKnown = lastRun === run && Number.isSafeInteger(last) && last >= first - 1 && last <= sequence;
    if (lastId !== undefined && !isKnown) client.stream.push(`id: ${run}-${sequence}\nevent: reset\ndata: {}\n\n`);
    else if (lastId !== undefined) for (const entry of ring) if (entry.sequence > last) send(client, entry);
    if (lastId === undefined) client.stream.push(`id: ${run}-${sequence}\nevent: hello\ndata: {}\n\n`);
  };

  const open: Handler<unknown, unknown, unknown, unknown> = (request) => {
    const { caller } = request;
    if (caller === null) throw new Problem(401, 'not-signed-in', 'Cannot follow events: sign in first');
    const own = [...clients].filter((client) => client.caller.account === caller.account).length;
    if (clients.size >= limits.clientsMax || own >= limits.clientsPerAccountMax) {
      throw new Problem(503, 'too-many-watchers', `Cannot follow events: ${own} streams of this account are open, at most ${limits.clientsPerAccountMax}`);
    }
    const stream = new Readable({ read: () => {}, highWaterMark: limits.queueBytesMax });
    const client = { caller, stream };
    stream.push('retry: 2000\n\n');
    resume(client, textOf(request.headers['last-event-id']));
    const heartbeat = setInterval(() => {
      stream.push(': still here\n\n');
      void options.isStillSignedIn?.(request.headers, caller).then(
        (isSignedIn) => (isSignedIn ? undefined : stream.destroy()),
        () => stream.destroy(), // the default answer is no
      );
    }, limits.heartbeatMs);
    clients.add(client);
    stream.once('close', () => {
      clearInterval(heartbeat);
      clients.delete(client);
    });
    return stream;
  };

  return {
    publish,
    route: { route: watchEvents, handle: open },
    clientCount: () => clients.size,
    close: () => {
      for (const client of clients) client.stream.push(null);
    },
  };
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' && value.length <= 64 ? value : undefined;
}
