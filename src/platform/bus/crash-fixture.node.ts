// SPDX-License-Identifier: Apache-2.0
// Run by store.test.ts as a process of its own: publishes for ever and prints each sequence once it is acknowledged, until it is killed.
import { writeSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openJournal } from './store.node.ts';
import { createBus } from './stream-bus.ts';

const bus = createBus({ journal: openJournal(process.argv[2] ?? '', { create: true }), clock: systemClock, log: silentLog });
for (let number = 1; ; number += 3) {
  // Three publishers share one write.
  const sequences = await Promise.all([bus.publish('crash', [number]), bus.publish('crash', [number + 1]), bus.publish('crash', [number + 2])]);
  writeSync(1, `${Math.max(...sequences)}\n`);
}
