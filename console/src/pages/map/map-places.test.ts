// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cytoscape from 'cytoscape';
import fcose from 'cytoscape-fcose';
import type { SiteMap } from '../../app/api.ts';
import { layoutOf, type Place, placeKey, startPlaces } from './map-places.ts';

cytoscape.use(fcose);
type Device = SiteMap['devices'][number];
const device = (id: string, zone: string | null): Device => ({
  id,
  zone,
  name: id,
  address: id,
  kind: 'server',
  severity: null,
  isNew: false,
  isTarget: false,
  isIsolated: false,
});
const site = [device('plc', 'control'), device('switch', 'control'), device('hmi', 'operation'), device('eng', 'operation'), device('hist', 'office')];
const stranger = device('stranger', null);
const links = ['hmi', 'eng', 'hist'].map((from) => ({ data: { id: `${from}>plc`, source: from, target: 'plc' } }));

/** The layout as the picture runs it, without a picture. */
function layOut(devices: readonly Device[], kept: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const starts = startPlaces(devices);
  const zones = [...new Set(devices.map(({ zone }) => zone).filter((zone) => zone !== null))];
  const made = cytoscape({
    headless: true,
    styleEnabled: true,
    layout: { name: 'preset' },
    elements: [
      ...zones.map((zone) => ({ data: { id: `zone:${zone}` } })),
      ...devices.map((one) => ({
        data: { id: one.id, ...(one.zone === null ? {} : { parent: `zone:${one.zone}` }) },
        position: { ...(kept.get(placeKey(one)) ?? starts.get(one.id) ?? { x: 0, y: 0 }) },
      })),
      ...links,
    ],
  });
  made.layout(layoutOf(devices, kept)).run();
  const places = new Map(devices.map((one) => [one.id, { ...made.getElementById(one.id).position() }]));
  made.destroy();
  return places;
}

test('no two devices start at the same place, whatever the zones', () => {
  for (const devices of [
    site,
    [...site, stranger, device('other', null)],
    [stranger, device('b', null), device('c', null)],
    [stranger],
    [],
    Array.from({ length: 300 }, (_, number) => device(`d${number}`, number % 7 === 0 ? null : `zone ${number % 7}`)),
  ]) {
    const places = [...startPlaces(devices).values()];
    assert.equal(places.length, devices.length);
    assert.equal(new Set(places.map(({ x, y }) => `${x} ${y}`)).size, devices.length);
  }
});

test('the same site is drawn the same, in whatever order the server tells it', () => {
  assert.deepEqual(layOut(site, new Map()), layOut(site, new Map()));
  assert.deepEqual(startPlaces([...site].reverse()), startPlaces(site));
});

test('a device that appears moves none that was there', () => {
  const before = layOut(site, new Map());
  const kept = new Map(site.map((one) => [placeKey(one), before.get(one.id) ?? { x: 0, y: 0 }]));
  const after = layOut([...site, stranger], kept);
  for (const one of site) {
    const [was, is] = [before.get(one.id), after.get(one.id)];
    assert.ok(was !== undefined && is !== undefined && Math.hypot(was.x - is.x, was.y - is.y) < 0.5, one.id);
  }
  const place = after.get('stranger');
  assert.ok(place !== undefined);
  for (const [id, other] of after) if (id !== 'stranger') assert.ok(Math.hypot(place.x - other.x, place.y - other.y) > 40, id);
});

test('a device that is put into another zone is placed anew', () => {
  assert.notEqual(placeKey(device('a', null)), placeKey(device('a', 'control')));
  const kept = new Map([[placeKey(device('a', null)), { x: 1, y: 1 }]]);
  assert.deepEqual(layoutOf([device('a', 'control')], kept).fixedNodeConstraint, undefined);
});
