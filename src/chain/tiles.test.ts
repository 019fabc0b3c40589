// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { createRandom } from '../base/random.ts';
import { hashLeaf, rootOf } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';
import { createTileTree, splitHashes } from './tile-tree.ts';
import { formatBundle, formatTilePath, listTiles, parseBundle, parseTilePath, type TileName } from './tiles.ts';

const paths: readonly [string, TileName][] = [
  ['tile/0/000', { level: 0, index: 0, width: 256 }],
  ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['tile/1/x001/000.p/1', { level: 1, index: 1_000, width: 1 }],
  ['tile/63/999.p/255', { level: 63, index: 999, width: 255 }],
  ['tile/entries/x001/x234/067.p/17', { level: 'entries', index: 1_234_067, width: 17 }],
];
for (const [path, name] of paths) {
  test(`${path} names its tile, both ways`, () => {
    assert.equal(formatTilePath(name), path);
    assert.deepEqual(parseTilePath(path), name);
  });
}

for (const path of [
  'tile/0/0',
  'tile/0/x000/001',
  'tile/00/000',
  'tile/64/000',
  'tile/0/001/067',
  'tile/0/x001',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/01',
  'tile/entries/000/1',
  '/tile/0/000',
  'tile/data/000',
  'tile/0/../000',
]) {
  test(`${path} names no tile`, () => assert.equal(parseTilePath(path), undefined));
}

test('a tree of 70,000 has the tiles that the specification counts', () => {
  const names = [...listTiles(70_000)].filter((name) => name.level !== 'entries');
  const count = (level: number, isFull: boolean): number => names.filter((name) => name.level === level && (name.width === 256) === isFull).length;
  assert.deepEqual([count(0, true), count(0, false), count(1, true), count(1, false), count(2, true), count(2, false)], [273, 1, 1, 1, 0, 1]);
  assert.deepEqual(
    names.filter((name) => name.width < 256).map((name) => name.width),
    [112, 17, 1],
  );
  assert.deepEqual([...listTiles(256)].map(formatTilePath), ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
});

test('bundles give back their entries, empty and largest ones too', () => {
  const entries = [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(65_535).fill(7)];
  const read = parseBundle(formatBundle(entries), 3);
  assert.ok(read.ok);
  assert.deepEqual(read.value.map(Buffer.from), entries.map(Buffer.from));
});

const bundles: readonly [string, Uint8Array, number, number, RegExp][] = [
  ['fewer entries than said', Uint8Array.of(0, 1, 9), 2, 3, /ends after 1 entries, 2 are required/],
  ['half a length', Uint8Array.of(0, 1, 9, 0), 2, 3, /ends after 1 entries/],
  ['an entry beyond its end', Uint8Array.of(0, 3, 9), 1, 0, /entry 0 of the bundle ends at 5/],
  ['bytes after the last entry', Uint8Array.of(0, 1, 9, 9), 1, 3, /1 bytes after its last entry/],
];
for (const [name, bytes, count, offset, reason] of bundles) {
  test(`a bundle is refused for ${name}`, () => {
    const read = parseBundle(bytes, count);
    assert.ok(!read.ok);
    assert.equal(read.offset, offset);
    assert.match(read.reason, reason);
  });
}

test('a growing tree gives the root and tiles of its leaves at every size, also when it goes on from its edge', (t) => {
  const seed = 20_261_122;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const hashes: Uint8Array[] = [];
  let tree = createTileTree(sha256Now);
  const full = new Map<string, Uint8Array>();
  for (let size = 1; size <= 66_000; size += 1) {
    const hash = hashLeaf(Buffer.from(`leaf ${size}`), sha256Now);
    hashes.push(hash);
    tree.push(hash, (level, index, bytes) => full.set(`${level}/${index}`, bytes));
    if (size % 256 > 1 && random.below(4_000) !== 0) continue;
    tree = createTileTree(sha256Now, { size, edge: tree.edge() });
    if (random.below(40) === 0) assert.equal(toHex(tree.root()), toHex(rootOf(hashes, sha256Now)), `size ${size}`);
  }
  assert.equal(toHex(tree.root()), toHex(rootOf(hashes, sha256Now)));
  assert.equal(full.size, 257 + 1);
  const at256 = full.get('0/256');
  const above = full.get('1/0');
  assert.ok(at256 !== undefined && above !== undefined);
  assert.equal(toHex(at256), toHex(Buffer.concat(hashes.slice(65_536, 65_792))));
  assert.equal(toHex(splitHashes(above)[255] ?? new Uint8Array(0)), toHex(rootOf(hashes.slice(65_280, 65_536), sha256Now)));
});
