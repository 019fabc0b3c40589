// SPDX-License-Identifier: Apache-2.0
import { createRandom } from '../../base/random.ts';
import type { FrameView } from './frame-view.ts';
import type { Host } from './host.ts';
import { plugHost } from './lan.ts';
import { Schedule } from './schedule.ts';
import { Switch } from './switch.ts';

/** A small network for tests: hosts 10.0.0.1, 10.0.0.2 … with hardware addresses 02:…:01, 02:…:02 …, and all that the mirror saw. */
export interface TestLan {
  readonly schedule: Schedule;
  readonly switch: Switch;
  readonly hosts: readonly Host[];
  readonly seen: { readonly atMs: number; readonly frame: FrameView }[];
}

/** Host `index` has the address 10.0.0.(index + 1). */
export function createTestLan(hostCount: number, seed = 1): TestLan {
  const schedule = new Schedule();
  const seen: { atMs: number; frame: FrameView }[] = [];
  const functionCodeOf = (_protocol: string, name: string): number | undefined => new Map([['write-single-register', 6]]).get(name);
  const lan = new Switch({ schedule, functionCodeOf, mirror: (frame) => seen.push({ atMs: schedule.nowMs, frame }) });
  const hosts = Array.from({ length: hostCount }, (_, index) => {
    const device = { name: `host-${index}`, mac: 0x0200_0000_0001 + index, address: 0x0a00_0001 + index, ttl: 64, random: createRandom(seed * 100 + index) };
    return plugHost({ schedule, switch: lan }, device).host;
  });
  return { schedule, switch: lan, hosts, seen };
}

/** The rule that names nothing; spread it and give the parts that matter. */
export const anyTraffic = {
  clientAddress: null,
  serverAddress: null,
  transport: null,
  serverPort: null,
  protocol: null,
  functions: null,
  mac: null,
} as const;
