// SPDX-License-Identifier: Apache-2.0
import type { Words } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import type { Response } from '../../model/response.ts';
import type { ChainState } from '../../share/evidence/routes.ts';
import type { IncidentStore } from '../../watch/incident/store.node.ts';
import type { ResponseRecords } from '../../watch/response/store.node.ts';
import type { Overview, Settings } from '../api/site.ts';
import type { Registry } from './registry.ts';
import type { Sensor } from './sensor.ts';

export interface OverviewParts {
  readonly incidents: IncidentStore;
  readonly responses: ResponseRecords;
  readonly registry: Registry;
  readonly sensors: readonly Sensor[];
  readonly chainState: () => ChainState;
  readonly settings: () => Settings;
  readonly isDemonstration: boolean;
  readonly nowMs: () => number;
}

const dayMs = 86_400_000;

/** How the site stands, in one answer: what a person looks at first. */
export async function drawOverview(parts: OverviewParts): Promise<Overview> {
  const [sensor] = parts.sensors;
  if (sensor === undefined) throw new Error('Cannot draw the overview: a site has at least one sensor');
  const nowMs = parts.nowMs();
  const unclosed = (await parts.incidents.listIncidents({ limit: 100 })).items.filter((incident) => incident.state !== 'closed');
  const running = await parts.responses.list('running');
  const open = unclosed.sort((a, b) => b.stage - a.stage || b.lastMs - a.lastMs);
  const decisions = decisionsOf(open, await parts.responses.list('proposed'), running);
  const latest = await parts.incidents.listFindings({ limit: 8 });
  const assets = parts.registry.list();
  const sensors = parts.sensors.map((each) => each.state());
  const norm = sensor.watcher.state();
  const chain = parts.chainState();
  const { level, headline } = judge({
    open,
    running,
    isLearning: norm.phase === 'learning',
    isBlind: sensors.some((each) => !each.isRunning),
    isSound: chain.isSound,
  });
  return {
    siteName: parts.settings().siteName,
    isDemonstration: parts.isDemonstration,
    atMs: nowMs,
    level,
    headline,
    sensors,
    norm,
    chain,
    openIncidents: open.slice(0, 20),
    decisions,
    running,
    latestFindings: latest.items,
    counts: {
      assets: assets.length,
      newAssets: assets.filter((view) => view.openFindings > 0 && !view.note.isConfirmed).length,
      findingsDay: await parts.incidents.countFindingsSince(nowMs - dayMs),
      incidentsOpen: open.length,
      evidence: chain.size,
    },
    rate: [...sensor.rate()],
  };
}

/** Incidents that nothing is done about yet, each with its recommended response; gravest first. */
function decisionsOf(open: readonly Incident[], proposed: readonly Response[], running: readonly Response[]): readonly Response[] {
  return open
    .filter((incident) => incident.stage >= 2 && !running.some((response) => response.from.includes(incident.id) && response.action.rules.length > 0))
    .flatMap((incident) =>
      proposed
        .filter((response) => response.from.includes(incident.id))
        .sort((a, b) => a.rank - b.rank)
        .slice(0, 3),
    );
}

function judge(state: {
  readonly open: readonly Incident[];
  readonly running: readonly Response[];
  readonly isLearning: boolean;
  readonly isBlind: boolean;
  readonly isSound: boolean;
}): { readonly level: Overview['level']; readonly headline: Words } {
  const isStopped = (incident: Incident): boolean => state.running.some((response) => response.from.includes(incident.id) && response.action.rules.length > 0);
  const worth = state.open.filter((incident) => incident.stage >= 1 && incident.state === 'open');
  if (worth.some((incident) => incident.stage >= 3 && !isStopped(incident))) return { level: 'alarm', headline: { key: 'site.alarm', with: {} } };
  if (!state.isSound) return { level: 'alarm', headline: { key: 'site.chain-broken', with: {} } };
  if (worth.some((incident) => incident.stage >= 3)) return { level: 'attention', headline: { key: 'site.contained', with: {} } };
  if (state.isBlind) return { level: 'attention', headline: { key: 'site.blind', with: {} } };
  if (worth.length > 0) return { level: 'attention', headline: { key: 'site.attention', with: { count: worth.length } } };
  return state.isLearning ? { level: 'learning', headline: { key: 'site.learning', with: {} } } : { level: 'calm', headline: { key: 'site.calm', with: {} } };
}
