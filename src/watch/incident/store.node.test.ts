// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overBothDatabases } from '../../../test/databases.ts';
import { makeFinding, makeIncident } from '../../../test/records.ts';
import { migrate } from '../../platform/store/migration.node.ts';
import { incidentMigrations, openIncidentStore } from './store.node.ts';

overBothDatabases('findings and incidents', (openEmpty) => {
  test('what is saved is read back, and the same id again replaces it', async () => {
    const database = await openEmpty();
    await migrate(database, incidentMigrations);
    const store = openIncidentStore(database);
    await store.saveFindings([makeFinding({ packetCount: 1 }), makeFinding({ packetCount: 2 })]);
    await store.saveIncidents([makeIncident()]);
    await store.saveIncidents([makeIncident({ stage: 4 })]);
    assert.deepEqual(await store.readFinding('fnd-write'), { finding: makeFinding({ packetCount: 2 }), incident: 'inc-1' });
    assert.deepEqual(await store.readIncident('inc-1'), { incident: makeIncident({ stage: 4 }), findings: [makeFinding({ packetCount: 2 })] });
    assert.equal(await store.readIncident('inc-none'), undefined);
    assert.equal(await store.countFindingsSince(0), 1);
  });

  test('pages go from the newest to the oldest without gaps or doubles, also between equal times', async () => {
    const database = await openEmpty();
    await migrate(database, incidentMigrations);
    const store = openIncidentStore(database);
    await store.saveFindings(
      Array.from({ length: 25 }, (_, n) => makeFinding({ id: `fnd-${String(n).padStart(2, '0')}`, lastMs: 1_000.25 + Math.floor(n / 3) })),
    );
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await store.listFindings({ limit: 4, ...(before === undefined ? {} : { before }) });
      assert.equal(page.total, 25);
      seen.push(...page.items.map((finding) => finding.id));
      before = page.next ?? undefined;
    } while (before !== undefined);
    assert.deepEqual(seen, [...seen].sort().reverse());
    assert.equal(new Set(seen).size, 25);
  });

  test('filters hold exactly, and hostile ones find nothing', async () => {
    const database = await openEmpty();
    await migrate(database, incidentMigrations);
    const store = openIncidentStore(database);
    await store.saveFindings([makeFinding(), makeFinding({ id: 'fnd-b', addresses: ['10.0.0.6'], severity: 'low', detector: 'binding' })]);
    const idsOf = async (filter: Parameters<typeof store.listFindings>[0]): Promise<readonly string[]> =>
      (await store.listFindings(filter)).items.map((finding) => finding.id);
    assert.deepEqual(await idsOf({ address: '10.0.0.6' }), ['fnd-b']);
    assert.deepEqual(await idsOf({ severity: 'high' }), ['fnd-write']);
    assert.deepEqual(await idsOf({ detector: 'binding' }), ['fnd-b']);
    assert.deepEqual(await idsOf({ address: '%' }), []);
    assert.deepEqual((await idsOf({ before: "x' or 1=1" })).length, 2);
  });
});
