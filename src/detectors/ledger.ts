// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../base/canonical-json.ts';
import { ShinraiError } from '../base/errors.ts';
import type { NormCounts } from './detector.ts';

/** How often and when something was seen. */
export interface Tally {
  support: number;
  firstMs: number;
  lastMs: number;
  /** Distinct windows in which it was seen, and the number of the last of them. */
  windows: number;
  lastWindow: number;
  isConfirmed: boolean;
}

/** An entry of a norm: what it says, and the tally it rests on. */
export interface Entry<T> extends Tally {
  readonly key: string;
  readonly what: T;
}

export interface Sighting {
  readonly atMs: number;
  readonly lastMs: number;
  readonly count: number;
}

/** Named limit: how many entries a norm holds. What comes later is refused, counted, and judged as unknown. */
export const entriesMax = 262_144;
/** Default length of the windows in which sightings are told apart. Source: monitoring.md, section 4 (c). */
export const windowMsDefault = 600_000;

/** The entries of one detector's norm with their tallies: what all layers have in common. */
export class Ledger<T> {
  readonly entries = new Map<string, Entry<T>>();
  readonly #windowMs: number;
  readonly #entriesMax: number;
  #singletons = 0;
  #confirmed = 0;
  #refused = 0;
  #support = 0;

  constructor(options: { readonly windowMs?: number; readonly entriesMax?: number } = {}) {
    this.#windowMs = options.windowMs ?? windowMsDefault;
    this.#entriesMax = options.entriesMax ?? entriesMax;
  }

  /** Observations over all entries. */
  get support(): number {
    return this.#support;
  }

  /** Counts a sighting of a known entry. */
  count(entry: Entry<T>, seen: Sighting): void {
    if (entry.support === 1) this.#singletons -= 1;
    entry.support += seen.count;
    this.#support += seen.count;
    if (seen.atMs < entry.firstMs) entry.firstMs = seen.atMs;
    if (seen.lastMs > entry.lastMs) entry.lastMs = seen.lastMs;
    const window = Math.floor(seen.lastMs / this.#windowMs);
    if (window === entry.lastWindow) return;
    entry.lastWindow = window;
    entry.windows += 1;
  }

  /** Takes a new entry in; undefined when the norm is full. */
  add(key: string, what: T, seen: Sighting): Entry<T> | undefined {
    if (this.entries.size >= this.#entriesMax) {
      this.#refused += 1;
      return undefined;
    }
    const entry: Entry<T> = {
      key,
      what,
      support: seen.count,
      firstMs: seen.atMs,
      lastMs: seen.lastMs,
      windows: 1,
      lastWindow: Math.floor(seen.lastMs / this.#windowMs),
      isConfirmed: false,
    };
    this.entries.set(key, entry);
    this.#support += seen.count;
    if (seen.count === 1) this.#singletons += 1;
    return entry;
  }

  confirm(key: string): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) return false;
    if (!entry.isConfirmed) this.#confirmed += 1;
    entry.isConfirmed = true;
    return true;
  }

  remove(key: string): Entry<T> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.#support -= entry.support;
    if (entry.support === 1) this.#singletons -= 1;
    if (entry.isConfirmed) this.#confirmed -= 1;
    return entry;
  }

  counts(): NormCounts {
    const entries = this.entries.size;
    return { entries, singletons: this.#singletons, onProbation: entries - this.#confirmed, refused: this.#refused };
  }

  /** Entries in order of their keys, so that equal norms are equal byte for byte. */
  sorted(): readonly Entry<T>[] {
    return [...this.entries.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  save(whatToJson: (what: T) => { readonly [member: string]: Json }): Json {
    return {
      refused: this.#refused,
      entries: this.sorted().map((entry) => ({
        ...whatToJson(entry.what),
        support: entry.support,
        firstMs: entry.firstMs,
        lastMs: entry.lastMs,
        windows: entry.windows,
        lastWindow: entry.lastWindow,
        isConfirmed: entry.isConfirmed,
      })),
    };
  }

  /**
   * Replaces everything by what `save` wrote. The saved form is attacker-controlled as far as this code knows:
   * nothing of it is taken unless all of it is well-formed.
   * Throws ShinraiError('norm') when it is not.
   */
  load(saved: Json, read: (fields: Fields) => { readonly key: string; readonly what: T }): void {
    const whole = new Fields(saved, 'norm');
    const rows = whole.list('entries', this.#entriesMax);
    const fresh = new Map<string, Entry<T>>();
    for (const row of rows) {
      const fields = new Fields(row, `entry ${fresh.size + 1}`);
      const { key, what } = read(fields);
      if (fresh.has(key)) throw new ShinraiError('norm', `Cannot load norm: entry ${fresh.size + 1} repeats "${key}"`);
      fresh.set(key, { key, what, ...readTally(fields) });
    }
    const refused = whole.count('refused', 0);
    this.entries.clear();
    this.#singletons = 0;
    this.#confirmed = 0;
    this.#support = 0;
    this.#refused = refused;
    for (const [key, entry] of fresh) {
      this.entries.set(key, entry);
      this.#support += entry.support;
      if (entry.support === 1) this.#singletons += 1;
      if (entry.isConfirmed) this.#confirmed += 1;
    }
  }
}

function readTally(fields: Fields): Tally {
  return {
    support: fields.count('support', 1),
    firstMs: fields.number('firstMs'),
    lastMs: fields.number('lastMs'),
    windows: fields.count('windows', 1),
    lastWindow: fields.number('lastWindow'),
    isConfirmed: fields.flag('isConfirmed'),
  };
}

/** Reads the members of a saved object one by one. Each throws ShinraiError('norm') naming the member that is not as it must be. */
export class Fields {
  readonly #members: { readonly [member: string]: Json | undefined };
  readonly #name: string;

  constructor(saved: Json | undefined, name: string) {
    if (saved === null || typeof saved !== 'object' || Array.isArray(saved)) throw new ShinraiError('norm', `Cannot load norm: ${name} is not an object`);
    // An object that is neither null nor a list has members.
    this.#members = saved as { readonly [member: string]: Json | undefined };
    this.#name = name;
  }

  text(member: string): string {
    const value = this.#own(member);
    if (typeof value !== 'string' || value.length > 1024 || !value.isWellFormed()) throw this.#refusal(member, 'a text of at most 1,024 characters');
    return value;
  }

  number(member: string): number {
    const value = this.#own(member);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#refusal(member, 'a number');
    return value;
  }

  count(member: string, min: number): number {
    const value = this.number(member);
    if (!Number.isSafeInteger(value) || value < min) throw this.#refusal(member, `a whole number of at least ${min}`);
    return value;
  }

  flag(member: string): boolean {
    const value = this.#own(member);
    if (typeof value !== 'boolean') throw this.#refusal(member, 'true or false');
    return value;
  }

  list(member: string, itemsMax: number): readonly Json[] {
    const value = this.#own(member);
    if (!Array.isArray(value) || value.length > itemsMax) throw this.#refusal(member, `a list of at most ${itemsMax} items`);
    return value;
  }

  /** Different texts in a list of at most `itemsMax`. */
  texts(member: string, itemsMax: number): readonly string[] {
    const items = this.list(member, itemsMax);
    for (const item of items) if (typeof item !== 'string' || item.length > 1024 || !item.isWellFormed()) throw this.#refusal(member, 'a list of texts');
    return items as readonly string[]; // each item was looked at in the line before
  }

  inner(member: string): Fields {
    return new Fields(this.#own(member), `${this.#name}: ${member}`);
  }

  /** Any JSON; a missing member is null. */
  json(member: string): Json {
    return this.#own(member) ?? null;
  }

  /** Own members only: a name such as `constructor` or `__proto__` from the file must not reach the prototype. */
  #own(member: string): Json | undefined {
    return Object.hasOwn(this.#members, member) ? this.#members[member] : undefined;
  }

  #refusal(member: string, required: string): ShinraiError {
    return new ShinraiError('norm', `Cannot load norm: ${this.#name}: member "${member}" is not ${required}`);
  }
}

/** The smallest items in order of their code units, and how many there are: `a, b, c … (14)`. Equal sets give equal texts; `-` for none. */
export function listSome(items: Iterable<string>, shownMax = 3): string {
  const shown: string[] = [];
  let count = 0;
  for (const item of items) {
    count += 1;
    const at = shown.findIndex((other) => item < other);
    if (at >= 0) shown.splice(at, 0, item);
    else if (shown.length < shownMax) shown.push(item);
    if (shown.length > shownMax) shown.pop();
  }
  if (count === 0) return '-';
  return count > shownMax ? `${shown.join(', ')} … (${count})` : shown.join(', ');
}
