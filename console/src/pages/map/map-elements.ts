// SPDX-License-Identifier: Apache-2.0
import type { SiteMap } from '../../app/api.ts';

type Device = SiteMap['devices'][number];
type Link = SiteMap['links'][number];

/** An element of the picture: data for the library, classes for the look. */
export interface MapElement {
  readonly group: 'nodes' | 'edges';
  readonly data: { readonly id: string; readonly [name: string]: string | number | undefined };
  readonly classes: string;
}

/** Texts in the picture, in the reader's language. */
export interface MapTexts {
  readonly cut: string;
  readonly isolated: string;
  readonly isNew: string;
  readonly target: string;
  severity(severity: string): string;
}

/**
 * Zones as boxes around their devices, devices with what stands against them in words under the name, and conversations as lines that are
 * the thicker the more packets they carried (by powers of ten).
 */
export function mapElements(map: SiteMap, texts: MapTexts): readonly MapElement[] {
  const ids = new Set(map.devices.map((device) => device.id));
  const zones = [...new Set(map.devices.map((device) => device.zone).filter((zone) => zone !== null))];
  return [
    ...zones.map((zone): MapElement => ({ group: 'nodes', data: { id: zoneId(zone), label: zone }, classes: 'zone' })),
    ...map.devices.map((device): MapElement => deviceElement(device, texts)),
    // A line to a device that is not in the answer would stop the drawing.
    ...map.links.filter((link) => ids.has(link.fromId) && ids.has(link.toId)).map((link): MapElement => linkElement(link, texts)),
  ];
}

function deviceElement(device: Device, texts: MapTexts): MapElement {
  const signs = [
    device.isIsolated ? texts.isolated : '',
    device.isTarget ? texts.target : '',
    device.severity === null ? '' : texts.severity(device.severity),
    device.isNew ? texts.isNew : '',
  ].filter((sign) => sign !== '');
  const label = [device.name, ...(device.name.includes(device.address) ? [] : [device.address]), ...(signs.length === 0 ? [] : [signs.join(' · ')])].join('\n');
  return {
    group: 'nodes',
    data: { id: device.id, label, kind: device.kind, severity: device.severity ?? undefined, parent: device.zone === null ? undefined : zoneId(device.zone) },
    classes: ['device', device.isNew ? 'new' : '', device.isTarget ? 'target' : '', device.isIsolated ? 'isolated' : '']
      .filter((name) => name !== '')
      .join(' '),
  };
}

function linkElement(link: Link, texts: MapTexts): MapElement {
  const services = link.services.slice(0, 3).join(', ') + (link.services.length > 3 ? ' …' : '');
  const label = link.isCut ? `✕ ${texts.cut} (${services})` : link.isNormal ? '' : services;
  return {
    group: 'edges',
    data: { id: `link:${link.id}`, source: link.fromId, target: link.toId, label, width: linkWidth(link.packets), severity: link.severity ?? undefined },
    classes: [link.isNormal ? 'normal' : 'unusual', link.isCut ? 'cut' : ''].filter((name) => name !== '').join(' '),
  };
}

/** 1.2 … 6 pixels for 1 … a million packets and more. */
export function linkWidth(packets: number): number {
  return Math.min(6, 1.2 + 0.8 * Math.log10(Math.max(1, packets)));
}

function zoneId(zone: string): string {
  return `zone:${zone}`;
}

/** Only conversations that are not normal or were cut, with all devices. */
export function withoutNormalLinks(map: SiteMap): SiteMap {
  return { ...map, links: map.links.filter((link) => !link.isNormal || link.isCut) };
}

/** Which devices and boxes there are: the picture is laid out anew only when this changes. */
export function shapeOf(map: SiteMap): string {
  return map.devices
    .map((device) => `${device.id}@${device.zone ?? ''}`)
    .sort()
    .join(' ');
}
