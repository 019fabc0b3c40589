// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../../base/canonical-json.ts';
import { type Fields, listSome } from '../ledger.ts';

/** Objects [first, last] of one space, and how often something in them was seen. */
interface Range {
  first: number;
  last: number;
  support: number;
}

/** Named limits of one function's objects. Beyond `rangesMax` the two nearest ranges become one; beyond `namesMax` any name is normal. */
export const rangesMax = 64;
export const namesMax = 32;
export const spacesMax = 32;

/**
 * Numbered objects of one space (`holding-register` 0 … 65,535) on which a function was seen.
 * Ranges that touch are one. From three ranges on, a reader's gaps are closed too, when they are not wider than the widest
 * range: who reads 0-9, 20-29 and 40-49 reads a table. A writer's gaps never are.
 */
export class ObjectRanges {
  ranges: Range[];
  /** True when ranges were joined only because there were too many: the norm is laxer than what was seen. */
  isCoarse: boolean;

  constructor(ranges: Range[] = [], isCoarse = false) {
    this.ranges = ranges;
    this.isCoarse = isCoarse;
  }

  covers(first: number, last: number): boolean {
    return this.ranges.some((range) => range.first <= first && last <= range.last);
  }

  /** Takes [first, last] in; true when it was not covered before. */
  learn(first: number, last: number, count: number, closesGaps: boolean): boolean {
    const home = this.ranges.find((range) => range.first <= first && last <= range.last);
    if (home !== undefined) {
      home.support += count;
      return false;
    }
    this.ranges.push({ first, last, support: count });
    this.ranges.sort((a, b) => a.first - b.first);
    this.#join(1);
    if (closesGaps && this.ranges.length >= 3) {
      const widest = this.ranges.reduce((width, range) => Math.max(width, range.last - range.first + 1), 0);
      this.#join(widest + 1);
    }
    while (this.ranges.length > rangesMax) this.#joinNearest();
    return true;
  }

  /** Joins neighbours whose distance (1 = touching) is at most `distanceMax`. */
  #join(distanceMax: number): void {
    const joined: Range[] = [];
    for (const range of this.ranges) {
      const before = joined.at(-1);
      if (before !== undefined && range.first - before.last <= distanceMax) {
        before.last = Math.max(before.last, range.last);
        before.support += range.support;
      } else joined.push(range);
    }
    this.ranges = joined;
  }

  #joinNearest(): void {
    let nearest = Number.POSITIVE_INFINITY;
    for (let index = 1; index < this.ranges.length; index += 1) {
      // `!`: index - 1 and index lie inside the list.
      nearest = Math.min(nearest, this.ranges[index]!.first - this.ranges[index - 1]!.last);
    }
    this.#join(nearest);
    this.isCoarse = true;
  }

  say(space: string): string {
    return listSome(
      this.ranges.map((range) => `${space}/${range.first === range.last ? range.first : `${range.first}-${range.last}`}`),
      4,
    );
  }
}

/** The objects on which one function was seen: numbered ones by space, and names. */
export class FunctionObjects {
  readonly spaces = new Map<string, ObjectRanges>();
  readonly names = new Set<string>();
  takesAnyName = false;
  takesAnySpace = false;

  holds(object: string, first: number, count: number): boolean {
    if (object === '') return true;
    if (first < 0) return this.takesAnyName || this.names.has(object);
    return this.takesAnySpace || (this.spaces.get(object)?.covers(first, lastOf(first, count)) ?? false);
  }

  learn(object: string, first: number, count: number, times: number, closesGaps: boolean): boolean {
    if (object === '' || (first < 0 && this.takesAnyName) || (first >= 0 && this.takesAnySpace)) return false;
    return first < 0 ? this.#learnName(object) : this.#learnNumber(object, first, lastOf(first, count), times, closesGaps);
  }

  #learnName(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    if (this.names.size > namesMax) {
      this.takesAnyName = true;
      this.names.clear();
    }
    return true;
  }

  #learnNumber(space: string, first: number, last: number, times: number, closesGaps: boolean): boolean {
    let ranges = this.spaces.get(space);
    if (ranges === undefined) {
      if (this.spaces.size >= spacesMax) {
        this.takesAnySpace = true;
        this.spaces.clear();
        return true;
      }
      ranges = new ObjectRanges();
      this.spaces.set(space, ranges);
    }
    return ranges.learn(first, last, times, closesGaps);
  }

  get isCoarse(): boolean {
    return this.takesAnyName || this.takesAnySpace || [...this.spaces.values()].some((ranges) => ranges.isCoarse);
  }

  say(): string {
    const parts = [...this.spaces].map(([space, ranges]) => ranges.say(space));
    if (this.takesAnySpace) parts.push('*/*');
    if (this.takesAnyName) parts.push('*');
    else if (this.names.size > 0) parts.push(listSome(this.names, 4));
    return parts.length === 0 ? '-' : parts.join(', ');
  }

  save(): Json {
    return {
      spaces: [...this.spaces]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([space, { ranges, isCoarse }]) => ({ space, isCoarse, ranges: ranges.map(({ first, last, support }) => ({ first, last, support })) })),
      names: [...this.names].sort(),
      takesAnyName: this.takesAnyName,
      takesAnySpace: this.takesAnySpace,
    };
  }
}

function lastOf(first: number, count: number): number {
  return count <= 1 ? first : first + count - 1;
}

/** Reads what `save` wrote; throws ShinraiError('norm') when it is not that. */
export function loadObjects(fields: Fields, open: (saved: Json) => Fields): FunctionObjects {
  const objects = new FunctionObjects();
  objects.takesAnyName = fields.flag('takesAnyName');
  objects.takesAnySpace = fields.flag('takesAnySpace');
  for (const name of fields.texts('names', namesMax)) objects.names.add(name);
  for (const saved of fields.list('spaces', spacesMax)) {
    const space = open(saved);
    const ranges = space.list('ranges', rangesMax).map((item) => {
      const range = open(item);
      const first = range.count('first', 0);
      return { first, last: range.count('last', first), support: range.count('support', 1) };
    });
    objects.spaces.set(space.text('space'), new ObjectRanges(ranges, space.flag('isCoarse')));
  }
  return objects;
}
