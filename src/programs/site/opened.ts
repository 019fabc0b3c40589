// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { openJournal } from '../../platform/bus/store.node.ts';
import { createBus } from '../../platform/bus/stream-bus.ts';
import { type Evidence, openEvidence } from '../../share/evidence/evidence.node.ts';
import { openPacketKeeper, type PacketKeeper } from '../../watch/packets/packet-keeper.node.ts';
import type { Settings } from '../api/site.ts';
import { type ChainWatch, watchChain } from './chain-watch.ts';
import { readSettings, type SiteFolder } from './folder.ts';
import { type OpenedSource, openSource } from './sources.ts';
import { openStores, type SiteStores } from './stores.ts';

export interface SiteOptions {
  readonly folder: SiteFolder;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built console. */
  readonly consoleFolder: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Overrides the configured port (0 = any free one). */
  readonly port?: number;
}

/** What a site rests on: its stores, its chain, its packets, and where new ones come from. */
export interface OpenedSite extends SiteStores {
  readonly options: SiteOptions;
  readonly bus: Bus;
  readonly evidence: Evidence;
  readonly chain: ChainWatch;
  readonly keeper: PacketKeeper;
  readonly source: OpenedSource;
  /** Name of the sensor. */
  readonly sensorName: string;
  readonly settings: { current: Settings };
  nowMs(): number;
}

const segmentBytes = 4 * 1_048_576;

/** Opens what a site rests on; `owner` closes it in the reverse order. Recovery is this same opening: each room repairs what a crash left. */
export async function openSiteParts(options: SiteOptions, owner: AsyncDisposableStack): Promise<OpenedSite> {
  const { folder, clock, log } = options;
  const [place] = folder.configuration.sources;
  if (place === undefined) throw new ShinraiError('site', 'Cannot start: the site has no source of packets', { hint: 'Add one to "sources" in shinrai.json' });
  const settings = await readSettings(folder);
  const evidence = owner.adopt(await openEvidence(folder.at('evidence')), (opened) => opened.close());
  const stores = await openStores({ folder: folder.path, databaseUrl: options.databaseUrl, clock, log: log.room('store') });
  owner.defer(() => stores.database.close());
  const bus = owner.adopt(
    createBus({ journal: openJournal(join(folder.at('streams'), 'stream.sqlite'), { create: true }), clock, log: log.room('bus') }),
    (opened) => opened.close(),
  );
  const keeper = owner.adopt(
    await openPacketKeeper(folder.at('packets'), { totalBytes: settings.packetsKeepMegabytes * 1_048_576, segmentBytes, log: log.room('packets') }),
    (opened) => opened.close(),
  );
  const source = await openSource(place, clock, keeper.nextNumber);
  owner.defer(() => source.source.close());
  const chain = watchChain(evidence, folder.at('evidence'), clock, log.room('evidence'));
  return { ...stores, options, bus, evidence, chain, keeper, source, sensorName: place.name, settings: { current: settings }, nowMs: () => clock.nowMs() };
}
