// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createManualClock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { createMemoryJournal } from './journal.ts';
import { openJournal } from './store.node.ts';
import { createBus } from './stream-bus.ts';

const keep = { sinceMs: 0, bytesMax: 1e9 };

function withFolder(body: (folder: string) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shinrai-bus-'));
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

test(
  'messages acknowledged before kill -9 are there afterwards, in order and without gap',
  withFolder(async (folder) => {
    const path = join(folder, 'stream.sqlite');
    const child = spawn(process.execPath, [fileURLToPath(new URL('./crash-fixture.node.ts', import.meta.url)), path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let last = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (last > 300) child.kill('SIGKILL');
    }
    assert.ok(last > 300);
    const journal = openJournal(path);
    const entries = journal.read(0, last + 1_000);
    assert.ok(entries.length >= last);
    assert.deepEqual(
      entries.map((entry) => [entry.sequence, Number(entry.text)]),
      entries.map((_, index) => [index + 1, index + 1]),
    );
    journal.close();
  }),
);

test(
  'a write that fails stores nothing of it and the next one goes on',
  withFolder((folder) => {
    const journal = openJournal(join(folder, 'stream.sqlite'), { create: true });
    const good = { subject: 'a', atMs: 1, text: '1', sizeBytes: 1 };
    // What the type does not allow stands for a disk that fails in the middle of a transaction.
    const bad = { ...good, subject: null as unknown as string };
    assert.throws(() => journal.write({ entries: [good, bad], groups: [], deadLetters: [], keep }));
    assert.deepEqual(journal.read(0, 10), []);
    journal.write({ entries: [good], groups: [], deadLetters: [], keep });
    assert.equal(journal.read(0, 10).length, 1);
    journal.close();
  }),
);

test('publishers are told where the stream could not be written, and consumers keep their place', async () => {
  const journal = createMemoryJournal();
  let isBroken = false;
  const bus = createBus({
    journal: {
      ...journal,
      write: (write) => {
        if (isBroken) throw new Error('no space left on device');
        return journal.write(write);
      },
    },
    clock: createManualClock(1),
    log: silentLog,
  });
  await bus.publish('a', [1]);
  isBroken = true;
  const isWriteRefusal = (error: unknown): boolean => error instanceof ShinraiError && error.code === 'bus.write';
  const both = await Promise.allSettled([bus.publish('a', [2]), bus.publish('a', [3])]);
  assert.ok(both.every((one) => one.status === 'rejected' && isWriteRefusal(one.reason)));
  isBroken = false;
  assert.equal(await bus.publish('a', [4]), 2);
  const seen: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const handler = async (messages: readonly { readonly payload: unknown }[]): Promise<void> => {
      seen.push(...messages.map((message) => message.payload));
      if (seen.length === 2) resolve();
    };
    bus.consume({ subject: 'a', group: 'g', handler }).catch(reject);
  });
  assert.deepEqual(seen, [1, 4]);
  await bus.close();
});

test('the place of a group that could not be written is written with the next write', async () => {
  const journal = createMemoryJournal();
  let failures = 0;
  let isBroken = false;
  const write: typeof journal.write = (content) => {
    if (!isBroken) return journal.write(content);
    failures += 1;
    throw new Error('no space left on device');
  };
  const bus = createBus({ journal: { ...journal, write }, clock: createManualClock(1), log: silentLog });
  await bus.publish('a', [1, 2]);
  await new Promise<void>((resolve, reject) => {
    const handler = async (): Promise<void> => {
      isBroken = true;
      resolve();
    };
    bus.consume({ subject: 'a', group: 'g', handler }).catch(reject);
  });
  while (failures === 0) await sleep(5);
  assert.equal(journal.group('g')?.cursor, 0);
  isBroken = false;
  await bus.close();
  assert.equal(journal.group('g')?.cursor, 2);
});

test(
  'opening refuses a missing file, and a file of another version; the file is for its owner only',
  withFolder((folder) => {
    const path = join(folder, 'stream.sqlite');
    const code = (expected: string) => (error: unknown) => error instanceof ShinraiError && error.code === expected;
    assert.throws(() => openJournal(path), code('bus.missing'));
    assert.throws(() => openJournal(join(folder, 'none', 'stream.sqlite'), { create: true }), code('bus.missing'));
    openJournal(path, { create: true }).close();
    assert.equal(statSync(path).mode & 0o077, 0);
    const file = new DatabaseSync(path);
    file.exec('pragma user_version = 2');
    file.close();
    assert.throws(() => openJournal(path), code('bus.version'));
  }),
);
