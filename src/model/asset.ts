// SPDX-License-Identifier: Apache-2.0
import { flag, integer, list, nullable, number, object, oneOf, type Static, text } from '../base/schema.ts';

export const criticalities = ['low', 'normal', 'high', 'essential'] as const;

/** A role in a service: `{ service: 'modbus', side: 'server', peers: 2 }`. */
export const AssetRole = object('AssetRole', { service: text(), side: oneOf(['client', 'server']), peers: integer(), packets: integer() });
export type AssetRole = Static<typeof AssetRole>;

/** A device as the traffic shows it: `shinrai assets --json`. */
export const Asset = object('Asset', {
  id: text(),
  addresses: list(text(), { description: 'IP addresses, in order of first sight.' }),
  macs: list(text()),
  vendor: nullable(text({ description: "Owner of the hardware address's prefix in the IEEE list." })),
  names: list(text(), { description: 'Names that the device gave itself (DHCP, DNS).' }),
  roles: list(AssetRole),
  firstMs: number(),
  lastMs: number(),
  packets: integer(),
  bytes: integer(),
});
export type Asset = Static<typeof Asset>;

/** What people say of a device: kept beside what the traffic shows, never overwritten by it. */
export const AssetNote = object('AssetNote', {
  label: nullable(text({ maxLength: 120 })),
  zone: nullable(text({ maxLength: 60 })),
  criticality: oneOf(criticalities),
  isConfirmed: flag({ description: 'A person has said that this device belongs here.' }),
});
export type AssetNote = Static<typeof AssetNote>;
