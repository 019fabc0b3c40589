// SPDX-License-Identifier: Apache-2.0
import type { TrafficRule } from '../../model/response.ts';

/**
 * A place where traffic can be taken off the wire: nftables on a bridge, the switch of the simulated plant.
 * `apply` is in force when its promise resolves; each response is applied at most once at a time under its id.
 * Where the place can, it ends the rules by itself after `limitMs`, also when this program is gone (`endsByItself`).
 */
export interface Enforcer {
  readonly name: string;
  readonly endsByItself: boolean;
  /** Raises ShinraiError `enforce` when the place refuses or cannot be reached; then nothing is in force. */
  apply(id: string, rules: readonly TrafficRule[], limitMs: number): Promise<void>;
  /** No error when nothing is in force under this id. */
  remove(id: string): Promise<void>;
  /** Packets taken out so far under this id; undefined when nothing is in force. */
  packetsStopped(id: string): Promise<number | undefined>;
  /** Ids in force now: after a restart, what is not meant to run any more is removed. */
  inForce(): Promise<readonly string[]>;
}
