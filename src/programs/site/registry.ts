// SPDX-License-Identifier: Apache-2.0
import type { Asset, AssetNote } from '../../model/asset.ts';
import type { AssetView } from '../../watch/traffic/routes.ts';
import type { AssetStore } from '../../watch/traffic/store.node.ts';

/** Devices of the site as people see them: what the sensors saw last, joined with what people say of them. */
export interface Registry {
  /** Takes what the sensors see now and stores what changed. */
  refresh(seen: readonly Asset[]): Promise<readonly string[]>;
  list(search?: string): readonly AssetView[];
  read(id: string): AssetView | undefined;
  byAddress(address: string): AssetView | undefined;
  note(id: string, change: Partial<AssetNote>): Promise<AssetView | undefined>;
  /** How many findings are open about an address: set by who knows. */
  setOpenFindings(count: (addresses: readonly string[]) => number): void;
}

const plain: AssetNote = { label: null, zone: null, criticality: 'normal', isConfirmed: false };

/** Opens the registry with what is stored. */
export async function openRegistry(store: AssetStore): Promise<Registry> {
  const assets = new Map((await store.readAssets()).map((asset) => [asset.id, asset]));
  const notes = new Map(await store.readNotes());
  let openFindings: (addresses: readonly string[]) => number = () => 0;
  const view = (asset: Asset): AssetView => {
    const note = notes.get(asset.id) ?? plain;
    return { asset, note, name: nameOf(asset, note), openFindings: openFindings(namesOf(asset)) };
  };
  return {
    refresh: async (seen) => {
      const changed = seen.filter((asset) => isChanged(assets.get(asset.id), asset));
      const added = changed.filter((asset) => !assets.has(asset.id)).map((asset) => asset.id);
      for (const asset of changed) assets.set(asset.id, asset);
      if (changed.length > 0) await store.saveAssets(changed);
      return added;
    },
    list: (search = '') => {
      const wanted = search.trim().toLowerCase();
      const all = [...assets.values()].map(view);
      return wanted === ''
        ? all
        : all.filter((each) =>
            `${each.name} ${each.asset.id} ${namesOf(each.asset).join(' ')} ${each.asset.vendor ?? ''} ${each.note.zone ?? ''} ${each.asset.roles.map((role) => role.service).join(' ')}`
              .toLowerCase()
              .includes(wanted),
          );
    },
    read: (id) => {
      const asset = assets.get(id);
      return asset === undefined ? undefined : view(asset);
    },
    byAddress: (address) => {
      const asset = [...assets.values()].find((candidate) => candidate.addresses.includes(address) || candidate.macs.includes(address));
      return asset === undefined ? undefined : view(asset);
    },
    note: async (id, change) => {
      const asset = assets.get(id);
      if (asset === undefined) return undefined;
      const note = { ...(notes.get(id) ?? plain), ...change };
      notes.set(id, note);
      await store.saveNote(id, note);
      return view(asset);
    },
    setOpenFindings: (count) => {
      openFindings = count;
    },
  };
}

function namesOf(asset: Asset): readonly string[] {
  return [...asset.addresses, ...asset.macs];
}

function nameOf(asset: Asset, note: AssetNote): string {
  const [name] = asset.names;
  const address = asset.addresses[0] ?? asset.macs[0] ?? asset.id;
  return note.label ?? name ?? (asset.vendor === null ? address : `${asset.vendor.split(/[ ,(]/)[0]} ${address}`);
}

/** Counters move with every packet; what is stored changes with what a device is, and every minute. */
function isChanged(known: Asset | undefined, seen: Asset): boolean {
  if (known === undefined) return true;
  const gist = (asset: Asset): string =>
    JSON.stringify([asset.addresses, asset.macs, asset.names, asset.roles.map((role) => [role.service, role.side, role.peers])]);
  return seen.lastMs - known.lastMs > 5_000 || gist(known) !== gist(seen);
}
