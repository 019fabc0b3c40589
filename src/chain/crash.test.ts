// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { createRandom } from '../base/random.ts';
import { auditLog } from './auditor.node.ts';
import { createSigner } from './keys.node.ts';
import { initLog, openLog } from './log.node.ts';

const origin = 'plant.example/crash';
const signer = createSigner(origin, new Uint8Array(32).fill(8));
const isChild = process.env['SHINRAI_CRASH_FOLDER'] !== undefined;

/** Appends for ever with several callers at once, and writes `index text` lines to its output after each acknowledgement. */
async function appendUntilKilled(path: string, seed: number, stepOfDeath: number): Promise<void> {
  let steps = 0;
  const onStep = (): void => {
    steps += 1;
    if (steps === stepOfDeath) process.kill(process.pid, 'SIGKILL');
  };
  const random = createRandom(seed);
  const log = await openLog(path, { signer, checkpointMs: 4, onStep });
  let number = 0;
  const appendOn = async (): Promise<void> => {
    for (;;) {
      const batch = Array.from({ length: 1 + random.below(12) }, () => {
        number += 1;
        return `${seed}:${number}:${'p'.repeat(random.below(60))}`;
      });
      const first = await log.append(batch.map(toUtf8));
      const lines = batch.map((text, place) => `${first + place} ${text}\n`).join('');
      await new Promise((resolve) => process.stdout.write(lines, resolve));
    }
  };
  await Promise.all([appendOn(), appendOn(), appendOn()]);
}

if (isChild) {
  const [folder = '', seed = '', step = ''] = [process.env['SHINRAI_CRASH_FOLDER'], process.env['SHINRAI_CRASH_SEED'], process.env['SHINRAI_CRASH_STEP']];
  await appendUntilKilled(folder, Number(seed), Number(step));
}

/** Runs a child until it is killed: by itself before its n-th change on disk, or by us at some moment; returns the lines it acknowledged. */
function runAndKill(path: string, seed: number, stepOfDeath: number, delayMs: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      SHINRAI_CRASH_FOLDER: path,
      SHINRAI_CRASH_SEED: String(seed),
      SHINRAI_CRASH_STEP: String(stepOfDeath),
      NODE_COMPILE_CACHE: join(tmpdir(), 'shinrai-compile-cache'),
      NODE_TEST_CONTEXT: '',
    };
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let failure = '';
    child.stderr.on('data', (chunk) => {
      failure += chunk;
    });
    child.stdout.on('data', (chunk) => {
      if (text === '' && delayMs >= 0) setTimeout(() => child.kill('SIGKILL'), delayMs);
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself (${signal}): ${failure}`));
      else resolve(text.split('\n').slice(0, -1)); // a line that was cut was not said
    });
  });
}

const killsAsked = process.env['SHINRAI_KILLS'];
const kills = Number(killsAsked ?? 200);
/** On a busy machine a child takes long to start: unless a number was asked for, the test is content with fewer after this time. */
const enoughMs = killsAsked === undefined ? 15_000 : Number.POSITIVE_INFINITY;
test(`after each of up to ${kills} kills at random points every acknowledged entry is there and the folder is whole`, { skip: isChild }, async (t) => {
  const seed = Number(process.env['SHINRAI_SEED'] ?? 2_962);
  t.diagnostic(`seed ${seed}`);
  const base = mkdtempSync(join(tmpdir(), 'shinrai-crash-'));
  let acknowledged = 0;
  let unsigned = 0;
  let done = 0;
  const start = performance.now();
  const runLane = async (lane: number): Promise<void> => {
    const random = createRandom(seed + lane);
    const known = new Map<number, string>();
    let path = '';
    for (let round = 0; round < kills / 2 && performance.now() - start < enoughMs; round += 1) {
      done += 1;
      if (round % 25 === 0) {
        path = join(base, `${lane}-${round}`);
        known.clear();
        await initLog(path, origin, signer);
      }
      const isByStep = random.below(2) === 0;
      const lines = await runAndKill(path, seed * 1_000 + round, isByStep ? 1 + random.below(150) : 0, isByStep ? -1 : random.below(12));
      for (const line of lines) {
        const space = line.indexOf(' ');
        known.set(Number(line.slice(0, space)), line.slice(space + 1));
      }
      acknowledged += lines.length;
      const found = new Map<number, string>();
      const report = await auditLog(path, {
        vkey: signer.vkey,
        checkEntry: async (index, entry) => {
          found.set(index, fromUtf8(entry));
          return undefined;
        },
      });
      unsigned += report.unsigned;
      assert.deepEqual(report.problems, [], `seed ${seed}, lane ${lane}, round ${round}`);
      for (const [index, text] of known) assert.equal(found.get(index), text, `entry ${index}: seed ${seed}, lane ${lane}, round ${round}`);
    }
  };
  try {
    await Promise.all([runLane(1), runLane(2)]);
  } finally {
    rmSync(base, { recursive: true });
  }
  t.diagnostic(`${done} kills, ${acknowledged} entries acknowledged, ${unsigned} found in journals beyond a checkpoint, summed over the kills`);
  assert.ok(done > 20 && acknowledged > done && unsigned > 0, 'the kills came while entries were being written');
});

test('a log that stops before any single change on disk goes on with everything acknowledged', { skip: isChild }, async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'shinrai-steps-'));
  const start = join(base, 'start');
  await initLog(start, origin, signer);
  const filled = await openLog(start, { signer });
  await filled.append(Array.from({ length: 250 }, (_, index) => toUtf8(`old ${index}`)));
  await filled.close();

  /** Goes over a full tile, with two checkpoints; every change from the given one on fails, as for a process that is no more. */
  const run = async (path: string, stepOfDeath: number): Promise<{ readonly steps: number; readonly known: ReadonlyMap<number, string> }> => {
    let steps = 0;
    const known = new Map<number, string>();
    const onStep = (): void => {
      steps += 1;
      if (steps >= stepOfDeath) throw new Error('dead');
    };
    try {
      const log = await openLog(path, { signer, onStep, checkpointMs: 60_000 });
      try {
        for (const count of [3, 20, 7]) {
          const texts = Array.from({ length: count }, (_, place) => `new ${stepOfDeath} ${count} ${place}`);
          const first = await log.append(texts.map(toUtf8));
          for (const [place, text] of texts.entries()) known.set(first + place, text);
          if (count !== 3) await log.checkpoint();
        }
      } finally {
        await log.close();
      }
    } catch (error) {
      if (stepOfDeath === Number.POSITIVE_INFINITY) throw error;
    }
    return { steps, known };
  };
  try {
    cpSync(start, join(base, 'all'), { recursive: true });
    const { steps: stepsMax } = await run(join(base, 'all'), Number.POSITIVE_INFINITY);
    t.diagnostic(`${stepsMax} changes on disk`);
    assert.ok(stepsMax > 60);
    for (let step = 1; step <= stepsMax; step += 1) {
      const path = join(base, String(step));
      cpSync(start, path, { recursive: true });
      const first = await run(path, step);
      assert.deepEqual((await auditLog(path, { vkey: signer.vkey })).problems, [], `stopped before change ${step}`);
      const second = await run(path, Number.POSITIVE_INFINITY);
      const found = new Map<number, string>();
      const checkEntry = async (index: number, entry: Uint8Array): Promise<undefined> => {
        found.set(index, fromUtf8(entry));
      };
      const report = await auditLog(path, { vkey: signer.vkey, checkEntry });
      assert.deepEqual([report.problems, report.notes, report.unsigned], [[], [], 0], `gone on after change ${step}`);
      for (const [index, text] of [...first.known, ...second.known]) assert.equal(found.get(index), text, `entry ${index}, stopped before change ${step}`);
      rmSync(path, { recursive: true });
    }
  } finally {
    rmSync(base, { recursive: true });
  }
});
