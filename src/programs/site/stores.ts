// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { accountMigrations } from '../../platform/accounts/migrations.node.ts';
import { type Database, openDatabase } from '../../platform/store/database.node.ts';
import { migrate } from '../../platform/store/migration.node.ts';
import { createCorrelator } from '../../watch/incident/correlator.ts';
import { type IncidentStore, incidentMigrations, openIncidentStore } from '../../watch/incident/store.node.ts';
import { openResponseStore, type ResponseRecords, responseMigrations } from '../../watch/response/store.node.ts';
import { assetMigrations, openAssetStore } from '../../watch/traffic/store.node.ts';
import { openRegistry, type Registry } from './registry.ts';

/** The migrations of all rooms: the order between rooms does not matter. */
export const migrations = [...accountMigrations, ...assetMigrations, ...incidentMigrations, ...responseMigrations];

export interface SiteStores {
  readonly database: Database;
  readonly incidents: IncidentStore;
  readonly responses: ResponseRecords;
  readonly registry: Registry;
  readonly correlator: ReturnType<typeof createCorrelator>;
}

const restoredMax = 200;

/** Opens the state of a site: SQLite in its folder, or PostgreSQL where SHINRAI_DATABASE_URL names one. Open incidents are taken up again. */
export async function openStores(options: {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<SiteStores> {
  const { folder, databaseUrl, clock, log } = options;
  const database = await openDatabase(databaseUrl === undefined ? { folder, create: true, log } : { url: databaseUrl, log });
  await migrate(database, migrations, clock);
  const incidents = openIncidentStore(database);
  const registry = await openRegistry(openAssetStore(database));
  const correlator = createCorrelator({ criticalityOf: (address) => registry.byAddress(address)?.note.criticality ?? 'normal' });
  const { items } = await incidents.listIncidents({ limit: restoredMax });
  for (const incident of [...items].reverse()) {
    const found = await incidents.readIncident(incident.id);
    if (found !== undefined && incident.state !== 'closed') correlator.restore(found.incident, found.findings);
  }
  return { database, incidents, responses: openResponseStore(database), registry, correlator };
}
