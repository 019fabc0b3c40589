// SPDX-License-Identifier: Apache-2.0

import type { EventHub } from '../../platform/http/events.node.ts';
import { notFound } from '../../platform/http/problem.ts';
import { type BoundRoute, bind } from '../../platform/http/route.ts';
import * as norm from '../../watch/norm/routes.ts';
import * as traffic from '../../watch/traffic/routes.ts';
import * as site from '../api/site.ts';
import type { Registry } from '../site/registry.ts';
import type { Sensor } from '../site/sensor.ts';

export interface SiteParts {
  readonly registry: Registry;
  readonly sensor: Sensor;
  readonly hub: EventHub;
  drawMap(): Promise<traffic.SiteMap>;
  overview(): Promise<site.Overview>;
  settings(): site.Settings;
  changeSettings(settings: site.Settings, who: string): Promise<site.Settings>;
  /** Says to the chain what a person decided about the site. */
  recordDecision(who: string, what: string, id: string): Promise<void>;
}

/** Routes of the overview, devices, map, norm and settings. */
export function bindSite(parts: SiteParts): readonly BoundRoute[] {
  const { registry, sensor } = parts;
  return [
    bind(site.getOverview, () => parts.overview()),
    bind(site.getSettings, () => parts.settings()),
    bind(site.putSettings, ({ body, caller }) => parts.changeSettings(body, caller?.name ?? '')),
    bind(traffic.listAssets, ({ query }) => {
      const all = registry.list(query.search);
      const start = /^[0-9]{1,9}$/.test(query.before ?? '') ? Number(query.before) : 0;
      const end = start + (query.limit ?? 50);
      return { items: all.slice(start, end), next: end < all.length ? String(end) : null, total: all.length };
    }),
    bind(traffic.getAsset, ({ params }) => registry.read(params.id) ?? fail(params.id)),
    bind(traffic.noteAsset, async ({ params, body, caller }) => {
      const view = (await registry.note(params.id, body)) ?? fail(params.id);
      await parts.recordDecision(caller?.name ?? '', `described ${view.name}: ${Object.keys(body).join(', ')}`, params.id);
      parts.hub.publish('asset', { id: params.id });
      return view;
    }),
    bind(traffic.getMap, () => parts.drawMap()),
    bind(norm.getNorm, () => sensor.watcher.state()),
    bind(norm.listNormEntries, ({ query }) => ({
      items: sensor.watcher
        .entries()
        .filter((entry) => (query.state === undefined || entry.state === query.state) && (query.detector === undefined || entry.detector === query.detector))
        .slice(0, entriesMax)
        .map(({ detector, key, text, support, firstMs, lastMs, state }) => ({ detector, key, text, support, firstMs, lastMs, state })),
    })),
    bind(norm.decideNormEntry, async ({ body, caller }) => {
      if (!sensor.watcher.decide(body.detector, body.key, body.verdict)) throw notFound('entry of the norm', body.key);
      await sensor.saveNorm();
      await parts.recordDecision(caller?.name ?? '', `${body.verdict} ${body.detector}: ${body.key}`, 'norm');
      parts.hub.publish('norm', { id: body.detector });
      return sensor.watcher.state();
    }),
  ];
}

const entriesMax = 5_000;

function fail(id: string): never {
  throw notFound('asset', id);
}
