// SPDX-License-Identifier: Apache-2.0
import type { Finding, Severity } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import type { Page } from '../../platform/http/page.ts';
import type { Database } from '../../platform/store/database.node.ts';
import { column, type Migration } from '../../platform/store/migration.node.ts';

type IncidentTables = {
  finding: { id: string; at_ms: number; last_ms: number; severity: string; detector: string; addresses: string; body: string };
  incident: { id: string; at_ms: number; last_ms: number; stage: number; state: string; body: string };
  incident_finding: { incident: string; finding: string };
};

export const incidentMigrations: readonly Migration[] = [
  {
    name: 'incident/0001-tables',
    up: async (transaction) => {
      const { schema } = transaction;
      await schema
        .createTable('finding')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('at_ms', column.time, (c) => c.notNull())
        .addColumn('last_ms', column.time, (c) => c.notNull())
        .addColumn('severity', column.text, (c) => c.notNull())
        .addColumn('detector', column.text, (c) => c.notNull())
        .addColumn('addresses', column.text, (c) => c.notNull())
        .addColumn('body', column.json, (c) => c.notNull())
        .execute();
      await schema.createIndex('finding_last').on('finding').columns(['last_ms', 'id']).execute();
      await schema
        .createTable('incident')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('at_ms', column.time, (c) => c.notNull())
        .addColumn('last_ms', column.time, (c) => c.notNull())
        .addColumn('stage', column.count, (c) => c.notNull())
        .addColumn('state', column.text, (c) => c.notNull())
        .addColumn('body', column.json, (c) => c.notNull())
        .execute();
      await schema.createIndex('incident_last').on('incident').columns(['last_ms', 'id']).execute();
      await schema
        .createTable('incident_finding')
        .addColumn('incident', column.id, (c) => c.notNull())
        .addColumn('finding', column.id, (c) => c.primaryKey())
        .execute();
      await schema.createIndex('incident_finding_incident').on('incident_finding').column('incident').execute();
    },
  },
];

export interface FindingFilter {
  readonly limit?: number;
  readonly before?: string;
  readonly severity?: Severity;
  readonly detector?: string;
  readonly address?: string;
  readonly incident?: string;
}

/** Findings and incidents of the site. Each save is durable when it resolves; the same id again replaces the earlier form. */
export interface IncidentStore {
  saveFindings(findings: readonly Finding[]): Promise<void>;
  saveIncidents(incidents: readonly Incident[]): Promise<void>;
  readFinding(id: string): Promise<{ readonly finding: Finding; readonly incident: string | null } | undefined>;
  readIncident(id: string): Promise<{ readonly incident: Incident; readonly findings: readonly Finding[] } | undefined>;
  listFindings(filter: FindingFilter): Promise<Page<Finding>>;
  listIncidents(filter: { readonly limit?: number; readonly before?: string; readonly state?: Incident['state'] }): Promise<Page<Incident>>;
  countFindingsSince(atMs: number): Promise<number>;
}

const rowsPerStatement = 200; // SQLite and PostgreSQL both bound the parameters of a statement

/** Opens the store over a database that is migrated. */
export function openIncidentStore(database: Database): IncidentStore {
  const tables = database.tables<IncidentTables>();
  const linked = new Map<string, string>();
  return {
    saveFindings: (findings) => saveFindings(database, findings),
    saveIncidents: (incidents) => saveIncidents(database, incidents, linked),
    readFinding: async (id) => {
      const row = await tables
        .selectFrom('finding')
        .leftJoin('incident_finding', 'incident_finding.finding', 'finding.id')
        .select(['finding.body', 'incident_finding.incident'])
        .where('finding.id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : { finding: parseFinding(row.body), incident: row.incident };
    },
    readIncident: async (id) => {
      const row = await tables.selectFrom('incident').select('body').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      const findings = await tables
        .selectFrom('incident_finding')
        .innerJoin('finding', 'finding.id', 'incident_finding.finding')
        .select('finding.body')
        .where('incident_finding.incident', '=', id)
        .orderBy('finding.at_ms')
        .limit(1_000)
        .execute();
      return { incident: parseIncident(row.body), findings: findings.map((finding) => parseFinding(finding.body)) };
    },
    listFindings: (filter) => listFindings(database, filter),
    listIncidents: async ({ limit = 50, before, state }) => {
      let query = tables.selectFrom('incident');
      if (state !== undefined) query = query.where('state', '=', state);
      const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const mark = readMark(before);
      if (mark !== undefined)
        query = query.where((eb) => eb.or([eb('last_ms', '<', mark.lastMs), eb.and([eb('last_ms', '=', mark.lastMs), eb('id', '<', mark.id)])]));
      const rows = await query
        .select(['id', 'last_ms', 'body'])
        .orderBy('last_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, total, parseIncident);
    },
    countFindingsSince: async (atMs) => {
      const { total } = await tables
        .selectFrom('finding')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('last_ms', '>=', atMs)
        .executeTakeFirstOrThrow();
      return Number(total);
    },
  };
}

async function saveFindings(database: Database, findings: readonly Finding[]): Promise<void> {
  // The same id twice in one statement is refused by PostgreSQL: the last form counts.
  const latest = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  await database.transact<IncidentTables, void>(async (transaction) => {
    for (let start = 0; start < latest.length; start += rowsPerStatement) {
      const rows = latest.slice(start, start + rowsPerStatement).map((finding) => ({
        id: finding.id,
        at_ms: finding.atMs,
        last_ms: finding.lastMs,
        severity: finding.severity,
        detector: finding.detector,
        addresses: ` ${finding.addresses.join(' ')} `,
        body: JSON.stringify(finding),
      }));
      await transaction
        .insertInto('finding')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            last_ms: eb.ref('excluded.last_ms'),
            severity: eb.ref('excluded.severity'),
            addresses: eb.ref('excluded.addresses'),
            body: eb.ref('excluded.body'),
          })),
        )
        .execute();
    }
  });
}

/** Named limit: links between findings and incidents that are known to be stored; beyond it they are written once more. */
const linkedMax = 50_000;

/** `linked` holds which links are stored already: an incident of 2,000 findings that grows by one must not write 2,000 rows each time. */
async function saveIncidents(database: Database, incidents: readonly Incident[], linked: Map<string, string>): Promise<void> {
  await database.transact<IncidentTables, void>(async (transaction) => {
    for (const incident of incidents) {
      const row = {
        id: incident.id,
        at_ms: incident.atMs,
        last_ms: incident.lastMs,
        stage: incident.stage,
        state: incident.state,
        body: JSON.stringify(incident),
      };
      await transaction
        .insertInto('incident')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ last_ms: row.last_ms, stage: row.stage, state: row.state, body: row.body }))
        .execute();
      const unlinked = incident.from.filter((finding) => linked.get(finding) !== incident.id);
      for (let start = 0; start < unlinked.length; start += rowsPerStatement) {
        const rows = unlinked.slice(start, start + rowsPerStatement).map((finding) => ({ incident: incident.id, finding }));
        await transaction
          .insertInto('incident_finding')
          .values(rows)
          .onConflict((conflict) => conflict.column('finding').doUpdateSet((eb) => ({ incident: eb.ref('excluded.incident') })))
          .execute();
      }
    }
  });
  if (linked.size > linkedMax) linked.clear();
  for (const incident of incidents) for (const finding of incident.from) linked.set(finding, incident.id);
}

async function listFindings(database: Database, filter: FindingFilter): Promise<Page<Finding>> {
  const limit = filter.limit ?? 50;
  let query = database.tables<IncidentTables>().selectFrom('finding').leftJoin('incident_finding', 'incident_finding.finding', 'finding.id');
  if (filter.severity !== undefined) query = query.where('finding.severity', '=', filter.severity);
  if (filter.detector !== undefined) query = query.where('finding.detector', '=', filter.detector);
  if (filter.incident !== undefined) query = query.where('incident_finding.incident', '=', filter.incident);
  if (filter.address !== undefined) query = query.where('finding.addresses', 'like', `% ${filter.address.replace(/[%_\\]/g, '')} %`);
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const mark = readMark(filter.before);
  if (mark !== undefined)
    query = query.where((eb) =>
      eb.or([eb('finding.last_ms', '<', mark.lastMs), eb.and([eb('finding.last_ms', '=', mark.lastMs), eb('finding.id', '<', mark.id)])]),
    );
  const rows = await query
    .select(['finding.id', 'finding.last_ms', 'finding.body'])
    .orderBy('finding.last_ms', 'desc')
    .orderBy('finding.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, total, parseFinding);
}

/** Where a page ended: `<lastMs>.<id>`; attacker-controlled, what is not one begins at the newest. */
function readMark(before: string | undefined): { readonly lastMs: number; readonly id: string } | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)~([A-Za-z0-9-]+)$/.exec(before ?? '');
  return match === null ? undefined : { lastMs: Number(match[1]), id: match[2] ?? '' };
}

function toPage<T>(
  rows: readonly { readonly id: string; readonly last_ms: number; readonly body: string }[],
  limit: number,
  total: number,
  parse: (body: string) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => parse(row.body)),
    next: rows.length > limit && last !== undefined ? `${last.last_ms}~${last.id}` : null,
    total: Number(total),
  };
}

// Bodies were written by this store from values of these types.
function parseFinding(body: string): Finding {
  return JSON.parse(body);
}
function parseIncident(body: string): Incident {
  return JSON.parse(body);
}
