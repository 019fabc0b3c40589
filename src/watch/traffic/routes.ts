// SPDX-License-Identifier: Apache-2.0
import { flag, integer, list, nullable, number, object, oneOf, type Static, text } from '../../base/schema.ts';
import { Asset, AssetNote, criticalities } from '../../model/asset.ts';
import { idParams, pageOf, pageQuery } from '../../platform/http/page.ts';
import { declareRoute, readers, watchers } from '../../platform/http/route.ts';

/** A device with what people say of it and how it stands. */
export const AssetView = object('AssetView', {
  asset: Asset,
  note: AssetNote,
  name: text({ description: 'Label, else own name, else vendor and address: what people see.' }),
  openFindings: integer(),
});
export type AssetView = Static<typeof AssetView>;

export const listAssets = declareRoute({
  method: 'GET',
  path: '/api/assets',
  name: 'listAssets',
  summary: 'Devices seen on the site',
  access: readers,
  query: object('ListAssetsQuery', { ...pageQuery, search: text({ maxLength: 100 }) }, ['limit', 'before', 'search']),
  response: pageOf('AssetPage', AssetView),
});
export const getAsset = declareRoute({
  method: 'GET',
  path: '/api/assets/{id}',
  name: 'getAsset',
  summary: 'One device',
  access: readers,
  params: idParams,
  response: AssetView,
});
export const noteAsset = declareRoute({
  method: 'PATCH',
  path: '/api/assets/{id}',
  name: 'noteAsset',
  summary: 'Say what a device is',
  access: watchers,
  params: idParams,
  body: object(
    'NoteAssetBody',
    { label: nullable(text({ maxLength: 120 })), zone: nullable(text({ maxLength: 60 })), criticality: oneOf(criticalities), isConfirmed: flag() },
    ['label', 'zone', 'criticality', 'isConfirmed'],
  ),
  response: AssetView,
});

export const MapDevice = object('MapDevice', {
  id: text(),
  name: text(),
  address: text(),
  kind: oneOf(['controller', 'operator-terminal', 'workstation', 'server', 'camera', 'network', 'unknown']),
  zone: nullable(text()),
  severity: nullable(text()),
  isNew: flag(),
  /** An open finding says that another device acted on it: wrote, programmed, stopped. */
  isTarget: flag(),
  isIsolated: flag(),
});
export const MapLink = object('MapLink', {
  id: text(),
  fromId: text(),
  toId: text(),
  services: list(text()),
  packets: integer(),
  lastMs: number(),
  isNormal: flag(),
  severity: nullable(text()),
  isCut: flag(),
});
export const SiteMap = object('SiteMap', { devices: list(MapDevice), links: list(MapLink), atMs: number() });
export type SiteMap = Static<typeof SiteMap>;
export const getMap = declareRoute({
  method: 'GET',
  path: '/api/map',
  name: 'getMap',
  summary: 'Devices, zones, and who talks to whom',
  access: readers,
  response: SiteMap,
});
