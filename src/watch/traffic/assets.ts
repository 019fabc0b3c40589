// SPDX-License-Identifier: Apache-2.0
import { idOf } from '../../base/ids.ts';
import type { Asset, AssetRole } from '../../model/asset.ts';
import type { Binding } from '../../model/flow.ts';
import type { FlowRows } from './flows/flow-table.ts';
import { type Link, Links, unsetAddresses } from './links.ts';
import type { DeviceNames } from './names.ts';
import { judgeOwners, type Owners } from './owners.ts';
import type { UnaddressedSenders } from './unaddressed.ts';

/** Named limit: roles of one device, those with the most packets. */
const rolesMax = 64;

/** What a device is gathered from; a {@link Traffic} has it. */
export interface AssetSources {
  readonly flows: FlowRows;
  readonly bindings: readonly Binding[];
  readonly names: DeviceNames;
  readonly unaddressed: UnaddressedSenders;
}

type Totals = Pick<Link, 'packets' | 'bytes' | 'firstMs' | 'lastMs'>;

interface Device {
  readonly mac: string | undefined;
  readonly addresses: Set<string>;
  readonly roles: Map<string, { readonly service: string; readonly side: 'client' | 'server'; readonly peers: Set<string>; packets: number }>;
  firstMs: number;
  lastMs: number;
  packets: number;
  bytes: number;
}

/** {@link AssetList.read}, once. */
export function listAssets(sources: AssetSources, vendorOf: (mac: string) => string | null): readonly Asset[] {
  return new AssetList(sources, vendorOf).read();
}

/** The devices that the traffic shows, for who asks again and again: what was worked out before is kept. */
export class AssetList {
  readonly #sources: AssetSources;
  readonly #vendorOf: (mac: string) => string | null;
  readonly #links: Links;
  #owners: Owners = { macOf: new Map(), behind: new Map() };
  /** Bindings that the owners were judged by; they only become more. */
  #bindingsJudged = 0;
  #identities = new Map<string, Pick<Asset, 'id' | 'vendor'>>();

  constructor(sources: AssetSources, vendorOf: (mac: string) => string | null) {
    this.#sources = sources;
    this.#vendorOf = vendorOf;
    this.#links = new Links(sources.flows);
  }

  /**
   * The devices in order of first sight: everything that sent at least one packet. A device is a hardware address with the IP addresses
   * that are its own ({@link judgeOwners}), or an IP address without one. 0.0.0.0 and :: are nobody's: what was sent from them belongs to
   * the hardware address. Packets and bytes are those of all its conversations, both directions. Equal traffic gives equal ids on every machine.
   */
  read(): readonly Asset[] {
    const { bindings } = this.#sources;
    if (bindings.length !== this.#bindingsJudged) {
      this.#owners = judgeOwners(bindings);
      this.#bindingsJudged = bindings.length;
    }
    const devices = gatherDevices(this.#sources, this.#links, this.#owners);
    addGateways(devices, this.#owners);
    const kept = this.#identities;
    this.#identities = new Map();
    return [...devices]
      .sort(([, a], [, b]) => a.firstMs - b.firstMs)
      .map(([name, device]) => {
        const identity = kept.get(name) ?? identify(device, this.#vendorOf);
        this.#identities.set(name, identity);
        return toAsset(device, identity, this.#sources.names);
      });
  }
}

function gatherDevices(sources: AssetSources, links: Links, owners: Owners): Map<string, Device> {
  const devices = new Map<string, Device>();
  const { links: all, unaddressedRows } = links.read();
  for (const link of all) addLink(devices, owners, link);
  for (const row of unaddressedRows) addUnaddressed(devices, owners, sources, row);
  return devices;
}

function addLink(devices: Map<string, Device>, owners: Owners, link: Link): void {
  const { client, server, service, isAsked, isAnswered, hasRoles, packets } = link;
  const asker = isAsked ? deviceOf(devices, owners, client, link) : undefined;
  if (asker !== undefined) {
    addTotals(asker, link);
    if (hasRoles) addRole(asker, service, 'client', server, packets);
  }
  if (!isAnswered) return;
  const answerer = deviceOf(devices, owners, server, link);
  // A device that talks to itself counts its packets once.
  if (answerer !== asker) addTotals(answerer, link);
  addRole(answerer, service, 'server', client, packets);
}

/** A flow of which one end has no address: that end is all who sent from there. */
function addUnaddressed(devices: Map<string, Device>, owners: Owners, { flows, unaddressed }: AssetSources, row: number): void {
  const total = flows.totals(row);
  const service = flows.service(row);
  const isAnswered = total.serverPackets > 0;
  const ends = [
    { address: flows.clientAddress(row), side: 'client', packets: total.clientPackets, peer: flows.serverAddress(row) },
    { address: flows.serverAddress(row), side: 'server', packets: total.serverPackets, peer: flows.clientAddress(row) },
  ] as const;
  for (const { address, side, packets, peer } of ends) {
    const isSet = !unsetAddresses.has(address);
    const senders = isSet ? [{ name: address, ...total }] : [...unaddressed.of(row)].map((sender) => ({ name: sender.mac, ...sender }));
    for (const sender of packets > 0 ? senders : []) {
      const device = deviceOf(devices, owners, sender.name, sender);
      addTotals(device, sender);
      if (isAnswered || flows.isMulticast(row)) addRole(device, service, side, peer, sender.packets);
    }
  }
}

/** The device that has the address, made when it is not there. */
function deviceOf(devices: Map<string, Device>, owners: Owners, address: string, total: Totals): Device {
  const isMac = address.length === 17 && address[2] === ':' && address[14] === ':';
  const mac = isMac ? address : owners.macOf.get(address);
  const name = mac ?? address;
  let device = devices.get(name);
  if (device === undefined) {
    device = { mac, addresses: new Set(), roles: new Map(), firstMs: total.firstMs, lastMs: total.lastMs, packets: 0, bytes: 0 };
    devices.set(name, device);
  }
  if (!isMac) device.addresses.add(address);
  return device;
}

function addTotals(device: Device, total: Totals): void {
  device.firstMs = Math.min(device.firstMs, total.firstMs);
  device.lastMs = Math.max(device.lastMs, total.lastMs);
  device.packets += total.packets;
  device.bytes += total.bytes;
}

function addRole(device: Device, service: string, side: 'client' | 'server', peer: string, packets: number): void {
  const name = `${side} ${service}`;
  const role = device.roles.get(name) ?? { service, side, peers: new Set<string>(), packets: 0 };
  role.peers.add(peer);
  role.packets += packets;
  device.roles.set(name, role);
}

/** A hardware address that forwards for others is a router: a role of its own, with the packets of those behind it. */
function addGateways(devices: Map<string, Device>, owners: Owners): void {
  for (const [mac, addresses] of owners.behind) {
    const remote = addresses.map((address) => devices.get(address)).filter((device) => device !== undefined);
    if (remote.length === 0) continue;
    const firstMs = Math.min(...remote.slice(0, 1).map((device) => device.firstMs));
    const gateway = devices.get(mac) ?? { mac, addresses: new Set<string>(), roles: new Map(), firstMs, lastMs: firstMs, packets: 0, bytes: 0 };
    devices.set(mac, gateway);
    for (const device of remote) {
      gateway.firstMs = Math.min(gateway.firstMs, device.firstMs);
      gateway.lastMs = Math.max(gateway.lastMs, device.lastMs);
      addRole(gateway, 'gateway', 'server', [...device.addresses][0] ?? '', device.packets);
    }
  }
}

function identify(device: Device, vendorOf: (mac: string) => string | null): Pick<Asset, 'id' | 'vendor'> {
  if (device.mac === undefined) return { id: idOf('asset', { address: [...device.addresses][0] ?? '' }), vendor: null };
  return { id: idOf('asset', { mac: device.mac }), vendor: vendorOf(device.mac) };
}

function toAsset(device: Device, identity: Pick<Asset, 'id' | 'vendor'>, names: DeviceNames): Asset {
  const addresses = [...device.addresses];
  const roles = [...device.roles.values()]
    .sort((a, b) => b.packets - a.packets || compareTexts(a.service, b.service) || compareTexts(a.side, b.side))
    .slice(0, rolesMax);
  return {
    id: identity.id,
    addresses,
    macs: device.mac === undefined ? [] : [device.mac],
    vendor: identity.vendor,
    names: [...new Set([device.mac ?? '', ...addresses].flatMap((address) => names.of(address)))],
    roles: roles.map(({ service, side, peers, packets }): AssetRole => ({ service, side, peers: peers.size, packets })),
    firstMs: device.firstMs,
    lastMs: device.lastMs,
    packets: device.packets,
    bytes: device.bytes,
  };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
