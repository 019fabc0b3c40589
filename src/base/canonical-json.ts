// SPDX-License-Identifier: Apache-2.0
/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json | undefined };

/** Deepest nesting that is written. */
const depthMax = 64;

/**
 * The one byte-for-byte form of a JSON value: keys in order of their UTF-16 code units, no spaces; members that are undefined are left out.
 * Throws on what JSON cannot hold (NaN, undefined in a list …), on lone surrogates and below a depth of 64: those are mistakes of our code.
 * Source: RFC 8785, section 3.2.
 */
export function canonicalJson(value: Json): string {
  const ordered = orderNames(value, 0);
  // The engine writes the whole value three times as fast as we do, and its texts and numbers are those of the RFC, sections 3.2.2.2 and 3.2.2.3.
  return ordered === undefined ? writeInOrder(value) : JSON.stringify(ordered);
}

/** A copy whose names stand in order; undefined where no object can hold them so. Refuses all that {@link canonicalJson} refuses. */
function orderNames(value: Json | undefined, depth: number): Json | undefined {
  if (depth > depthMax) throw new Error(`Cannot write canonical JSON: nested deeper than ${depthMax}`);
  if (typeof value === 'string') return requireWellFormed(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`Cannot write canonical JSON: found ${value}, a finite number is required`);
    return value;
  }
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') throw new Error(`Cannot write canonical JSON: found ${typeof value}, a value of JSON is required`);
  let canHold = true;
  if (isList(value)) {
    const list: Json[] = [];
    for (const item of value) {
      const ordered = orderNames(item, depth + 1);
      if (ordered === undefined) canHold = false;
      else list.push(ordered);
    }
    return canHold ? list : undefined;
  }
  const object: Record<string, Json> = {};
  for (const name of sortNames(Object.keys(value))) {
    const member = value[name];
    if (member === undefined) continue;
    const ordered = orderNames(member, depth + 1);
    if (ordered === undefined || !keepsItsPlace(requireWellFormed(name))) canHold = false;
    else object[name] = ordered;
  }
  return canHold ? object : undefined;
}

/** Objects put names that look like list indices before all others, and __proto__ is not a name to them. */
function keepsItsPlace(name: string): boolean {
  const first = name.charCodeAt(0);
  return !(first >= 0x30 && first <= 0x39) && name !== '__proto__';
}

/** The same, without the help of an object. The caller has checked the value. */
function writeInOrder(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeInOrder).join(',')}]`;
  const members: string[] = [];
  for (const name of sortNames(Object.keys(value))) {
    const member = value[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${writeInOrder(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** JSON.stringify writes lone surrogates as escapes, which the RFC forbids. */
function requireWellFormed(text: string): string {
  if (!text.isWellFormed()) throw new Error('Cannot write canonical JSON: found a lone surrogate');
  return text;
}

/** So few names are moved to their places one by one; more could take long in an order that an attacker chose. */
const movedMax = 32;

/** Sorts by UTF-16 code units, in place: most objects have few names, which the engine's own sort is slow for. */
function sortNames(names: string[]): readonly string[] {
  if (names.length > movedMax) return names.sort();
  for (let place = 1; place < names.length; place += 1) {
    const name = names[place] as string; // below the length, as all places here
    let to = place;
    for (; to > 0 && (names[to - 1] as string) > name; to -= 1) names[to] = names[to - 1] as string;
    names[to] = name;
  }
  return names;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
