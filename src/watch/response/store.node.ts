// SPDX-License-Identifier: Apache-2.0
import { idOf } from '../../base/ids.ts';
import type { Response } from '../../model/response.ts';
import type { Page } from '../../platform/http/page.ts';
import type { Database } from '../../platform/store/database.node.ts';
import { column, type Migration } from '../../platform/store/migration.node.ts';
import type { ResponseStore } from './lifecycle.ts';

type ResponseTables = { response: { id: string; at_ms: number; incident: string; state: string; rank: number; body: string } };

export const responseMigrations: readonly Migration[] = [
  {
    name: 'response/0001-tables',
    up: async (transaction) => {
      await transaction.schema
        .createTable('response')
        .addColumn('id', column.id, (c) => c.primaryKey())
        .addColumn('at_ms', column.time, (c) => c.notNull())
        .addColumn('incident', column.id, (c) => c.notNull())
        .addColumn('state', column.text, (c) => c.notNull())
        .addColumn('rank', column.count, (c) => c.notNull())
        .addColumn('body', column.json, (c) => c.notNull())
        .execute();
      await transaction.schema.createIndex('response_state').on('response').columns(['state', 'at_ms']).execute();
      await transaction.schema.createIndex('response_incident').on('response').column('incident').execute();
    },
  },
];

export interface ResponseFilter {
  readonly limit?: number;
  readonly before?: string;
  readonly state?: Response['state'];
  readonly incident?: string;
}

/** Responses with paging, beside what the life cycle needs. */
export interface ResponseRecords extends ResponseStore {
  page(filter: ResponseFilter): Promise<Page<Response>>;
  /**
   * Takes new proposals; one that is running or was declined keeps its state, one that has ended while its incident goes on
   * is proposed again under a new id. Answers those that are new or changed.
   */
  propose(responses: readonly Response[]): Promise<readonly Response[]>;
  /** The incident was closed: nobody can consent to what is still proposed for it. Answers what has expired. */
  expire(incident: string, atMs: number): Promise<readonly Response[]>;
}

/** Named limit: how often one action is proposed for one incident. */
const turnsMax = 32;

/** Opens the store over a database that is migrated. */
export function openResponseStore(database: Database): ResponseRecords {
  const tables = database.tables<ResponseTables>();
  const read = async (id: string): Promise<Response | undefined> => {
    const row = await tables.selectFrom('response').select('body').where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : parse(row.body);
  };
  const save = async (response: Response): Promise<void> => {
    const row = rowOf(response);
    await tables
      .insertInto('response')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  };
  /** A person may have decided since it was read: what is not proposed any more stays as it is. */
  const saveProposal = async (response: Response): Promise<boolean> => {
    const row = rowOf(response);
    const { numInsertedOrUpdatedRows } = await tables
      .insertInto('response')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row).where('response.state', '=', 'proposed'))
      .executeTakeFirstOrThrow();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  };
  const findTurn = async (proposed: Response): Promise<{ readonly response: Response; readonly known: Response | undefined }> => {
    let response = proposed;
    for (let turn = 1; turn <= turnsMax; turn += 1) {
      const known = await read(response.id);
      if (known === undefined || (known.state !== 'undone' && known.state !== 'failed' && known.state !== 'expired') || turn === turnsMax)
        return { response, known };
      response = { ...proposed, id: idOf('response', [proposed.id, turn]) };
    }
    return { response, known: undefined };
  };
  return {
    read,
    save,
    list: async (state) => {
      const rows = await tables.selectFrom('response').select('body').where('state', '=', state).orderBy('at_ms').limit(1_000).execute();
      return rows.map((row) => parse(row.body));
    },
    expire: (incident, atMs) => expireProposals(database, incident, atMs),
    propose: async (responses) => {
      const changed: Response[] = [];
      for (const proposed of responses) {
        const { response, known } = await findTurn(proposed);
        if (known !== undefined && known.state !== 'proposed') continue;
        const next = known === undefined ? response : { ...response, atMs: known.atMs };
        if (known !== undefined && JSON.stringify(known) === JSON.stringify(next)) continue;
        if (await saveProposal(next)) changed.push(next);
      }
      return changed;
    },
    page: async ({ limit = 50, before, state, incident }) => {
      let query = tables.selectFrom('response');
      if (state !== undefined) query = query.where('state', '=', state);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const skipped = /^[0-9]{1,7}$/.test(before ?? '') ? Number(before) : 0;
      const rows = await query
        .select('body')
        .orderBy('at_ms', 'desc')
        .orderBy('incident')
        .orderBy('rank')
        .limit(limit + 1)
        .offset(skipped)
        .execute();
      return { items: rows.slice(0, limit).map((row) => parse(row.body)), next: rows.length > limit ? String(skipped + limit) : null, total: Number(total) };
    },
  };
}

async function expireProposals(database: Database, incident: string, atMs: number): Promise<readonly Response[]> {
  const tables = database.tables<ResponseTables>();
  const rows = await tables.selectFrom('response').select('body').where('incident', '=', incident).where('state', '=', 'proposed').execute();
  const expired = rows.map((row): Response => ({ ...parse(row.body), state: 'expired', endedMs: atMs }));
  for (const response of expired) {
    await tables.updateTable('response').set(rowOf(response)).where('id', '=', response.id).where('state', '=', 'proposed').execute();
  }
  return expired;
}

function rowOf(response: Response): ResponseTables['response'] {
  return {
    id: response.id,
    at_ms: response.atMs,
    incident: response.from[0] ?? '',
    state: response.state,
    rank: response.rank,
    body: JSON.stringify(response),
  };
}

// Bodies were written by this store from values of this type.
function parse(body: string): Response {
  return JSON.parse(body);
}
