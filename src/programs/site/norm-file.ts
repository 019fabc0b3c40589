// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ShinraiError } from '../../base/errors.ts';
import type { Watcher } from '../../watch/norm/watcher.ts';
import { writeDurably } from './folder.ts';

export interface NormPlaces {
  /** File of the learnt norm: opened when there, written when learning ends and when a person decides. */
  readonly normPath: string;
  /** What was learnt so far, while learning: a restart goes on with it, and nothing is judged by it. */
  readonly draftPath: string;
}

/** Takes up the norm that was learnt before, or goes on learning where a draft ends. A damaged file is refused (`norm`), never forgotten in silence. */
export async function openNormFile(watcher: Watcher, { normPath, draftPath }: NormPlaces): Promise<{ save(): Promise<void> }> {
  const place = [normPath, draftPath].find((path) => existsSync(path));
  if (place !== undefined) {
    const read = watcher.load(await readFile(place, 'utf8'));
    if (!read.ok) throw new ShinraiError('norm', `Cannot use "${place}": ${read.reason} (at ${read.offset})`);
    if (place === draftPath) watcher.resumeLearning();
  }
  return { save: () => writeDurably(watcher.phase === 'learning' ? draftPath : normPath, watcher.save()) };
}
