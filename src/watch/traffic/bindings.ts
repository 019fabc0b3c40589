// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../../model/flow.ts';
import { endpointText, macText } from './flows/address-text.ts';

const stride = 9; // four address words, two hardware address words, family and claim, VLAN, binding + 1

/**
 * Which addresses were seen behind which hardware addresses, each pair once (claims apart from mere sightings). The check runs for
 * packets whose pair differs from the last one of their flow: typed-array open addressing, nothing allocated for a known pair.
 * Attacker-controlled: invented addresses fill it up to `bindingsMax`; then new pairs are only counted.
 */
export class Bindings {
  readonly all: Binding[] = [];
  leftOut = 0;
  readonly #bindingsMax: number;
  #slots = new Int32Array(1024 * stride);
  #mask = 1023;

  constructor(bindingsMax: number) {
    this.#bindingsMax = bindingsMax;
  }

  /** Takes a pair in; returns its binding when it is new. `words` at `at` hold the address as in the flow table. */
  note(
    words: Int32Array,
    at: number,
    family: number,
    macHigh: number,
    macLow: number,
    vlan: number,
    isClaim: boolean,
    packet: number,
    atMs: number,
    flow: number,
  ): Binding | undefined {
    const kind = family | (isClaim ? 256 : 0);
    const w0 = words[at] as number; // the caller gives the place of four words
    const w1 = words[at + 1] as number;
    const w2 = words[at + 2] as number;
    const w3 = words[at + 3] as number;
    const slots = this.#slots;
    let slot = place(w0, w1, w2, w3, macHigh, macLow, kind, vlan) & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const from = slot * stride;
      if (slots[from + 8] === 0) break;
      const isSame = slots[from] === w0 && slots[from + 3] === w3 && slots[from + 4] === macHigh && slots[from + 5] === macLow;
      if (isSame && slots[from + 1] === w1 && slots[from + 2] === w2 && slots[from + 6] === kind && slots[from + 7] === vlan) return undefined;
    }
    if (this.all.length >= this.#bindingsMax) {
      this.leftOut += 1;
      return undefined;
    }
    const binding: Binding = { address: endpointText(family, words, at), mac: macText(macHigh, macLow), vlan, packet, atMs, flow, isClaim };
    this.all.push(binding);
    slots.set([w0, w1, w2, w3, macHigh, macLow, kind, vlan, this.all.length], slot * stride);
    if (this.all.length * 2 > this.#mask) this.#grow();
    return binding;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    const slots = new Int32Array((this.#mask + 1) * stride);
    for (let from = 0; from < old.length; from += stride) {
      const entry = old.subarray(from, from + stride);
      if (entry[8] === 0) continue;
      const [w0, w1, w2, w3, high, low, kind, vlan] = entry as unknown as readonly [number, number, number, number, number, number, number, number]; // stride is 9
      let slot = place(w0, w1, w2, w3, high, low, kind, vlan) & this.#mask;
      while (slots[slot * stride + 8] !== 0) slot = (slot + 1) & this.#mask;
      slots.set(entry, slot * stride);
    }
    this.#slots = slots;
  }
}

function place(w0: number, w1: number, w2: number, w3: number, high: number, low: number, kind: number, vlan: number): number {
  let hash = 0;
  hash = Math.imul(hash ^ w0, 0x9e3779b1) ^ (hash >>> 15);
  hash = Math.imul(hash ^ w1, 0x85ebca77) ^ (hash >>> 13);
  hash = Math.imul(hash ^ w2, 0xc2b2ae3d) ^ (hash >>> 15);
  hash = Math.imul(hash ^ w3, 0x27d4eb2f) ^ (hash >>> 13);
  hash = Math.imul(hash ^ high, 0x9e3779b1) ^ (hash >>> 15);
  hash = Math.imul(hash ^ low, 0x85ebca77) ^ (hash >>> 13);
  hash = Math.imul(hash ^ kind ^ (vlan << 12), 0xc2b2ae3d);
  return hash ^ (hash >>> 16);
}
