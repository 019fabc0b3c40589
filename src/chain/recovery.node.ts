// SPDX-License-Identifier: Apache-2.0
import { toBase64 } from './base64.ts';
import { type Disk, unfinishedFolder } from './disk.node.ts';
import { type JournalGroup, parseJournalName, readJournal } from './journal.ts';
import { damaged, logFiles, type SignedCheckpoint } from './log-folder.node.ts';
import { createLogReader } from './log-reader.node.ts';
import { hashBytes, hashLeaf, isEqual } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';
import { createTileTree, type TileTree } from './tile-tree.ts';
import { countAtLevel, entryBytesMax, formatBundle, formatTilePath, tileWidth } from './tiles.ts';

/** Everything of a log that is kept in memory: its right edge, and the full tiles that wait for the next checkpoint. */
export interface GrowingTree {
  readonly tree: TileTree;
  /** The unfinished bundle of entries, in pieces. */
  bundleParts: Uint8Array[];
  /** Full tiles and bundles by path that are not on disk yet. */
  waiting: Map<string, Uint8Array>;
  waitingBytes: number;
}

const leafScratch = new Uint8Array(1 + entryBytesMax); // the leading 0 marks a leaf

/** Adds entries that are durable in the journal; `bundle` holds them behind their lengths and belongs to the tree from now on. */
export function growTree(growing: GrowingTree, bundle: Uint8Array, entries: readonly Uint8Array[]): void {
  const { tree } = growing;
  const wait = (path: string, bytes: Uint8Array): void => {
    growing.waiting.set(path, bytes);
    growing.waitingBytes += bytes.length;
  };
  let partAt = 0;
  let offset = 0;
  for (const entry of entries) {
    leafScratch.set(entry, 1);
    const leaf = sha256Now(leafScratch.subarray(0, 1 + entry.length));
    tree.push(leaf, (level, index, bytes) => wait(formatTilePath({ level, index, width: tileWidth }), bytes));
    offset += 2 + entry.length;
    if (tree.size % tileWidth !== 0) continue;
    growing.bundleParts.push(bundle.subarray(partAt, offset));
    wait(formatTilePath({ level: 'entries', index: tree.size / tileWidth - 1, width: tileWidth }), Buffer.concat(growing.bundleParts));
    growing.bundleParts = [];
    partAt = offset;
  }
  if (partAt < bundle.length) growing.bundleParts.push(bundle.subarray(partAt));
}

/**
 * Brings a log to where its writer was when it ended, however it ended: the tiles under the last signed checkpoint, then what the journal
 * holds beyond it, in the same order and so at the same indices. The caller holds the writer's lock. Throws `chain-damaged` when the tiles
 * do not give the signed root, or the journal has a gap or damage before its end; an unfinished group at its end was never acknowledged.
 */
export async function recoverTree(
  disk: Disk,
  path: string,
  checkpoint: SignedCheckpoint,
): Promise<{ readonly growing: GrowingTree; readonly journals: readonly string[] }> {
  const { size } = checkpoint;
  await disk.remove((await disk.list(unfinishedFolder)).map((name) => `${unfinishedFolder}/${name}`));
  const reader = createLogReader(disk);
  const edge = await reader.readEdge(size);
  const tree = createTileTree(sha256Now, { size, edge });
  if (!isEqual(tree.root(), checkpoint.root)) {
    throw damaged(path, 'its tiles', `their root is ${toBase64(tree.root())}, the checkpoint of ${size} entries has ${toBase64(checkpoint.root)}`);
  }
  const entries = await reader.readEntries({ start: size - (size % tileWidth), end: size }, size);
  for (const [place, entry] of entries.entries()) {
    const leaf = edge[0]?.subarray(place * hashBytes, (place + 1) * hashBytes) ?? new Uint8Array(0);
    if (!isEqual(hashLeaf(entry, sha256Now), leaf)) throw damaged(path, `entry ${size - entries.length + place}`, 'it is not the one that its tile names');
  }
  const growing: GrowingTree = { tree, bundleParts: entries.length > 0 ? [formatBundle(entries)] : [], waiting: new Map(), waitingBytes: 0 };

  const journals = await readJournals(disk, path);
  for (const group of journals.groups) {
    const skip = Math.max(0, tree.size - group.first);
    if (group.first > tree.size) throw damaged(path, 'its journal', `entries ${tree.size} to ${group.first - 1} are missing`);
    const fresh = group.entries.slice(skip);
    if (fresh.length > 0) growTree(growing, skip === 0 ? group.bundle : formatBundle(fresh), fresh);
  }
  await removeLeftPartials(disk, journals.first ?? size, size);
  return { growing, journals: journals.paths };
}

async function readJournals(
  disk: Disk,
  path: string,
): Promise<{ readonly groups: readonly JournalGroup[]; readonly paths: readonly string[]; readonly first: number | undefined }> {
  const names = (await disk.list(logFiles.journal)).filter((name) => parseJournalName(name) !== undefined).sort();
  const groups: JournalGroup[] = [];
  for (const name of names) {
    const read = readJournal((await disk.read(`${logFiles.journal}/${name}`)) ?? new Uint8Array(0), sha256Now);
    if (read.end === 'damaged') throw damaged(path, `journal "${name}", byte ${read.wholeBytes}`, 'a group is damaged and others follow it');
    groups.push(...read.groups);
  }
  const [oldest] = names;
  return { groups, paths: names.map((name) => `${logFiles.journal}/${name}`), first: oldest === undefined ? undefined : parseJournalName(oldest) };
}

/** Partial tiles that grew full in the checkpoint after which the writer ended. Anything older was removed before its journal was. */
async function removeLeftPartials(disk: Disk, from: number, size: number): Promise<void> {
  const removeLevel = async (level: number | 'entries', countFrom: number, count: number): Promise<void> => {
    for (let index = Math.floor(countFrom / tileWidth); (index + 1) * tileWidth <= count; index += 1) {
      await disk.remove([`${formatTilePath({ level, index, width: tileWidth })}.p`]);
    }
  };
  if (from >= size) return;
  await removeLevel('entries', from, size);
  for (let level = 0; countAtLevel(size, level + 1) > 0; level += 1) await removeLevel(level, countAtLevel(from, level), countAtLevel(size, level));
}
