// SPDX-License-Identifier: Apache-2.0
import type { BoundRoute } from '../../platform/http/route.ts';
import type { Correlator } from '../../watch/incident/correlator.ts';
import { bindPlant } from '../handlers/plant.ts';
import { bindProving } from '../handlers/proving.ts';
import { bindSite, type SiteParts } from '../handlers/site.ts';
import { bindWatching, type WatchingParts } from '../handlers/watching.ts';
import type { ChainWatch } from './chain-watch.ts';
import type { Knowledge } from './knowledge.ts';
import { drawOverview } from './overview.ts';
import type { PlantRunner } from './plant-runner.ts';
import { drawMap } from './site-map.ts';

/** Everything that routes are bound to. */
export interface RouteParts extends WatchingParts, Omit<SiteParts, 'drawMap' | 'overview'> {
  readonly knowledge: Knowledge;
  readonly chain: ChainWatch;
  readonly correlator: Correlator;
  readonly plant: PlantRunner | undefined;
  readonly isDemonstration: boolean;
}

/** The routes of all rooms but accounts and events, which bind their own. */
export function bindRoutes(parts: RouteParts): readonly BoundRoute[] {
  const chainState = (): ReturnType<ChainWatch['state']> => parts.chain.state();
  return [
    ...bindWatching(parts),
    ...bindProving(parts.evidence, chainState),
    ...bindSite({
      ...parts,
      overview: () => drawOverview({ ...parts, sensors: [parts.sensor], chainState }),
      drawMap: async () => {
        const open = (await parts.incidents.listIncidents({ limit: 50 })).items.filter((incident) => incident.state !== 'closed');
        return drawMap({
          assets: parts.registry.list(),
          flows: parts.sensor.traffic.flows,
          openFindings: open.flatMap((incident) => parts.correlator.findings(incident.id)),
          running: await parts.responses.list('running'),
          isNormal: parts.knowledge.isNormal,
          atMs: parts.nowMs(),
        });
      },
    }),
    ...bindPlant(parts.plant, parts.hub, (who, what) => parts.recordDecision(who, what, 'plant')),
  ];
}
