// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overBothDatabases } from '../../../test/databases.ts';
import { makeResponse } from '../../../test/records.ts';
import type { Response } from '../../model/response.ts';
import { migrate } from '../../platform/store/migration.node.ts';
import { openResponseStore, type ResponseRecords, responseMigrations } from './store.node.ts';

overBothDatabases('responses', (openEmpty) => {
  const openStore = async (): Promise<ResponseRecords> => {
    const database = await openEmpty();
    await migrate(database, responseMigrations);
    return openResponseStore(database);
  };
  const states = async (store: ResponseRecords): Promise<readonly Response['state'][]> => (await store.page({})).items.map(({ state }) => state);

  test('a proposal is renewed while nobody has decided, with the time of the first', async () => {
    const store = await openStore();
    assert.equal((await store.propose([makeResponse()])).length, 1);
    assert.deepEqual(await store.propose([makeResponse()]), [], 'nothing new');
    const [renewed] = await store.propose([makeResponse({ rank: 2, atMs: 99_000 })]);
    assert.deepEqual([renewed?.rank, renewed?.atMs], [2, 3_000]);
    assert.deepEqual(await states(store), ['proposed']);
  });

  for (const state of ['running', 'declined'] as const) {
    test(`what is ${state} is not proposed again`, async () => {
      const store = await openStore();
      await store.save(makeResponse({ state }));
      assert.deepEqual(await store.propose([makeResponse({ rank: 2 })]), []);
      assert.deepEqual(await states(store), [state]);
    });
  }

  for (const state of ['undone', 'failed'] as const) {
    test(`what is ${state} while its incident goes on is proposed again under an id of its own, once`, async () => {
      const store = await openStore();
      await store.save(makeResponse({ state }));
      const [again] = await store.propose([makeResponse({ atMs: 99_000 })]);
      assert.notEqual(again?.id, 'rsp-1');
      assert.match(again?.id ?? '', /^rsp-[0-9a-z]{1,40}$/, 'enforcement points take it');
      assert.deepEqual(await store.propose([makeResponse({ atMs: 99_000 })]), []);
      assert.deepEqual([...(await states(store))].sort(), [state, 'proposed'].sort());
      assert.equal((await store.read('rsp-1'))?.state, state);
    });
  }

  test('a decision that falls between the reading and the writing of a proposal stands', async () => {
    const store = await openStore();
    await store.propose([makeResponse()]);
    await Promise.all([store.propose([makeResponse({ rank: 2 })]), store.save(makeResponse({ state: 'running' }))]);
    assert.equal((await store.read('rsp-1'))?.state, 'running');
  });
});
