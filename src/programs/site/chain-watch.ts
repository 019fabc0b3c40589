// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Evidence } from '../../share/evidence/evidence.node.ts';
import type { ChainState } from '../../share/evidence/routes.ts';
import { auditFolder } from '../../share/evidence/verify.node.ts';

/** Audits the running log again and again with the separate auditor, and tells how the chain stands. */
export interface ChainWatch {
  state(): ChainState;
  /** Audits now; called every minute by the site. */
  audit(): Promise<void>;
}

/** Watches the log in `folder`. Before the first audit nothing is claimed to be wrong, and `auditedMs` is 0. */
export function watchChain(evidence: Evidence, folder: string, clock: Clock, log: Log): ChainWatch {
  let auditedMs = 0;
  let problem: string | undefined;
  let seen = { note: evidence.signed.note, atMs: clock.nowMs() };
  return {
    state: () => {
      if (seen.note !== evidence.signed.note) seen = { note: evidence.signed.note, atMs: clock.nowMs() };
      return {
        origin: evidence.origin,
        vkey: evidence.vkey,
        size: evidence.size,
        checkpointMs: seen.atMs,
        root: Buffer.from(evidence.signed.root).toString('base64'),
        auditedMs,
        isSound: problem === undefined,
        ...(problem === undefined ? {} : { problem }),
      };
    },
    audit: async () => {
      const report = await auditFolder(folder, { vkey: evidence.vkey });
      auditedMs = clock.nowMs();
      const [first] = report.problems;
      problem = first === undefined ? undefined : `${first.where}: ${first.what}`;
      if (problem !== undefined) log.error('the chain is damaged', { where: first?.where, problems: report.problemCount });
    },
  };
}
