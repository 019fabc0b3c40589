// SPDX-License-Identifier: Apache-2.0
import { assert } from '../base/errors.ts';
import { hashBytes, joinSubtrees, rootOf } from './merkle.ts';
import type { Sha256Now } from './primitives.ts';
import { countAtLevel, tileWidth } from './tiles.ts';

/** The growing right edge of a tree: of each level only the hashes of its unfinished tile, so it stays small whatever the size. */
export interface TileTree {
  readonly size: number;
  /** Adds a leaf hash; calls `onFull` with each tile that it completes (bytes are the callee's to keep), from the lowest level up. */
  push(leaf: Uint8Array, onFull: (level: number, index: number, bytes: Uint8Array) => void): void;
  /** Root over all leaves. */
  root(): Uint8Array;
  /** A copy of the unfinished tile of each level, lowest first; empty where a level has just been completed. */
  edge(): readonly Uint8Array[];
}

/**
 * A tree of `size` leaves, whose right edge was read from disk: `edge[level]` holds the hashes of the unfinished tile of that level.
 * The caller ensures that their numbers follow from `size`, and compares the root with the one it trusts.
 */
export function createTileTree(sha256: Sha256Now, start: { readonly size: number; readonly edge: readonly Uint8Array[] } = { size: 0, edge: [] }): TileTree {
  const levels = start.edge.map((bytes, level) => {
    const width = countAtLevel(start.size, level) % tileWidth;
    assert(bytes.length === width * hashBytes, `level ${level} of a tree of ${start.size} has ${width} unfinished hashes`);
    return createLevel(bytes);
  });
  let size = start.size;

  const pushAt = (level: number, hash: Uint8Array, onFull: (level: number, index: number, bytes: Uint8Array) => void): void => {
    let row = levels[level];
    if (row === undefined) {
      row = createLevel(new Uint8Array(0));
      levels.push(row);
    }
    row.bytes.set(hash, row.count * hashBytes);
    row.count += 1;
    if (row.count < tileWidth) return;
    const full = row.bytes;
    row.bytes = new Uint8Array(tileWidth * hashBytes);
    row.count = 0;
    onFull(level, countAtLevel(size, level + 1) - 1, full);
    pushAt(level + 1, rootOf(splitHashes(full), sha256), onFull);
  };

  return {
    get size() {
      return size;
    },
    push(leaf, onFull) {
      size += 1;
      pushAt(0, leaf, onFull);
    },
    root() {
      const subtrees: Uint8Array[] = [];
      for (const row of levels.toReversed()) subtrees.push(...listFullSubtrees(row, sha256));
      return subtrees.length === 0 ? rootOf([], sha256) : joinSubtrees(subtrees, sha256);
    },
    edge: () => levels.map((row) => row.bytes.slice(0, row.count * hashBytes)),
  };
}

/** The hashes of a tile, in order, as views. */
export function splitHashes(tile: Uint8Array): readonly Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let offset = 0; offset + hashBytes <= tile.length; offset += hashBytes) hashes.push(tile.subarray(offset, offset + hashBytes));
  return hashes;
}

interface Level {
  bytes: Uint8Array;
  count: number;
}

function createLevel(hashes: Uint8Array): Level {
  const bytes = new Uint8Array(tileWidth * hashBytes);
  bytes.set(hashes);
  return { bytes, count: hashes.length / hashBytes };
}

/** Roots of the full subtrees of an unfinished tile, largest (leftmost) first: one for each bit of its width. */
function listFullSubtrees(row: Level, sha256: Sha256Now): readonly Uint8Array[] {
  const hashes = splitHashes(row.bytes.subarray(0, row.count * hashBytes));
  const roots: Uint8Array[] = [];
  let start = 0;
  for (let width = tileWidth / 2; width >= 1; width /= 2) {
    if (start + width > row.count) continue;
    roots.push(rootOf(hashes.slice(start, start + width), sha256));
    start += width;
  }
  return roots;
}
