// SPDX-License-Identifier: Apache-2.0
import { createDetectors } from '../detectors/index.ts';
import type { Finding } from '../model/finding.ts';
import { findOperation, protocols } from '../protocols/index.ts';
import { type LearningRule, learningDefaults } from '../watch/norm/learner.ts';
import { createWatcher, type Watcher } from '../watch/norm/watcher.ts';
import { createTraffic, type Traffic } from '../watch/traffic/traffic.ts';
import { type Packets, readPackets } from './offline.ts';
import type { Terminal } from './terminal.ts';

/** The stations from packets to findings, for one capture. */
export interface Judging {
  readonly traffic: Traffic;
  readonly watcher: Watcher;
}

/** `source` is the name of the capture, as findings and norms name it. */
export function createJudging(source: string, learning: LearningRule = learningDefaults): Judging {
  const traffic = createTraffic({ protocols, keepPackets: true });
  return { traffic, watcher: createWatcher({ detectors: createDetectors({ operationOf: findOperation }), flows: traffic.flows, source, learning }) };
}

/**
 * Runs packets through traffic and watcher; `tell` gets the findings of each batch that opened or grew, and at the end those that have grown since.
 * Answers whether the capture was read to its end.
 */
export async function judgePackets(
  packets: Packets,
  terminal: Terminal,
  { traffic, watcher }: Judging,
  tell: (findings: readonly Finding[]) => void,
): Promise<boolean> {
  let atMs = 0;
  const judge = (count: number): void => {
    const told = watcher.detect(watcher.measure(traffic.messages, traffic.sightings, { packets: count, atMs }));
    tell([...told.opened, ...told.grown]);
  };
  const isWhole = await readPackets(packets, terminal, (batch) => {
    atMs = batch.atMs[batch.count - 1] ?? atMs;
    traffic.observe(batch);
    judge(batch.count);
  });
  traffic.finish();
  judge(0);
  const last = watcher.finish();
  tell([...last.opened, ...last.grown]);
  return isWhole;
}
