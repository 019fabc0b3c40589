// SPDX-License-Identifier: Apache-2.0
import { appendTo } from '../../base/lists.ts';
import type { BindingFeature, Feature } from '../../model/feature.ts';
import type { Words } from '../../model/finding.ts';
import type { Detector, Judgement, NormEntry } from '../detector.ts';
import { type Entry, Ledger, listSome } from '../ledger.ts';

interface Binding {
  readonly address: string;
  readonly mac: string;
  readonly vlan: number;
  readonly isClaim: boolean;
}

/** A hardware address that stands before this many addresses it did not claim itself is a router: what lies behind it is not its own. */
const routedAddressesMin = 8;

/**
 * Layer 0: which hardware address (and VLAN) stands behind an address.
 * Finds devices that were never seen, addresses that change hands, and two devices that claim one address (ARP spoofing).
 */
export function createBindingDetector(options: { readonly windowMs?: number; readonly entriesMax?: number } = {}): Detector {
  const ledger = new Ledger<Binding>(options);
  let index = new BindingIndex();

  const judge = (feature: Feature): Judgement | undefined => {
    // A norm without any binding was learnt where hardware addresses cannot be seen (raw IP): it can say nothing.
    if (feature.kind !== 'binding' || !isDeviceAddress(feature) || ledger.entries.size === 0) return undefined;
    if (ledger.entries.has(keyOf(feature))) return undefined;
    const own = index.ofMac(feature.mac);
    // A mirror port may show a packet on both sides of a router: also a local address may stand behind it.
    if (!feature.isClaim && isRouter(own)) return undefined;
    const known = index.ofAddress(feature.address);
    if (known.length > 0) return judgeKnownAddress(feature, known, isRouter(own) ? [] : own);
    if (own.length === 0) return judgeNewDevice(feature, index.addressCount, ledger.support);
    if (own.some((entry) => sharesPrefix(entry.what.address, feature.address))) return undefined;
    return judgeNewAddress(feature, own);
  };

  return {
    name: 'binding',
    layer: 0,
    judge,
    learn: (feature) => {
      if (feature.kind !== 'binding' || !isDeviceAddress(feature)) return false;
      const key = keyOf(feature);
      const entry = ledger.entries.get(key);
      if (entry !== undefined) {
        ledger.count(entry, feature);
        return false;
      }
      if (!feature.isClaim && isRouter(index.ofMac(feature.mac))) return false;
      const { address, mac, vlan, isClaim } = feature;
      const added = ledger.add(key, { address, mac, vlan, isClaim }, feature);
      if (added !== undefined) index.add(added);
      return true;
    },
    entries: () => ledger.sorted().map((entry) => describe(entry, index.ofAddress(entry.what.address))),
    counts: () => ledger.counts(),
    keyOf: (feature) => (feature.kind === 'binding' ? keyOf(feature) : undefined),
    decide: (key, verdict) => {
      if (verdict === 'confirm') return ledger.confirm(key);
      const isRemoved = ledger.remove(key) !== undefined;
      index = BindingIndex.of(ledger.entries.values());
      return isRemoved;
    },
    save: () => ledger.save((what) => ({ ...what })),
    load: (saved) => {
      ledger.load(saved, (fields) => {
        const what = { address: fields.text('address'), mac: fields.text('mac'), vlan: fields.count('vlan', -1), isClaim: fields.flag('isClaim') };
        return { key: keyOf(what), what };
      });
      index = BindingIndex.of(ledger.entries.values());
    },
  };
}

/** The entries by address and by hardware address. */
class BindingIndex {
  readonly #byAddress = new Map<string, Entry<Binding>[]>();
  readonly #byMac = new Map<string, Entry<Binding>[]>();

  static of(entries: Iterable<Entry<Binding>>): BindingIndex {
    const index = new BindingIndex();
    for (const entry of entries) index.add(entry);
    return index;
  }
  add(entry: Entry<Binding>): void {
    appendTo(this.#byAddress, entry.what.address, entry);
    appendTo(this.#byMac, entry.what.mac, entry);
  }
  ofAddress(address: string): readonly Entry<Binding>[] {
    return this.#byAddress.get(address) ?? [];
  }
  ofMac(mac: string): readonly Entry<Binding>[] {
    return this.#byMac.get(mac) ?? [];
  }
  get addressCount(): number {
    return this.#byAddress.size;
  }
}

function keyOf(binding: Pick<BindingFeature, 'address' | 'mac' | 'vlan'>): string {
  return `${binding.address} ${nameMac(binding)}`;
}

function nameMac(binding: Pick<BindingFeature, 'mac' | 'vlan'>): string {
  return binding.vlan <= 0 ? binding.mac : `${binding.mac}/${binding.vlan}`;
}

/** Not a device's own address: unspecified (DHCP before the lease, ARP probes of RFC 5227). */
function isDeviceAddress(feature: BindingFeature): boolean {
  return feature.address !== '0.0.0.0' && feature.address !== '::' && feature.address !== '';
}

function isRouter(own: readonly Entry<Binding>[]): boolean {
  let routed = 0;
  for (const entry of own) if (!entry.what.isClaim) routed += 1;
  return routed >= routedAddressesMin;
}

/** A device changes its IPv6 address within its network by itself: that is no news. Source: RFC 8981 (temporary addresses). */
function sharesPrefix(known: string, address: string): boolean {
  if (!known.includes(':') || !address.includes(':')) return false;
  return prefix64(known) === prefix64(address);
}

function prefix64(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  for (let index = 0; index < missing; index += 1) groups.push('0');
  if (tail !== undefined && tail !== '') groups.push(...tail.split(':'));
  return groups.slice(0, 4).join(':');
}

function sayBinding(binding: Pick<BindingFeature, 'address' | 'mac' | 'vlan'>): string {
  return `${binding.address} at ${nameMac(binding)}`;
}

/** `own`: what the hardware address stands for already, unless it is a router (which may answer for others: RFC 1027, proxy ARP). */
function judgeKnownAddress(feature: BindingFeature, known: readonly Entry<Binding>[], own: readonly Entry<Binding>[]): Judgement {
  const expected = listSome(known.map((entry) => sayBinding(entry.what)));
  const support = known.reduce((sum, entry) => sum + entry.support, 0);
  const isSameMac = known.some((entry) => entry.what.mac === feature.mac);
  const facts = { address: feature.address, mac: nameMac(feature), known: listSome(known.map((entry) => nameMac(entry.what))), support };
  const base = { observed: sayBinding(feature), expected, support, operation: null };
  if (isSameMac) {
    const words: Words = { key: 'finding.moved-device', with: facts };
    return { ...base, score: 0.8, severity: 'medium', technique: null, words, key: `vlan ${feature.address}` };
  }
  const words: Words =
    own.length > 0
      ? { key: 'finding.taken-address', with: { ...facts, own: listSome(new Set(own.map((entry) => entry.what.address))) } }
      : { key: feature.isClaim ? 'finding.duplicate-address' : 'finding.changed-binding', with: facts };
  // T0830 Adversary-in-the-Middle: taking over an address is how traffic is drawn to oneself on a local network.
  return { ...base, score: 1, severity: 'high', technique: 'T0830', words, key: `mac ${feature.address}` };
}

function judgeNewDevice(feature: BindingFeature, addressCount: number, support: number): Judgement {
  const words: Words = { key: 'finding.new-device', with: { address: feature.address, mac: nameMac(feature), known: addressCount } };
  return {
    observed: sayBinding(feature),
    expected: `* (${addressCount})`,
    support,
    score: 0.8,
    severity: 'medium',
    technique: null,
    operation: null,
    words,
    key: `device ${feature.mac}`,
  };
}

function judgeNewAddress(feature: BindingFeature, own: readonly Entry<Binding>[]): Judgement {
  const known = listSome(own.map((entry) => entry.what.address));
  return {
    observed: sayBinding(feature),
    expected: listSome(own.map((entry) => sayBinding(entry.what))),
    support: own.reduce((sum, entry) => sum + entry.support, 0),
    score: 0.6,
    severity: 'low',
    technique: null,
    operation: null,
    words: { key: 'finding.new-address', with: { address: feature.address, mac: nameMac(feature), known } },
    key: `address ${feature.mac}`,
  };
}

function describe(entry: Entry<Binding>, rivals: readonly Entry<Binding>[]): NormEntry {
  const macs = new Set(rivals.map((rival) => rival.what.mac));
  const doubt: Words | null = macs.size > 1 ? { key: 'norm.doubt.two-macs', with: { address: entry.what.address, macs: listSome(macs) } } : null;
  return {
    key: entry.key,
    text: sayBinding(entry.what),
    support: entry.support,
    firstMs: entry.firstMs,
    lastMs: entry.lastMs,
    windows: entry.windows,
    state: entry.isConfirmed ? 'confirmed' : 'probation',
    doubt,
  };
}
