// SPDX-License-Identifier: Apache-2.0
import { assert } from '../base/errors.ts';
import type { Sha256, Sha256Now } from './primitives.ts';

/** Size of a SHA-256 hash in bytes. */
export const hashBytes = 32;

/** Entries [start, end) of the log, counted from 0. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}
/** The node over the 2^height entries that begin at index · 2^height: one whose hash never changes once it is full. */
export interface Subtree {
  readonly height: number;
  readonly index: number;
}

/** What is hashed for a leaf: 0x00 and the entry, so that no entry can pass for an inner node. Source: RFC 6962, section 2.1. */
export function leafInput(entry: Uint8Array): Uint8Array {
  const input = new Uint8Array(entry.length + 1);
  input.set(entry, 1);
  return input;
}

/** What is hashed for an inner node: 0x01 and its two children. Source: RFC 6962, section 2.1. */
export function nodeInput(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * hashBytes);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + hashBytes);
  return input;
}

/** Hash of an entry as a leaf, 32 bytes. */
export function hashLeaf(entry: Uint8Array, sha256: Sha256Now): Uint8Array {
  return sha256(leafInput(entry));
}
/** Hash of an inner node over two hashes of 32 bytes. */
export function hashNode(left: Uint8Array, right: Uint8Array, sha256: Sha256Now): Uint8Array {
  return sha256(nodeInput(left, right));
}

/** Root over hashes of equally high, full neighbours; of none it is the hash of nothing. Source: RFC 6962, section 2.1. */
export function rootOf(hashes: readonly Uint8Array[], sha256: Sha256Now): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array(0));
  let level = hashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index + 1 < level.length; index += 2) {
      above.push(hashNode(level[index] as Uint8Array, level[index + 1] as Uint8Array, sha256)); // both lie below the length
    }
    if (level.length % 2 === 1) above.push(level[level.length - 1] as Uint8Array); // odd, so not empty
    level = above;
  }
  return level[0] as Uint8Array; // one is left
}

/**
 * The ranges whose roots prove that entry `index` is in the tree of `size` entries, from the leaf upwards.
 * The caller ensures 0 <= index < size. Source: RFC 6962, section 2.1.1.
 */
export function listInclusionRanges(index: number, size: number): readonly LeafRange[] {
  assert(index >= 0 && index < size, `entry ${index} lies in a tree of ${size}`);
  const fromTop: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      fromTop.push({ start: middle, end });
      end = middle;
    } else {
      fromTop.push({ start, end: middle });
      start = middle;
    }
  }
  return fromTop.reverse();
}

/**
 * The ranges whose roots prove that the tree of `newSize` entries begins with the tree of `oldSize`.
 * The caller ensures 0 <= oldSize <= newSize; of nothing or of itself the proof is empty. Source: RFC 6962, section 2.1.2.
 */
export function listConsistencyRanges(oldSize: number, newSize: number): readonly LeafRange[] {
  assert(oldSize >= 0 && oldSize <= newSize, `a tree of ${oldSize} is not larger than one of ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const fromTop: LeafRange[] = [];
  let start = 0;
  let end = newSize;
  while (end !== oldSize) {
    const middle = start + largestPowerBelow(end - start);
    if (oldSize <= middle) {
      fromTop.push({ start: middle, end });
      end = middle;
    } else {
      fromTop.push({ start, end: middle });
      start = middle;
    }
  }
  // The checker knows the old root: it is left out when the walk ends on the whole old tree.
  if (start > 0) fromTop.push({ start, end });
  return fromTop.reverse();
}

/** The full subtrees of a range from left to right; the caller ensures that `start` is a multiple of the largest power of two in the range. */
export function listSubtrees(range: LeafRange): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  let start = range.start;
  while (start < range.end) {
    let height = 0;
    while (start + 2 ** (height + 1) <= range.end) height += 1;
    assert(start % 2 ** height === 0, `a range that starts at ${start} is aligned`);
    subtrees.push({ height, index: start / 2 ** height });
    start += 2 ** height;
  }
  return subtrees;
}

/** Root of neighbouring full subtrees, each lower than the one to its left; the caller ensures that there is one. */
export function joinSubtrees(hashes: readonly Uint8Array[], sha256: Sha256Now): Uint8Array {
  assert(hashes.length > 0, 'there is a subtree to join');
  return hashes.reduceRight((right, left) => hashNode(left, right, sha256));
}

/** Answer of a check: yes, or no with the reason. */
export type Check = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Whether the path proves that the leaf hash is entry `index` of the tree with this size and root.
 * Every argument may be attacker-controlled; nothing throws. Source: RFC 9162, section 2.1.3.2.
 */
export async function checkInclusion(
  claim: { readonly leaf: Uint8Array; readonly index: number; readonly size: number; readonly path: readonly Uint8Array[]; readonly root: Uint8Array },
  sha256: Sha256,
): Promise<Check> {
  const { index, size, path } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return no(`entry ${index} cannot lie in a tree of ${size} entries`);
  const wrong = checkSizes([claim.leaf, claim.root, ...path]);
  if (wrong !== undefined) return wrong;
  let position = index;
  let last = size - 1;
  let root = claim.leaf;
  for (const hash of path) {
    if (last === 0) return no(`the path has ${path.length} hashes, more than the tree is high`);
    if (position % 2 === 1 || position === last) {
      root = await sha256(nodeInput(hash, root));
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else {
      root = await sha256(nodeInput(root, hash));
    }
    [position, last] = [half(position), half(last)];
  }
  if (last !== 0) return no(`the path has ${path.length} hashes, fewer than the tree is high`);
  return isEqual(root, claim.root) ? { ok: true } : no('the path leads to another root');
}

/**
 * Whether the path proves that the newer tree begins with all entries of the older one.
 * Every argument may be attacker-controlled; nothing throws. Source: RFC 9162, section 2.1.4.2.
 */
export async function checkConsistency(
  claim: {
    readonly oldSize: number;
    readonly newSize: number;
    readonly oldRoot: Uint8Array;
    readonly newRoot: Uint8Array;
    readonly path: readonly Uint8Array[];
  },
  sha256: Sha256,
): Promise<Check> {
  const { oldSize, newSize, oldRoot, newRoot, path } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return no(`a tree of ${newSize} entries cannot continue one of ${oldSize}`);
  const wrong = checkSizes([oldRoot, newRoot, ...path]);
  if (wrong !== undefined) return wrong;
  if (oldSize === 0 || oldSize === newSize) {
    if (path.length > 0) return no(`the path has ${path.length} hashes, none is needed`);
    const known = oldSize === 0 ? await sha256(new Uint8Array(0)) : newRoot;
    return isEqual(oldRoot, known) ? { ok: true } : no(oldSize === 0 ? 'the root of the empty tree is another one' : 'equal sizes have different roots');
  }
  let position = oldSize - 1;
  let last = newSize - 1;
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  // An old tree that is one full subtree is its own first hash.
  const [first, ...rest] = position === 0 ? [oldRoot, ...path] : path;
  if (first === undefined) return no('the path is empty');
  let old = first;
  let now = first;
  for (const hash of rest) {
    if (last === 0) return no(`the path has ${path.length} hashes, more than the tree is high`);
    if (position % 2 === 1 || position === last) {
      old = await sha256(nodeInput(hash, old));
      now = await sha256(nodeInput(hash, now));
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else {
      now = await sha256(nodeInput(now, hash));
    }
    [position, last] = [half(position), half(last)];
  }
  if (last !== 0) return no(`the path has ${path.length} hashes, fewer than the tree is high`);
  if (!isEqual(old, oldRoot)) return no('the path leads to another old root');
  return isEqual(now, newRoot) ? { ok: true } : no('the path leads to another new root');
}

/** Whether two byte strings are the same. Not in constant time: hashes and roots are public. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function checkSizes(hashes: readonly Uint8Array[]): Check | undefined {
  const wrong = hashes.find((hash) => hash.length !== hashBytes);
  return wrong === undefined ? undefined : no(`a hash has ${wrong.length} bytes, ${hashBytes} are required`);
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function half(count: number): number {
  return Math.floor(count / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function no(reason: string): Check {
  return { ok: false, reason };
}
