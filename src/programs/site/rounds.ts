// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Accounts } from '../../platform/accounts/service.node.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import type { IncidentStore } from '../../watch/incident/store.node.ts';
import type { Lifecycle } from '../../watch/response/lifecycle.ts';
import { AssetList } from '../../watch/traffic/assets.ts';
import { openVendors } from '../../watch/traffic/vendors.node.ts';
import type { ChainWatch } from './chain-watch.ts';
import { createDemonstration } from './demonstration.ts';
import type { PlantRunner } from './plant-runner.ts';
import type { Registry } from './registry.ts';
import type { Sensor } from './sensor.ts';

export interface RoundsParts {
  readonly lifecycle: Lifecycle;
  readonly sensor: Sensor;
  readonly registry: Registry;
  readonly incidents: IncidentStore;
  readonly chain: ChainWatch;
  readonly accounts: Accounts;
  readonly hub: EventHub;
  readonly plant: PlantRunner | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const incidentsMax = 20;
const roundMs = 1_000;
const assetsEveryMs = 3_000;
const overviewEveryMs = 2_000;
const draftEveryMs = 60_000;
const auditEveryMs = 60_000;
const purgeEveryMs = 3_600_000;
/** What is done again and again: ending responses, looking at devices, auditing the chain. A failing round is logged and tried again. */
export function startRounds(parts: RoundsParts): { stop(): void; readonly ended: Promise<void> } {
  const stopping = new AbortController();
  const { lifecycle, sensor, registry, incidents, chain, accounts, hub, clock, log } = parts;
  const devices = openVendors().then((vendorOf) => new AssetList(sensor.traffic, vendorOf));
  const show = createDemonstration(parts);
  const work: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[] = [
    {
      name: 'responses',
      everyMs: roundMs,
      run: async () => {
        for (const changed of await lifecycle.tick()) hub.publish('response', { id: changed.id });
      },
    },
    {
      name: 'assets',
      everyMs: assetsEveryMs,
      run: async () => {
        registry.setOpenFindings(await countOpenFindings(incidents));
        for (const id of await registry.refresh((await devices).read())) hub.publish('asset', { id });
      },
    },
    {
      name: 'norm',
      everyMs: draftEveryMs,
      run: async () => {
        if (sensor.watcher.phase === 'learning') await sensor.saveNorm();
      },
    },
    { name: 'overview', everyMs: overviewEveryMs, run: async () => hub.publish('overview', { id: '' }) },
    { name: 'audit', everyMs: auditEveryMs, run: () => chain.audit() },
    { name: 'accounts', everyMs: purgeEveryMs, run: () => accounts.purge() },
    { name: 'demonstration', everyMs: roundMs, run: show },
  ];
  const dueMs = new Map<string, number>();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const { name, everyMs, run: once } of work) {
        if (clock.nowMs() < (dueMs.get(name) ?? 0)) continue;
        const startedMs = clock.nowMs();
        await once().catch((cause: unknown) =>
          log.error('a round has failed', { round: name, reason: cause instanceof Error ? cause.message : String(cause) }),
        );
        // Work that takes long is done less often: at most a twentieth of the time goes into it.
        dueMs.set(name, clock.nowMs() + Math.max(everyMs, (clock.nowMs() - startedMs) * 20));
      }
      await wait(roundMs, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: the loop ends
    }
  };
  return { stop: () => stopping.abort(), ended: run() };
}

/** How many findings of open incidents name an address as the one that acts. */
async function countOpenFindings(incidents: IncidentStore): Promise<(addresses: readonly string[]) => number> {
  const counts = new Map<string, number>();
  const { items } = await incidents.listIncidents({ limit: incidentsMax });
  for (const incident of items.filter((each) => each.state !== 'closed')) {
    for (const finding of (await incidents.readIncident(incident.id))?.findings ?? []) {
      const [actor] = finding.addresses;
      if (actor !== undefined) counts.set(actor, (counts.get(actor) ?? 0) + 1);
    }
  }
  return (addresses) => addresses.reduce((sum, address) => sum + (counts.get(address) ?? 0), 0);
}
