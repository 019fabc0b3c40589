// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssetView } from '../../app/api.ts';
import { addressOf, compareAssets } from './asset-order.ts';

const view = (
  name: string,
  more: { readonly addresses?: string[]; readonly criticality?: AssetView['note']['criticality']; readonly openFindings?: number } = {},
): AssetView => ({
  name,
  asset: {
    id: name,
    addresses: more.addresses ?? [],
    macs: ['02:00:00:00:00:01'],
    vendor: null,
    names: [],
    roles: [],
    firstMs: 0,
    lastMs: 0,
    packets: 0,
    bytes: 0,
  },
  note: { label: null, zone: null, criticality: more.criticality ?? 'normal', isConfirmed: true },
  openFindings: more.openFindings ?? 0,
});

test('10.0.0.9 comes before 10.0.0.10', () => {
  assert.ok(compareAssets(view('a', { addresses: ['10.0.0.9'] }), view('b', { addresses: ['10.0.0.10'] }), 'address') < 0);
});

test('criticality is ordered by weight and not by alphabet', () => {
  const rows = (['essential', 'low', 'high', 'normal'] as const).map((criticality) => view(criticality, { criticality }));
  assert.deepEqual(
    rows.sort((a, b) => compareAssets(a, b, 'criticality')).map(({ name }) => name),
    ['low', 'normal', 'high', 'essential'],
  );
});

test('equal values are ordered by name, and a device without an IP address is named by its hardware address', () => {
  assert.ok(compareAssets(view('PLC 2'), view('PLC 10'), 'findings') < 0);
  assert.equal(addressOf(view('a')), '02:00:00:00:00:01');
});
