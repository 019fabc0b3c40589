// SPDX-License-Identifier: Apache-2.0

import { assert } from '../base/errors.ts';
import { parseAddress, parseMac } from './wire/addresses.ts';

/**
 * A device of the plant network. The first three bytes of `mac` are those that the IEEE gave to the maker named in `vendor`, so that the
 * asset list shows what it would show in a real plant; the last three are made up.
 */
export interface DeviceDescription {
  readonly name: DeviceName;
  readonly role: string;
  readonly mac: string;
  /** null: no IP address at all. For the camera the one that DHCP gives. */
  readonly address: string | null;
  readonly vendor: string;
  readonly ttl: number;
}

export type DeviceName = 'plc' | 'hmi' | 'engineering' | 'historian' | 'camera' | 'services' | 'field-switch' | 'stranger';

/** The devices that belong to the plant, and last the one that does not. */
export const network: readonly DeviceDescription[] = [
  {
    name: 'services',
    role: 'Server: DNS, DHCP, NTP, reports',
    mac: 'e8:17:fc:10:20:02',
    address: '10.20.0.2',
    vendor: 'Fujitsu Limited',
    ttl: 64,
  },
  { name: 'plc', role: 'Programmable controller', mac: '00:00:54:10:20:0a', address: '10.20.0.10', vendor: 'Schneider Electric', ttl: 64 },
  { name: 'hmi', role: 'Operator terminal', mac: '74:fe:48:10:20:14', address: '10.20.0.20', vendor: 'ADVANTECH CO., LTD.', ttl: 128 },
  { name: 'engineering', role: 'Engineering station', mac: '10:65:30:10:20:1e', address: '10.20.0.30', vendor: 'Dell Inc.', ttl: 128 },
  { name: 'historian', role: 'Historian', mac: '90:1b:0e:10:20:28', address: '10.20.0.40', vendor: 'Fujitsu Technology Solutions GmbH', ttl: 64 },
  { name: 'camera', role: 'Camera at the tank', mac: 'ac:cc:8e:10:20:32', address: '10.20.0.50', vendor: 'Axis Communications AB', ttl: 64 },
  {
    name: 'field-switch',
    role: 'Switch in the pump house',
    mac: '00:80:63:10:20:3c',
    address: null,
    vendor: 'Hirschmann Automation and Control GmbH',
    ttl: 64,
  },
  {
    name: 'stranger',
    role: 'Unknown laptop',
    mac: '00:2b:67:5d:1c:9e',
    address: '10.20.0.101',
    vendor: 'LCFC(Hefei) Electronics Technology co., ltd',
    ttl: 64,
  },
];

export const networkMask = '255.255.255.0';
export const reportsName = 'reports.mizu.example';

/** The row of {@link network}. */
export function describeDevice(name: DeviceName): DeviceDescription {
  const found = network.find((device) => device.name === name);
  assert(found !== undefined, `the network has a device ${name}`);
  return found;
}

/** Address of a device that has one. */
export function addressOf(name: DeviceName): number {
  const address = parseAddress(describeDevice(name).address ?? '');
  assert(address !== undefined, `${name} has an IPv4 address`);
  return address;
}

/** Hardware address as a 48-bit number. */
export function macOf(name: DeviceName): number {
  const mac = parseMac(describeDevice(name).mac);
  assert(mac !== undefined, `${name} has a hardware address`);
  return mac;
}
