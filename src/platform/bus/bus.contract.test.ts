// SPDX-License-Identifier: Apache-2.0
// What a bus promises, run over every kind of bus. A bus over NATS JetStream adds one row to `kinds`.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../base/canonical-json.ts';
import { createManualClock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { type Bus, type ConsumeOptions, type Message, payloadBytesMax } from './bus.ts';
import { createMemoryJournal } from './journal.ts';
import { openJournal } from './store.node.ts';
import { type BusLimits, createBus } from './stream-bus.ts';

interface Kind {
  readonly name: string;
  /** Closes the bus and opens it again on what it kept; undefined where it keeps nothing. */
  readonly isDurable: boolean;
  open(limits: Partial<BusLimits>): {
    readonly bus: Bus;
    reopen(): Promise<Bus>;
    remove(): Promise<void>;
    readonly clock: ReturnType<typeof createManualClock>;
  };
}

const quick = { firstDelayMs: 1, delayMsMax: 4 };
const kinds: readonly Kind[] = [
  {
    name: 'in memory',
    isDurable: false,
    open: (limits) => {
      const clock = createManualClock(1_000_000);
      const bus = createBus({ journal: createMemoryJournal(), clock, log: silentLog, limits: { ...quick, ...limits } });
      return { bus, clock, reopen: async () => bus, remove: () => bus.close() };
    },
  },
  {
    name: 'in a file',
    isDurable: true,
    open: (limits) => {
      const folder = mkdtempSync(join(tmpdir(), 'shinrai-bus-'));
      const clock = createManualClock(1_000_000);
      const start = (): Bus =>
        createBus({ journal: openJournal(join(folder, 'stream.sqlite'), { create: true }), clock, log: silentLog, limits: { ...quick, ...limits } });
      let now = start();
      return {
        bus: now,
        clock,
        reopen: async () => {
          await now.close();
          now = start();
          return now;
        },
        remove: async () => {
          await now.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
  },
];

/** Collects what a group sees; `until` waits for a number of messages. */
async function collect(bus: Bus, options: Partial<ConsumeOptions> & { readonly group: string }, act: (message: Message) => Promise<void> | void = () => {}) {
  const seen: Message[] = [];
  const batches: number[] = [];
  let wake: () => void = () => {};
  const subscription = await bus.consume({
    subject: '>',
    handler: async (messages) => {
      batches.push(messages.length);
      for (const message of messages) {
        seen.push(message);
        wake();
        await act(message);
      }
    },
    ...options,
  });
  const until = async (count: number): Promise<readonly Message[]> => {
    while (seen.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return seen;
  };
  return { subscription, seen, batches, until, payloads: () => seen.map((message) => message.payload) };
}

function refusal(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ShinraiError && error.code === code;
}

for (const kind of kinds) {
  describe(`a bus ${kind.name}`, () => {
    const withBus = (name: string, body: (place: ReturnType<Kind['open']>) => Promise<void>, limits: Partial<BusLimits> = {}): void => {
      test(name, async () => {
        const place = kind.open(limits);
        try {
          await body(place);
        } finally {
          await place.remove();
        }
      });
    };

    withBus('answers the sequence of the last message of each publish, growing', async ({ bus }) => {
      assert.deepEqual(await Promise.all([bus.publish('a', [1, 2, 3]), bus.publish('b', [4]), bus.publish('a', [])]).then((all) => all.slice(0, 2)), [3, 4]);
      assert.equal(await bus.publish('a', [5]), 5);
    });

    withBus('hands each group every message once, in order, with its payload as it was', async ({ bus, clock }) => {
      const payloads: Json[] = [null, true, 1.5, '日本語 "\u0000', [1, [2]], { a: { b: null } }];
      const early = await collect(bus, { group: 'early' });
      await bus.publish('plant.finding', payloads);
      const late = await collect(bus, { group: 'late' });
      for (const group of [early, late]) {
        await group.until(6);
        assert.deepEqual(group.payloads(), payloads);
        assert.deepEqual(
          group.seen.map((message) => message.sequence),
          [1, 2, 3, 4, 5, 6],
        );
        assert.ok(group.seen.every((message) => message.delivery === 1 && message.subject === 'plant.finding' && message.atMs === clock.nowMs()));
      }
    });

    withBus('gives a group the subjects it wants and counts the others as done', async ({ bus }) => {
      const group = await collect(bus, { group: 'g', subject: 'plant.*.finding' });
      await bus.publish('plant.a.finding', [1]);
      await bus.publish('plant.a.flow', [2]);
      await bus.publish('plant.a.b.finding', [3]);
      await bus.publish('plant.b.finding', [4]);
      await bus.publish('other', [5]);
      await group.until(2);
      assert.deepEqual(group.payloads(), [1, 4]);
      // The last message is for others: that it was passed over shows in the count only.
      while (group.subscription.state().pendingCount > 0) await sleep(1);
      await group.subscription.stop();
      assert.deepEqual(group.payloads(), [1, 4]);
    });

    withBus('begins a new group with what comes from now on where asked', async ({ bus }) => {
      await bus.publish('a', [1]);
      const group = await collect(bus, { group: 'g', from: 'new' });
      await bus.publish('a', [2]);
      await group.until(1);
      assert.deepEqual(group.payloads(), [2]);
    });

    withBus('works in batches of at most the number asked for', async ({ bus }) => {
      await bus.publish(
        'a',
        Array.from({ length: 25 }, (_, index) => index),
      );
      const group = await collect(bus, { group: 'g', batchMax: 10 });
      await group.until(25);
      assert.deepEqual(group.batches, [10, 10, 5]);
    });

    withBus('shares the work of a group among its members, one batch at a time', async ({ bus }) => {
      let atWork = 0;
      let atWorkMax = 0;
      const act = async (): Promise<void> => {
        atWork += 1;
        atWorkMax = Math.max(atWorkMax, atWork);
        await sleep(1);
        atWork -= 1;
      };
      const [first, second] = [await collect(bus, { group: 'g', batchMax: 1 }, act), await collect(bus, { group: 'g', batchMax: 1 }, act)];
      await bus.publish(
        'a',
        Array.from({ length: 10 }, (_, index) => index),
      );
      await Promise.all([first.until(4), second.until(4)]);
      while (first.seen.length + second.seen.length < 10) await sleep(1);
      assert.deepEqual(
        [...first.payloads(), ...second.payloads()].map(Number).sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
      assert.equal(atWorkMax, 1);
    });

    withBus('repeats a failed batch one by one, keeps the order, and counts deliveries', async ({ bus }) => {
      let failures = 2;
      const group = await collect(bus, { group: 'g' }, ({ payload }) => {
        if (payload === 'b' && failures > 0) {
          failures -= 1;
          throw new Error('not now');
        }
      });
      await bus.publish('a', ['a', 'b', 'c']);
      await bus.publish('a', ['d']);
      await group.until(7);
      assert.deepEqual(
        group.seen.map((message) => `${message.payload}${message.delivery}`),
        // The first batch may or may not hold "d", which was published a moment later: it follows in order either way.
        ['a1', 'b1', 'a2', 'b2', 'b3', 'c2', group.seen[6]?.delivery === 2 ? 'd2' : 'd1'],
      );
      await group.subscription.stop();
      assert.deepEqual(group.subscription.state(), { pendingCount: 0, deadLetterCount: 0, lostCount: 0 });
    });

    withBus('puts a message that always fails among the dead letters after so many deliveries, and goes on', async ({ bus }) => {
      const group = await collect(bus, { group: 'g', deliverMax: 3 }, ({ payload }) => {
        if (payload === 'poison') throw new Error('cannot read it');
      });
      await bus.publish('a', ['x', 'poison', 'y']);
      while (!group.payloads().includes('y')) await sleep(1);
      assert.equal(group.payloads().filter((payload) => payload === 'poison').length, 3);
      await group.subscription.stop();
      assert.equal(group.subscription.state().deadLetterCount, 1);
      const [letter, ...more] = await bus.deadLetters('g');
      assert.deepEqual(
        [letter?.message.payload, letter?.message.sequence, letter?.message.delivery, letter?.reason, more.length],
        ['poison', 2, 3, 'cannot read it', 0],
      );
      assert.deepEqual(await bus.deadLetters('other'), []);
    });

    withBus('counts a batch that is not done in time as failed, and tells its handler', async ({ bus }) => {
      const signals: AbortSignal[] = [];
      let isStuck = true;
      let done: () => void = () => {};
      const isDone = new Promise<void>((resolve) => {
        done = resolve;
      });
      await bus.consume({
        subject: 'a',
        group: 'g',
        ackWaitMs: 10,
        handler: async (messages, signal) => {
          signals.push(signal);
          if (isStuck) {
            isStuck = false;
            await new Promise(() => {});
          }
          assert.equal(messages[0]?.delivery, 2);
          done();
        },
      });
      await bus.publish('a', [1]);
      await isDone;
      assert.deepEqual([signals.length, signals[0]?.aborted, signals[1]?.aborted], [2, true, false]);
    });

    withBus('stops after the batch at work, and another member goes on with the next message', async ({ bus }) => {
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const first = await collect(bus, { group: 'g', batchMax: 1 }, () => held);
      await bus.publish('a', [1, 2, 3]);
      await first.until(1);
      let isStopped = false;
      const stopping = first.subscription.stop().then(() => {
        isStopped = true;
      });
      await sleep(5);
      assert.equal(isStopped, false, 'it waits for the batch at work');
      release();
      await stopping;
      const second = await collect(bus, { group: 'g' });
      await second.until(2);
      assert.deepEqual([first.payloads(), second.payloads()], [[1], [2, 3]]);
    });

    withBus(
      'drops what is too old, and tells a group how much it lost',
      async ({ bus, clock }) => {
        await bus.publish('a', [1, 2]);
        clock.advance(1_001);
        await bus.publish('a', [3]);
        const group = await collect(bus, { group: 'g' });
        await group.until(1);
        assert.deepEqual(group.payloads(), [3]);
        assert.equal(group.subscription.state().lostCount, 2);
      },
      { ageMsMax: 1_000 },
    );

    withBus(
      'drops the oldest above its size',
      async ({ bus }) => {
        for (let count = 0; count < 10; count += 1) await bus.publish('a', ['x'.repeat(98)]);
        const group = await collect(bus, { group: 'g' });
        await group.until(5);
        await group.subscription.stop();
        assert.deepEqual(
          group.seen.map((message) => message.sequence),
          [6, 7, 8, 9, 10],
        );
      },
      { bytesMax: 500 },
    );

    withBus('refuses what is not a subject, a name or a payload of its size', async ({ bus }) => {
      for (const subject of ['', 'a.', '.a', 'a..b', 'a b', 'a.*', 'a.>', 'é', 'x'.repeat(201)])
        await assert.rejects(bus.publish(subject, [1]), refusal('bus.subject'), subject);
      const handler = async (): Promise<void> => {};
      for (const subject of ['', 'a.>.b', '>.a', 'a*', '**'])
        await assert.rejects(bus.consume({ subject, group: 'g', handler }), refusal('bus.subject'), subject);
      await assert.rejects(bus.consume({ subject: 'a', group: 'g g', handler }), refusal('bus.group'));
      await bus.publish('a', ['x'.repeat(payloadBytesMax - 2)]);
      await assert.rejects(bus.publish('a', ['x'.repeat(payloadBytesMax - 1)]), refusal('bus.payload'));
      await assert.rejects(bus.publish('a', ['信'.repeat(payloadBytesMax / 3)]), refusal('bus.payload'), 'bytes count, not characters');
    });

    withBus('refuses a second subject for a group at work, and takes it when all have left', async ({ bus }) => {
      const group = await collect(bus, { group: 'g', subject: 'a' });
      await assert.rejects(collect(bus, { group: 'g', subject: 'b' }), refusal('bus.group'));
      await bus.publish('a', [1]);
      await bus.publish('b', [2]);
      await group.until(1);
      await group.subscription.stop();
      await bus.publish('b', [3]);
      const other = await collect(bus, { group: 'g', subject: 'b' });
      await other.until(1);
      assert.ok(other.payloads().includes(3) || other.payloads().includes(2));
    });

    withBus(
      'refuses to publish where too much waits, and stores nothing of it',
      async ({ bus }) => {
        const first = bus.publish('a', ['x'.repeat(60)]);
        await assert.rejects(bus.publish('a', ['y'.repeat(60)]), refusal('bus.full'));
        assert.equal(await first, 1);
        assert.equal(await bus.publish('a', ['z'.repeat(60)]), 2);
      },
      { waitingBytesMax: 100 },
    );

    withBus('refuses everything after it was closed', async ({ bus }) => {
      await bus.close();
      await assert.rejects(bus.publish('a', [1]), refusal('bus.closed'));
      await assert.rejects(bus.consume({ subject: 'a', group: 'g', handler: async () => {} }), refusal('bus.closed'));
    });

    if (!kind.isDurable) return;

    withBus('goes on after a restart: messages, places, dead letters and the count of failures are kept', async ({ bus, reopen }) => {
      const first = await collect(bus, { group: 'g', deliverMax: 1, batchMax: 1 }, ({ payload }) => {
        if (payload === 2) throw new Error('no');
      });
      await bus.publish('a', [1, 2]);
      await first.until(2);
      await first.subscription.stop();
      await bus.publish('a', [3, 4]);
      const again = await reopen();
      const second = await collect(again, { group: 'g', deliverMax: 3 }, () => {
        throw new Error('still no');
      });
      await second.until(1);
      assert.deepEqual(second.payloads().slice(0, 1), [3]);
      await second.subscription.stop();
      assert.equal((await again.deadLetters('g')).length, 1);
      const third = await collect(await reopen(), { group: 'g' });
      await third.until(2);
      assert.deepEqual(third.payloads(), [3, 4]);
      assert.ok((third.seen[0]?.delivery ?? 0) >= 2, 'the failure before the restart is counted');
      assert.equal(await (await reopen()).publish('a', [5]), 5, 'sequences go on');
    });

    withBus('never uses a sequence again, also where all messages were dropped', async ({ bus, clock, reopen }) => {
      await bus.publish('a', [1, 2, 3]);
      clock.advance(8 * 24 * 3_600_000);
      const group = await collect(bus, { group: 'g' }); // its place is written, and the old messages dropped with it
      await group.subscription.stop();
      assert.equal(await (await reopen()).publish('a', [4]), 4);
    });
  });
}
