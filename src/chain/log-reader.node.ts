// SPDX-License-Identifier: Apache-2.0
import { assert, ShinraiError } from '../base/errors.ts';
import type { Disk } from './disk.node.ts';
import { hashBytes, joinSubtrees, type LeafRange, listConsistencyRanges, listInclusionRanges, listSubtrees, rootOf, type Subtree } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';
import { splitHashes } from './tile-tree.ts';
import { countAtLevel, formatTilePath, parseBundle, type TileName, tileWidth } from './tiles.ts';

const cachedTilesMax = 256;

/**
 * Reads entries and proofs out of the tiles of a tree of a given size, which the caller took from a verified checkpoint.
 * What it reads is not trusted: whoever needs certainty checks the proof against the checkpoint. Throws `chain-damaged` on missing or short files.
 */
export interface LogReader {
  /** Entries [start, end). */
  readEntries(range: LeafRange, size: number): Promise<readonly Uint8Array[]>;
  proveInclusion(index: number, size: number): Promise<readonly Uint8Array[]>;
  proveConsistency(oldSize: number, size: number): Promise<readonly Uint8Array[]>;
  /** The unfinished tiles of each level, as {@link TileTree.edge}. */
  readEdge(size: number): Promise<readonly Uint8Array[]>;
}

/** A reader of the log on this disk; it keeps up to 256 full tiles, which never change. */
export function createLogReader(disk: Disk): LogReader {
  const full = new Map<string, Uint8Array>();

  const readTile = async (level: TileName['level'], index: number, size: number): Promise<Uint8Array> => {
    const count = level === 'entries' ? size : countAtLevel(size, level);
    const width = Math.min(tileWidth, count - index * tileWidth);
    const wholePath = formatTilePath({ level, index, width: tileWidth });
    const cached = full.get(wholePath);
    if (cached !== undefined) return cached;
    // A partial tile may be gone when its full one is there; that begins with the same bytes.
    const partial = width < tileWidth ? await disk.read(formatTilePath({ level, index, width })) : undefined;
    if (partial !== undefined) return partial;
    const whole = await disk.read(wholePath);
    if (whole === undefined) throw new ShinraiError('chain-damaged', `Cannot read the log: "${formatTilePath({ level, index, width })}" is missing`);
    if (full.size >= cachedTilesMax) full.clear();
    full.set(wholePath, whole);
    return whole;
  };
  const readHashes = async (level: number, start: number, count: number, size: number): Promise<readonly Uint8Array[]> => {
    const index = Math.floor(start / tileWidth);
    const tile = await readTile(level, index, size);
    const from = (start - index * tileWidth) * hashBytes;
    const bytes = tile.subarray(from, from + count * hashBytes);
    if (bytes.length < count * hashBytes) throw new ShinraiError('chain-damaged', `Cannot read the log: tile ${index} of level ${level} is too short`);
    return splitHashes(bytes);
  };
  const hashSubtree = async ({ height, index }: Subtree, size: number): Promise<Uint8Array> => {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    return rootOf(await readHashes(level, index * count, count, size), sha256Now);
  };
  const hashRange = async (range: LeafRange, size: number): Promise<Uint8Array> =>
    joinSubtrees(await Promise.all(listSubtrees(range).map((subtree) => hashSubtree(subtree, size))), sha256Now);

  return {
    async readEntries({ start, end }, size) {
      assert(start >= 0 && start <= end && end <= size, `entries ${start} to ${end} lie in a log of ${size}`);
      const entries: Uint8Array[] = [];
      for (let index = Math.floor(start / tileWidth); index * tileWidth < end; index += 1) {
        const bundle = await readTile('entries', index, size);
        const read = parseBundleStart(bundle, Math.min(tileWidth, size - index * tileWidth), index);
        entries.push(...read.slice(Math.max(0, start - index * tileWidth), end - index * tileWidth));
      }
      return entries;
    },
    proveInclusion: (index, size) => Promise.all(listInclusionRanges(index, size).map((range) => hashRange(range, size))),
    proveConsistency: (oldSize, size) => Promise.all(listConsistencyRanges(oldSize, size).map((range) => hashRange(range, size))),
    async readEdge(size) {
      const edge: Uint8Array[] = [];
      for (let level = 0; countAtLevel(size, level) > 0; level += 1) {
        const count = countAtLevel(size, level);
        const width = count % tileWidth;
        const tile = width === 0 ? new Uint8Array(0) : await readTile(level, (count - width) / tileWidth, size);
        if (tile.length < width * hashBytes) throw new ShinraiError('chain-damaged', `Cannot read the log: the last tile of level ${level} is too short`);
        edge.push(tile.slice(0, width * hashBytes));
      }
      return edge;
    },
  };
}

/** The first entries of a bundle: a full bundle serves for the partial one that it grew from. */
function parseBundleStart(bundle: Uint8Array, count: number, index: number): readonly Uint8Array[] {
  const exact = parseBundle(bundle, count);
  if (exact.ok) return exact.value;
  const whole = parseBundle(bundle, tileWidth);
  if (whole.ok) return whole.value.slice(0, count);
  throw new ShinraiError('chain-damaged', `Cannot read the log: bundle ${index}, byte ${exact.offset}: ${exact.reason}`);
}
