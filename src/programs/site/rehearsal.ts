// SPDX-License-Identifier: Apache-2.0
import { protocols } from '../../protocols/index.ts';
import type { PacketKeeper } from '../../watch/packets/packet-keeper.node.ts';
import { type Rehearsal, rehearse } from '../../watch/response/dry-run.ts';
import { createTraffic } from '../../watch/traffic/traffic.ts';

const windowMs = 300_000;
const freshMs = 4_000;

/**
 * Reads the kept packets of the last five minutes through stations of its own. One reading serves for four seconds, because findings
 * come in bursts and each asks for it.
 */
export function createRehearsals(keeper: PacketKeeper, lastPacketMs: () => number, nowMs: () => number, dropped: () => number): () => Promise<Rehearsal> {
  let latest: { readonly atMs: number; readonly made: Promise<Rehearsal> } | undefined;
  return () => {
    if (latest !== undefined && nowMs() - latest.atMs < freshMs) return latest.made;
    const traffic = createTraffic({ protocols });
    const made = rehearse(
      keeper.window(lastPacketMs() - windowMs),
      (batch) => {
        traffic.observe(batch);
        return traffic;
      },
      dropped(),
    );
    latest = { atMs: nowMs(), made };
    return made;
  };
}
