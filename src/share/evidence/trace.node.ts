// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ShinraiError } from '../../base/errors.ts';
import { createDisk } from '../../chain/disk.node.ts';
import { openFolder } from '../../chain/log-folder.node.ts';
import { createLogReader } from '../../chain/log-reader.node.ts';
import { nodePrimitives } from '../../chain/primitives.node.ts';
import type { TraceNode } from '../../model/evidence.ts';
import { evidenceFiles } from './entry-proof.ts';
import { EvidenceIndex, indexEntry } from './evidence-index.ts';

const entriesAtOnce = 4_096;

/**
 * The way back from an entry or a record, read from an evidence folder (or its log's folder) without writing to it, so also while a
 * server has it open. Entries under the signed checkpoint only. Throws `chain-missing` for a folder that is none, `evidence-unknown`
 * for an id that is not there.
 */
export async function traceInFolder(path: string, id: string): Promise<readonly TraceNode[]> {
  const names = await readdir(path).catch((cause: unknown) => {
    throw new ShinraiError('chain-missing', `Cannot read "${path}": it is no folder that can be read`, { cause });
  });
  const logPath = names.includes(evidenceFiles.log) ? join(path, evidenceFiles.log) : path;
  const disk = createDisk(logPath);
  const { identity, checkpoint } = await openFolder(disk, logPath, nodePrimitives);
  const reader = createLogReader(disk);
  const index = new EvidenceIndex();
  for (let start = 0; start < checkpoint.size; start += entriesAtOnce) {
    const entries = await reader.readEntries({ start, end: Math.min(checkpoint.size, start + entriesAtOnce) }, checkpoint.size);
    for (const entry of entries) index.add(indexEntry(entry, index.size, identity.origin));
  }
  const nodes = index.trace(id);
  if (nodes.length === 0) throw new ShinraiError('evidence-unknown', `Cannot trace "${id}": it is neither an entry of ${identity.origin} nor a record in it`);
  return nodes;
}
