// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../base/bytes.ts';
import { formatCheckpoint } from './checkpoint.ts';
import type { Disk } from './disk.node.ts';
import { logFiles, type SignedCheckpoint } from './log-folder.node.ts';
import { hashBytes } from './merkle.ts';
import type { Signer } from './primitives.ts';
import type { GrowingTree } from './recovery.node.ts';
import { signNote } from './signed-note.ts';
import { formatTilePath, tileWidth } from './tiles.ts';

const filesAtOnce = 8;

/** A tree as it was at one moment, with every file that is not on disk yet. */
export interface Snapshot {
  readonly size: number;
  readonly root: Uint8Array;
  /** Full tiles and bundles by path. */
  readonly full: ReadonlyMap<string, Uint8Array>;
  /** Partial ones by path. */
  readonly partial: ReadonlyMap<string, Uint8Array>;
}

/** Takes what a checkpoint needs out of the tree at once, so that the log can grow on while it is written. */
export function takeSnapshot(growing: GrowingTree): Snapshot {
  const { tree } = growing;
  const partial = new Map<string, Uint8Array>();
  for (const [level, bytes] of tree.edge().entries()) {
    const width = bytes.length / hashBytes;
    if (width > 0) partial.set(formatTilePath({ level, index: Math.floor(tree.size / tileWidth ** (level + 1)), width }), bytes);
  }
  const width = tree.size % tileWidth;
  if (width > 0) {
    const bundle = Buffer.concat(growing.bundleParts);
    growing.bundleParts = [bundle];
    partial.set(formatTilePath({ level: 'entries', index: Math.floor(tree.size / tileWidth), width }), bundle);
  }
  const full = growing.waiting;
  growing.waiting = new Map();
  growing.waitingBytes = 0;
  return { size: tree.size, root: tree.root(), full, partial };
}

/**
 * Writes a snapshot and signs it. The order makes every moment a good one to die at:
 * the entries are in the journal already; what the checkpoint rests on is durable before the checkpoint; the journal goes last.
 */
export async function writeCheckpoint(disk: Disk, snapshot: Snapshot, origin: string, signer: Signer, journals: readonly string[]): Promise<SignedCheckpoint> {
  const files = [...snapshot.full, ...snapshot.partial];
  for (let start = 0; start < files.length; start += filesAtOnce) {
    await Promise.all(files.slice(start, start + filesAtOnce).map(([path, bytes]) => disk.put(path, bytes)));
  }
  // Crash point: tiles beyond the old checkpoint. Recovery writes them again, with the same bytes, from the journal.
  await disk.sync(files.map(([path]) => path));
  const { size, root } = snapshot;
  const note = await signNote(formatCheckpoint({ origin, size, root }), [signer]);
  // Crash point: as above. A signed checkpoint that nobody saw is signed again over the same entries: the journal fixed their order.
  await disk.put(logFiles.checkpoint, toUtf8(note));
  await disk.sync([logFiles.checkpoint]);
  // Crash point: partial tiles beside full ones, and a journal below the checkpoint. Recovery removes the first and skips the second.
  await disk.remove([...snapshot.full.keys()].map((path) => `${path}.p`));
  await disk.remove(journals);
  return { origin, size, root, note };
}
