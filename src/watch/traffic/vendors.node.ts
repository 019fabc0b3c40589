// SPDX-License-Identifier: Apache-2.0
/** Owner of a hardware address's prefix, or null. */
export type VendorOf = (mac: string) => string | null;

/** Bits of a prefix in the IEEE lists MA-S, MA-M, MA-L, as hexadecimal digits: the longest that is there names the owner. */
const prefixDigits = [9, 7, 6] as const;

/**
 * Looks owners up in the IEEE lists as the package `oui-data` (BSD-2-Clause) holds them. The package is loaded when this is called:
 * 5 MB of JSON, of which the prefixes and the first lines (the organisations' names) are kept. Addresses that a device chose for itself (locally administered)
 * and group addresses have no owner. The list is trusted for names only: no decision rests on it.
 */
export async function openVendors(): Promise<VendorOf> {
  const owners = await readOwners();
  return (mac) => {
    const digits = mac.replaceAll(':', '').toUpperCase();
    if (!/^[0-9A-F]{12}$/.test(digits) || (Number.parseInt(digits.slice(0, 2), 16) & 3) !== 0) return null;
    for (const count of prefixDigits) {
      const owner = owners.get(digits.slice(0, count));
      if (owner !== undefined) return owner;
    }
    return null;
  };
}

async function readOwners(): Promise<ReadonlyMap<string, string>> {
  const { default: list }: { readonly default: unknown } = await import('oui-data', { with: { type: 'json' } });
  const owners = new Map<string, string>();
  const names = new Map<string, string>();
  if (typeof list !== 'object' || list === null) return owners;
  for (const [prefix, text] of Object.entries(list)) {
    const name = String(text).split('\n', 1)[0]?.trim().replace(/,$/, '') ?? '';
    // One string for each name, cut off from the long text that it came from.
    let kept = names.get(name);
    if (kept === undefined) {
      kept = Buffer.from(name).toString();
      names.set(name, kept);
    }
    owners.set(prefix, kept);
  }
  return owners;
}
