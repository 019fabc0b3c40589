// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFinding } from '../../../test/records.ts';
import { createLog, silentLog } from '../../base/log.ts';
import type { Finding } from '../../model/finding.ts';
import { createReporter, waitingMax } from './reporter.ts';

/** A centre that takes findings, fails while told to, and is slow while held. */
function createCentre() {
  const taken: Finding[] = [];
  const centre = {
    taken,
    isFailing: false,
    held: Promise.resolve(),
    receive: async (findings: readonly Finding[]): Promise<void> => {
      await centre.held;
      if (centre.isFailing) throw new Error('the disk is full');
      taken.push(...findings);
    },
  };
  return centre;
}

const pauseMs = 1;

test('findings reach the centre in order, and the line does not wait for it', async () => {
  const centre = createCentre();
  const { promise, resolve } = Promise.withResolvers<void>();
  centre.held = promise;
  const reporter = createReporter(centre.receive, silentLog, pauseMs);
  reporter.put([makeFinding({ id: 'fnd-1' })]);
  reporter.put([makeFinding({ id: 'fnd-2' })]);
  assert.equal(centre.taken.length, 0);
  resolve();
  await reporter.close();
  assert.deepEqual(
    centre.taken.map(({ id }) => id),
    ['fnd-1', 'fnd-2'],
  );
});

test('what the centre did not take is handed over again, in its latest form', async () => {
  const centre = createCentre();
  centre.isFailing = true;
  const said: string[] = [];
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const log = createLog({
    level: 'error',
    write: (line) => {
      said.push(line);
      resolve();
    },
  });
  const reporter = createReporter(centre.receive, log, pauseMs);
  reporter.put([makeFinding({ id: 'fnd-1', packetCount: 2 })]);
  await failed;
  reporter.put([makeFinding({ id: 'fnd-1', packetCount: 9 })]);
  centre.isFailing = false;
  await reporter.close();
  assert.deepEqual(
    centre.taken.map(({ id, packetCount }) => [id, packetCount]),
    [['fnd-1', 9]],
  );
  assert.match(said[0] ?? '', /the disk is full/);
});

test('a finding that grows while it is handed over is handed over again', async () => {
  const centre = createCentre();
  const { promise, resolve } = Promise.withResolvers<void>();
  centre.held = promise;
  const reporter = createReporter(centre.receive, silentLog, pauseMs);
  reporter.put([makeFinding({ packetCount: 2 })]);
  reporter.put([makeFinding({ packetCount: 9 })]);
  resolve();
  await reporter.close();
  assert.deepEqual(
    centre.taken.map(({ packetCount }) => packetCount),
    [2, 9],
  );
});

test('a centre that takes nothing costs bounded memory: the oldest are given up, and the log says how many', async () => {
  const centre = createCentre();
  centre.isFailing = true;
  const said: string[] = [];
  const reporter = createReporter(centre.receive, createLog({ level: 'error', write: (line) => void said.push(line) }), pauseMs);
  reporter.put(Array.from({ length: waitingMax + 3 }, (_, index) => makeFinding({ id: `fnd-${index}` })));
  assert.match(said.join(), /given up.*"lost":3/);
  await reporter.close();
  assert.deepEqual(centre.taken, []);
});
