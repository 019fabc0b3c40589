// SPDX-License-Identifier: Apache-2.0
import { readUint16, writeUint16 } from '../base/bytes.ts';
import { accept, assert, type Read, refuse } from '../base/errors.ts';

/** Hashes of a full tile and entries of a full bundle. Source: C2SP tlog-tiles, "Merkle Tree". */
export const tileWidth = 256;
/** Largest entry in bytes: its length is written in 16 bits. Larger evidence goes in by its hash. */
export const entryBytesMax = 65_535;
/** Highest level of a tile path. */
export const levelMax = 63;

/** Which hashes or entries a file of the log holds. */
export interface TileName {
  /** `entries` for a bundle of entries, else the level of the hashes. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 … 256; below 256 the tile is partial. */
  readonly width: number;
}

/**
 * Path of a tile below the log's folder or address, e.g. `tile/0/x001/x234/067` or `tile/entries/000.p/17`.
 * The caller ensures a level of 0 … 63, an index of 0 or more and a width of 1 … 256. Source: C2SP tlog-tiles, "Merkle Tree".
 */
export function formatTilePath(name: TileName): string {
  const { level, index, width } = name;
  assert(width >= 1 && width <= tileWidth && Number.isSafeInteger(index) && index >= 0, `tile ${index} of width ${width} exists`);
  assert(level === 'entries' || (level >= 0 && level <= levelMax), `level ${level} exists`);
  const digits = String(index).padStart(Math.ceil(Math.max(String(index).length, 1) / 3) * 3, '0');
  const groups = digits.match(/.{3}/g) as string[]; // the length is a multiple of three and not zero
  const path = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** Which tile a path names; undefined when it is not the one path that {@link formatTilePath} writes for a tile. */
export function parseTilePath(path: string): TileName | undefined {
  const parts = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (parts === null) return undefined;
  const [, levelText, indexText = '', widthText] = parts;
  const level = levelText === 'entries' ? 'entries' : Number(levelText);
  const index = Number(indexText.replaceAll('x', '').replaceAll('/', ''));
  const width = widthText === undefined ? tileWidth : Number(widthText);
  if (!Number.isSafeInteger(index) || (level !== 'entries' && level > levelMax) || (widthText !== undefined && width >= tileWidth)) return undefined;
  const name: TileName = { level, index, width };
  return formatTilePath(name) === path ? name : undefined;
}

/** How many full hashes (or entries) a level of a tree of this size has. */
export function countAtLevel(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level);
}

/** Every tile and bundle that a tree of this size consists of, from level to level; partial ones last in their level. */
export function* listTiles(size: number): Generator<TileName> {
  yield* listLevel('entries', size);
  for (let level = 0; countAtLevel(size, level) > 0; level += 1) yield* listLevel(level, countAtLevel(size, level));
}

function* listLevel(level: TileName['level'], count: number): Generator<TileName> {
  for (let index = 0; index * tileWidth < count; index += 1) yield { level, index, width: Math.min(tileWidth, count - index * tileWidth) };
}

/** Writes entries behind their 16-bit lengths; the caller ensures that none is longer than 65,535 bytes. Source: C2SP tlog-tiles, "Log entries". */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const entry of entries) size += 2 + entry.length;
  const bundle = new Uint8Array(size);
  let offset = 0;
  for (const entry of entries) {
    assert(entry.length <= entryBytesMax, `an entry of ${entry.length} bytes fits a bundle`);
    writeUint16(bundle, offset, entry.length);
    bundle.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle as views into it. attacker-controlled: refuses a bundle that has not exactly `count` entries, or bytes after them. */
export function parseBundle(bytes: Uint8Array, count: number): Read<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < count) {
    if (offset + 2 > bytes.length) return refuse(offset, `the bundle ends after ${entries.length} entries, ${count} are required`);
    const end = offset + 2 + readUint16(bytes, offset);
    if (end > bytes.length) return refuse(offset, `entry ${entries.length} of the bundle ends at ${end}, after its last byte ${bytes.length}`);
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (offset !== bytes.length) return refuse(offset, `the bundle has ${bytes.length - offset} bytes after its last entry`);
  return accept(entries);
}
