// SPDX-License-Identifier: Apache-2.0
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * After a death that nobody could announce (kill, power), the numbers of packets that the disk had not got yet may already stand in
 * findings. They must never name other packets, so counting goes on this much higher.
 */
export const numbersSkippedAfterCrash = 10_000_000;

const fileName = 'numbering';

/**
 * The number with which counting goes on, at least `afterKept` (which follows the last packet on disk): without a gap after a clean
 * end, beyond everything that may have been given away otherwise. Notes that counting is under way.
 */
export async function beginNumbers(folder: string, afterKept: number): Promise<number> {
  const note = await readNote(join(folder, fileName));
  const known = Math.max(afterKept, note?.number ?? 1);
  const isClean = note === undefined ? afterKept === 1 : note.state === 'rest' && note.number >= afterKept;
  const next = isClean ? known : known + numbersSkippedAfterCrash;
  await writeNote(folder, 'running', next);
  return next;
}

/** Notes that everything up to this number is on disk. */
export async function endNumbers(folder: string, nextNumber: number): Promise<void> {
  await writeNote(folder, 'rest', nextNumber);
}

/** Undefined when there is none. Not trusted: whoever changes it can make numbers skip, or begin no lower than those on disk. */
async function readNote(path: string): Promise<{ readonly state: string; readonly number: number } | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  const [, state, digits] = /^(rest|running) (\d{1,15})\n$/.exec(text) ?? [];
  return state === undefined ? { state: 'damaged', number: 1 } : { state, number: Number(digits) };
}

async function writeNote(folder: string, state: 'rest' | 'running', nextNumber: number): Promise<void> {
  const path = join(folder, fileName);
  const file = await open(`${path}.part`, 'w', 0o600);
  try {
    await file.writeFile(`${state} ${nextNumber}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path); // killed before: the old note stands
}
