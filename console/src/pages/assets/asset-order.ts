// SPDX-License-Identifier: Apache-2.0
import { criticalities } from '../../../../src/model/asset.ts';
import type { AssetView } from '../../app/api.ts';

export const assetColumns = ['name', 'address', 'vendor', 'criticality', 'findings', 'last'] as const;
export type AssetColumn = (typeof assetColumns)[number];

/** Order of two devices by a column, the smaller first; equal ones by name. Addresses are compared by their numbers. */
export function compareAssets(a: AssetView, b: AssetView, column: AssetColumn): number {
  return byColumn(a, b, column) || a.name.localeCompare(b.name, undefined, { numeric: true });
}

function byColumn(a: AssetView, b: AssetView, column: AssetColumn): number {
  switch (column) {
    case 'name':
      return a.name.localeCompare(b.name, undefined, { numeric: true });
    case 'address':
      return addressOf(a).localeCompare(addressOf(b), undefined, { numeric: true });
    case 'vendor':
      return (a.asset.vendor ?? '').localeCompare(b.asset.vendor ?? '');
    case 'criticality':
      return criticalities.indexOf(a.note.criticality) - criticalities.indexOf(b.note.criticality);
    case 'findings':
      return a.openFindings - b.openFindings;
    case 'last':
      return a.asset.lastMs - b.asset.lastMs;
  }
}

/** What names the device on the wire: its first IP address, else its hardware address. */
export function addressOf(view: AssetView): string {
  return view.asset.addresses[0] ?? view.asset.macs[0] ?? '';
}
