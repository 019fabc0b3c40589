// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../../model/flow.ts';

/** More addresses than a device with several cards or aliases has: behind them stands a router. */
const aliasesMax = 4;
const prefixesMax = 2;

/** Whose address is whose: addresses by hardware address, and the hardware addresses that forward for others. */
export interface Owners {
  /** Hardware address of the device that has the IP address itself. */
  readonly macOf: ReadonlyMap<string, string>;
  /** IP addresses that were only seen through this hardware address: a router stands there. */
  readonly behind: ReadonlyMap<string, readonly string[]>;
}

/**
 * Judges which addresses belong to a hardware address and which only come through it. Claims (ARP, DHCP) belong. Of the others: one
 * address alone belongs; with several, those in a claimed address's /24 belong; without any claim those belong that all lie in one /24,
 * or the only private one. Link-local IPv6 addresses belong; more than a few global prefixes come through. So a router does not
 * swallow the internet, and a device with an alias stays one device.
 */
export function judgeOwners(bindings: readonly Binding[]): Owners {
  const macOf = new Map<string, string>();
  for (const binding of bindings) {
    if (binding.isClaim && !macOf.has(binding.address)) macOf.set(binding.address, binding.mac);
  }
  const seen = new Map<string, string[]>();
  for (const { address, mac } of bindings) {
    const addresses = seen.get(mac);
    if (addresses === undefined) seen.set(mac, [address]);
    else if (!addresses.includes(address) || addresses.length > 64) addresses.push(address);
  }
  const behind = new Map<string, string[]>();
  for (const [mac, all] of seen) {
    const addresses = [...new Set(all)];
    const claimed = addresses.filter((address) => macOf.get(address) === mac);
    const open = addresses.filter((address) => !macOf.has(address));
    const own = new Set([...ownIpv4(open.filter(isIpv4), claimed), ...ownIpv6(open.filter((address) => !isIpv4(address)))]);
    for (const address of open) {
      if (own.has(address)) macOf.set(address, mac);
      else behind.set(mac, [...(behind.get(mac) ?? []), address]);
    }
  }
  return { macOf, behind };
}

function ownIpv4(open: readonly string[], claimed: readonly string[]): readonly string[] {
  const nets = new Set(claimed.filter(isIpv4).map(netOf));
  if (nets.size > 0) return open.filter((address) => nets.has(netOf(address)));
  if (open.length <= aliasesMax && new Set(open.map(netOf)).size === 1) return open;
  const inside = open.filter(isPrivate);
  return inside.length === 1 ? inside : [];
}

function ownIpv6(open: readonly string[]): readonly string[] {
  const isLocal = (address: string): boolean => /^fe[89ab]/.test(address);
  const global = open.filter((address) => !isLocal(address));
  const prefixes = new Set(global.map((address) => address.split(':').slice(0, 4).join(':')));
  return prefixes.size <= prefixesMax && global.length <= 2 * aliasesMax ? open : open.filter(isLocal);
}

function isIpv4(address: string): boolean {
  return !address.includes(':');
}

function netOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'));
}

/** Source: RFC 1918, RFC 3927, RFC 6598. */
function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address);
}
