// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsShared, sharedPath } from '../../test/shared.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { checkConsistency, checkInclusion, hashLeaf, joinSubtrees, listConsistencyRanges, listInclusionRanges, listSubtrees, rootOf } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';

/** The definition of RFC 6962, section 2.1, word for word: what the faster forms are judged by. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256Now(new Uint8Array(0));
  if (leaves.length === 1) return sha256Now(Buffer.concat([Uint8Array.of(0), leaves[0] as Uint8Array]));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256Now(Buffer.concat([Uint8Array.of(1), rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k))]));
}

const leaves = Array.from({ length: 70 }, (_, index) => Buffer.from(`entry ${index}`));
const pathOf = (ranges: readonly { start: number; end: number }[]): Uint8Array[] => ranges.map(({ start, end }) => rootByDefinition(leaves.slice(start, end)));

test('the roots of one to eight known leaves are those of the reference implementation', () => {
  // Leaves and roots of the tests of certificate-transparency (Apache-2.0).
  const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => fromHex(hex) as Uint8Array);
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  for (const [size, root] of roots.entries()) {
    const hashes = known.slice(0, size).map((leaf) => hashLeaf(leaf, sha256Now));
    assert.equal(toHex(rootOf(hashes, sha256Now)), root, `${size} leaves`);
  }
});

test('roots and joined subtrees of every size up to 70 follow the definition', () => {
  for (let size = 1; size <= leaves.length; size += 1) {
    const expected = toHex(rootByDefinition(leaves.slice(0, size)));
    assert.equal(
      toHex(
        rootOf(
          leaves.slice(0, size).map((leaf) => hashLeaf(leaf, sha256Now)),
          sha256Now,
        ),
      ),
      expected,
    );
    const subtrees = listSubtrees({ start: 0, end: size }).map(({ height, index }) =>
      rootByDefinition(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height)),
    );
    assert.equal(toHex(joinSubtrees(subtrees, sha256Now)), expected);
  }
});

test('every inclusion proof up to size 40 is accepted, and refused for every other place, size and root', async () => {
  for (let size = 1; size <= 40; size += 1) {
    const root = rootByDefinition(leaves.slice(0, size));
    for (let index = 0; index < size; index += 1) {
      const leaf = hashLeaf(leaves[index] as Uint8Array, sha256Now);
      const claim = { leaf, index, size, path: pathOf(listInclusionRanges(index, size)), root };
      assert.deepEqual(await checkInclusion(claim, sha256Now), { ok: true }, `${index} of ${size}`);
      const others = [{ index: (index + 1) % size }, { root: leaf.map((byte) => byte ^ 1) }, { path: [...claim.path, leaf] }, { path: claim.path.slice(1) }];
      for (const other of others) {
        if (size === 1 && ('index' in other || other.path?.length === 0)) continue; // an only entry has no other place and needs no path
        assert.equal((await checkInclusion({ ...claim, ...other }, sha256Now)).ok, false, `${index} of ${size} with ${Object.keys(other)}`);
      }
    }
  }
});

test('every consistency proof up to size 40 is accepted, and refused with any hash of it changed', async () => {
  for (let newSize = 0; newSize <= 40; newSize += 1) {
    for (let oldSize = 0; oldSize <= newSize; oldSize += 1) {
      const roots = { oldRoot: rootByDefinition(leaves.slice(0, oldSize)), newRoot: rootByDefinition(leaves.slice(0, newSize)) };
      const claim = { oldSize, newSize, ...roots, path: pathOf(listConsistencyRanges(oldSize, newSize)) };
      assert.deepEqual(await checkConsistency(claim, sha256Now), { ok: true }, `${oldSize} to ${newSize}`);
      for (const place of claim.path.keys()) {
        const path = claim.path.with(
          place,
          (claim.path[place] as Uint8Array).map((byte) => byte ^ 0x80),
        );
        assert.equal((await checkConsistency({ ...claim, path }, sha256Now)).ok, false, `${oldSize} to ${newSize}, hash ${place}`);
      }
    }
  }
});

const hash = new Uint8Array(32);
const inclusion = { leaf: hash, index: 0, size: 2, path: [hash], root: hash };
const consistency = { oldSize: 1, newSize: 2, oldRoot: hash, newRoot: hash, path: [hash] };
const refusals: readonly [string, Promise<{ ok: boolean; reason?: string }>, RegExp][] = [
  ['an entry beyond the tree', checkInclusion({ ...inclusion, index: 2 }, sha256Now), /entry 2 cannot lie in a tree of 2/],
  ['a place that is no whole number', checkInclusion({ ...inclusion, index: 0.5 }, sha256Now), /entry 0.5 cannot/],
  ['a size above 2^53', checkInclusion({ ...inclusion, size: 2 ** 60 }, sha256Now), /cannot lie/],
  ['a hash of 31 bytes', checkInclusion({ ...inclusion, path: [new Uint8Array(31)] }, sha256Now), /31 bytes, 32 are required/],
  ['a path that is too long', checkInclusion({ ...inclusion, path: [hash, hash] }, sha256Now), /2 hashes, more than/],
  ['a path that is too short', checkInclusion({ ...inclusion, path: [] }, sha256Now), /0 hashes, fewer than/],
  ['a path to another root', checkInclusion(inclusion, sha256Now), /another root/],
  ['a tree that shrank', checkConsistency({ ...consistency, oldSize: 3 }, sha256Now), /of 2 entries cannot continue one of 3/],
  ['a consistency hash of 33 bytes', checkConsistency({ ...consistency, path: [new Uint8Array(33)] }, sha256Now), /33 bytes/],
  ['a path between equal sizes', checkConsistency({ ...consistency, oldSize: 2 }, sha256Now), /none is needed/],
  ['equal sizes with different roots', checkConsistency({ ...consistency, oldSize: 2, path: [], newRoot: hash.with(0, 1) }, sha256Now), /different roots/],
  ['an empty tree with a root of its own', checkConsistency({ ...consistency, oldSize: 0, path: [] }, sha256Now), /root of the empty tree/],
  ['an empty path between sizes', checkConsistency({ ...consistency, oldSize: 3, newSize: 4, path: [] }, sha256Now), /path is empty/],
  ['a consistency path that is too long', checkConsistency({ ...consistency, path: [hash, hash] }, sha256Now), /more than/],
  ['a consistency path that is too short', checkConsistency({ ...consistency, newSize: 9, path: [hash] }, sha256Now), /fewer than/],
  ['another old root', checkConsistency({ ...consistency, oldSize: 3, newSize: 4, path: [hash, hash, hash] }, sha256Now), /another old root/],
  ['another new root', checkConsistency(consistency, sha256Now), /another new root/],
];
for (const [name, check, reason] of refusals) {
  test(`a proof is refused for ${name}`, async () => {
    const verdict = await check;
    assert.equal(verdict.ok, false);
    assert.match(verdict.reason ?? '', reason);
  });
}

const vectors = sharedPath('trust/merkle');
test('all shared proof vectors are judged as their authors say', { skip: needsShared('trust/merkle') }, async () => {
  const files = readdirSync(vectors as string, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')); // skipped where it is missing
  assert.ok(files.length >= 90, `${files.length} vectors`);
  const bytes = (text: string | null): Uint8Array => Buffer.from(text ?? '', 'base64');
  const wrong: string[] = [];
  for (const file of files) {
    const v = JSON.parse(readFileSync(join(vectors as string, file), 'utf8')); // as above
    const path = (v.proof ?? []).map(bytes);
    const verdict = file.startsWith('inclusion')
      ? await checkInclusion({ leaf: bytes(v.leafHash), index: v.leafIdx, size: v.treeSize, path, root: bytes(v.root) }, sha256Now)
      : await checkConsistency({ oldSize: v.size1, newSize: v.size2, oldRoot: bytes(v.root1), newRoot: bytes(v.root2), path }, sha256Now);
    if (verdict.ok === v.wantErr) wrong.push(`${file}: ${JSON.stringify(verdict)}, wantErr ${v.wantErr}`);
  }
  assert.deepEqual(wrong, []);
});
