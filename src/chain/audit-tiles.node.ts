// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes } from '../base/bytes.ts';
import type { JournalAudit } from './audit-journal.node.ts';
import type { AuditOptions, Findings } from './audit-report.ts';
import { hashBytes, hashLeaf, isEqual, joinSubtrees, rootOf } from './merkle.ts';
import { sha256Now } from './primitives.node.ts';
import { formatBundle, formatTilePath, parseBundle, parseTilePath, type TileName, tileWidth } from './tiles.ts';

/** The audit of one folder's tiles. */
interface TileAudit {
  readonly path: string;
  readonly findings: Findings;
  /** Widths on disk of each tile, by `level/index`; taken out when the tile is judged. */
  readonly present: Map<string, number[]>;
  /** Of each level the hashes of the tile that is not full yet, and its index. */
  readonly levels: { hashes: Uint8Array[]; index: number }[];
}

/**
 * Computes the tree of all entries, compares each tile and bundle on disk with it, and returns the root over the first `size`
 * entries; undefined when an entry could not be read, which has been reported.
 */
export async function auditTiles(
  path: string,
  files: ReadonlyMap<string, number>,
  size: number,
  journal: JournalAudit,
  options: AuditOptions,
  findings: Findings,
): Promise<Uint8Array | undefined> {
  const audit: TileAudit = { path, findings, present: groupWidths(files), levels: [] };
  let root: Uint8Array | undefined = size === 0 ? rootOf([], sha256Now) : undefined;
  for (let start = 0; start < journal.end; start += tileWidth) {
    const index = start / tileWidth;
    const entries = await readBundle(audit, index, Math.min(tileWidth, size - start), journal);
    if (entries === undefined) return undefined;
    const verdicts = await Promise.all(entries.map((entry, place) => options.checkEntry?.(start + place, entry)));
    for (const [place, wrong] of verdicts.entries()) if (wrong !== undefined) findings.problem(`entry ${start + place}`, wrong);
    for (const [place, entry] of entries.entries()) {
      const number = start + place;
      const journaled = journal.entries.get(number);
      if (journaled !== undefined && !isEqual(journaled, entry))
        findings.problem('journal', `entry ${number} is another one than in "${pathOf('entries', index, tileWidth)}"`);
      await pushHash(audit, 0, hashLeaf(entry, sha256Now));
      if (number + 1 === size) root = rootOfLevels(audit);
    }
    await compareFiles(audit, { level: 'entries', index, width: entries.length }, (width) => formatBundle(entries.slice(0, width)));
    options.onProgress?.(start + entries.length, journal.end);
  }
  for (const [level, { hashes, index }] of audit.levels.entries()) {
    if (hashes.length > 0) await compareFiles(audit, { level, index, width: hashes.length }, (width) => concatBytes(hashes.slice(0, width)));
  }
  requireTiles(files, size, findings);
  for (const [tile, widths] of audit.present) {
    for (const width of widths) {
      const [level = '', index] = tile.split('/');
      findings.late(pathOf(level === 'entries' ? level : Number(level), Number(index), width), 'no entry of the log is behind it');
    }
  }
  return root;
}

/** Entries of a bundle: `signed` of them must be on disk, the journal may hold more. */
async function readBundle(audit: TileAudit, index: number, signed: number, journal: JournalAudit): Promise<Uint8Array[] | undefined> {
  const entries: Uint8Array[] = [];
  if (signed > 0) {
    const widths = audit.present.get(`entries/${index}`) ?? [];
    // A full bundle serves for the partial one that it grew from.
    const width = widths.includes(signed) ? signed : widths.includes(tileWidth) ? tileWidth : undefined;
    const name = pathOf('entries', index, width ?? signed);
    const bytes = width === undefined ? undefined : await readFile(join(audit.path, name)).catch(() => undefined);
    const read = bytes === undefined ? undefined : parseBundle(bytes, width ?? signed);
    if (read === undefined || !read.ok) {
      audit.findings.problem(name, read === undefined ? 'it is missing: the entries from here on cannot be checked' : `byte ${read.offset}: ${read.reason}`);
      return undefined;
    }
    entries.push(...read.value.slice(0, signed));
  }
  for (let number = index * tileWidth + entries.length; number < journal.end && entries.length < tileWidth; number += 1) {
    const entry = journal.entries.get(number);
    if (entry === undefined) {
      audit.findings.problem('journal', `entry ${number} is missing`);
      return undefined;
    }
    entries.push(entry);
  }
  return entries;
}

async function pushHash(audit: TileAudit, level: number, hash: Uint8Array): Promise<void> {
  let row = audit.levels[level];
  if (row === undefined) {
    row = { hashes: [], index: 0 };
    audit.levels.push(row);
  }
  row.hashes.push(hash);
  if (row.hashes.length < tileWidth) return;
  const { hashes, index } = row;
  row.hashes = [];
  row.index += 1;
  await compareFiles(audit, { level, index, width: tileWidth }, (width) => concatBytes(hashes.slice(0, width)));
  await pushHash(audit, level + 1, rootOf(hashes, sha256Now));
}

/** Each file of the tile must hold exactly the first hashes or entries of what was computed. */
async function compareFiles(audit: TileAudit, tile: TileName, expect: (width: number) => Uint8Array): Promise<void> {
  const key = `${tile.level}/${tile.index}`;
  for (const width of audit.present.get(key) ?? []) {
    const name = pathOf(tile.level, tile.index, width);
    if (width > tile.width) {
      audit.findings.late(name, `the log has ${tile.width} of its ${width} ${tile.level === 'entries' ? 'entries' : 'hashes'} only`);
      continue;
    }
    const found = await readFile(join(audit.path, name)).catch(() => undefined);
    if (found === undefined) {
      audit.findings.note(`"${name}" was removed during the audit`); // as partial tiles are; a needed one is missed by name
      continue;
    }
    const expected = expect(width);
    if (isEqual(found, expected)) continue;
    const at = expected.findIndex((byte, offset) => found[offset] !== byte);
    const what = at < 0 ? `it has ${found.length - expected.length} bytes too many` : `byte ${at}${describeHash(tile, at)} is not what the entries give`;
    audit.findings.problem(name, what);
  }
  audit.present.delete(key);
}

function describeHash(tile: TileName, offset: number): string {
  return tile.level === 'entries' ? '' : ` (hash ${Math.floor(offset / hashBytes)})`;
}

/** Root over everything so far: unlike the writer, folded straight from the hashes of each level. */
function rootOfLevels(audit: TileAudit): Uint8Array {
  const roots: Uint8Array[] = [];
  for (const { hashes } of audit.levels.toReversed()) {
    let start = 0;
    for (let width = tileWidth / 2; width >= 1; width /= 2) {
      if (start + width > hashes.length) continue;
      roots.push(rootOf(hashes.slice(start, start + width), sha256Now));
      start += width;
    }
  }
  return joinSubtrees(roots, sha256Now);
}

/** What a tree of this size consists of must be there; a partial tile may have been replaced by its full one. */
function requireTiles(files: ReadonlyMap<string, number>, size: number, findings: Findings): void {
  const require = (level: TileName['level'], count: number): void => {
    for (let index = 0; index * tileWidth < count; index += 1) {
      const path = pathOf(level, index, Math.min(tileWidth, count - index * tileWidth));
      if (!files.has(path) && !files.has(pathOf(level, index, tileWidth))) findings.problem(path, 'it is missing');
    }
  };
  require('entries', size);
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) require(level, count);
}

function groupWidths(files: ReadonlyMap<string, number>): Map<string, number[]> {
  const present = new Map<string, number[]>();
  for (const file of files.keys()) {
    const tile = parseTilePath(file);
    if (tile === undefined) continue;
    const key = `${tile.level}/${tile.index}`;
    present.set(key, [...(present.get(key) ?? []), tile.width]);
  }
  return present;
}

function pathOf(level: TileName['level'], index: number, width: number): string {
  return formatTilePath({ level, index, width });
}
