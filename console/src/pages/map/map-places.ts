// SPDX-License-Identifier: Apache-2.0
import type { SiteMap } from '../../app/api.ts';

type Device = SiteMap['devices'][number];
export interface Place {
  readonly x: number;
  readonly y: number;
}

const stepX = 190;
const stepY = 170;
const zoneGap = 150;

/**
 * Where devices start, from which the layout then loosens them: zones side by side in rows of about equal number, devices of a zone in a grid,
 * those without a zone in a row below. The same site gives the same places: names and ids are sorted, nothing is drawn by lot.
 */
export function startPlaces(devices: readonly Device[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const zones = Map.groupBy(sorted(devices), (device) => device.zone ?? '');
  const named = [...zones.keys()].filter((zone) => zone !== '').sort();
  const perRow = Math.ceil(Math.sqrt(named.length));
  let top = 0;
  for (let first = 0; first < named.length; first += perRow) {
    let left = 0;
    let tallest = 0;
    for (const zone of named.slice(first, first + perRow)) {
      const members = zones.get(zone) ?? [];
      const columns = Math.ceil(Math.sqrt(members.length));
      const rows = Math.ceil(members.length / columns);
      members.forEach((device, place) => {
        // Every second row a little aside: three devices in one line would draw their conversations over each other.
        const aside = (Math.floor(place / columns) % 2) * (stepX / 4);
        places.set(device.id, { x: left + (place % columns) * stepX + aside, y: top + Math.floor(place / columns) * stepY });
      });
      left += columns * stepX + zoneGap;
      tallest = Math.max(tallest, rows);
    }
    top += tallest * stepY + zoneGap;
  }
  const width = Math.max(0, ...[...places.values()].map((place) => place.x));
  const loose = zones.get('') ?? [];
  loose.forEach((device, place) => {
    places.set(device.id, { x: (width * (place + 1)) / (loose.length + 1) + place * stepX * (width === 0 ? 1 : 0), y: top });
  });
  return places;
}

/** Under what a place is kept: a device that was put into another zone is placed anew. */
export function placeKey(device: Device): string {
  return `${device.id}@${device.zone ?? ''}`;
}

/** The layout by fcose: what was placed before stays exactly there, what is new finds its place around it. */
export function layoutOf(devices: readonly Device[], kept: ReadonlyMap<string, Place>) {
  const fixed = devices.flatMap((device) => {
    const position = kept.get(placeKey(device));
    return position === undefined ? [] : [{ nodeId: device.id, position }];
  });
  return {
    name: 'fcose',
    quality: 'proof',
    animate: false,
    randomize: false,
    idealEdgeLength: 120,
    nodeRepulsion: 14_000,
    gravity: 0.35,
    gravityCompound: 1.4,
    padding: 30,
    nodeDimensionsIncludeLabels: true,
    ...(fixed.length === 0 ? {} : { fixedNodeConstraint: fixed }),
  };
}

function sorted(devices: readonly Device[]): readonly Device[] {
  return [...devices].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
