// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8, toUtf8 } from '../../base/bytes.ts';
import { createDisk, unfinishedFolder } from '../../chain/disk.node.ts';
import type { DetachedStore } from './recorder.ts';

/** Files by the SHA-256 of their content, `ab/abcd….json`. Never changed; who reads one compares the hash. */
export interface DetachedFiles extends DetachedStore {
  get(sha256: string): Promise<string | undefined>;
}

/** Opens the folder of large records and makes it where it is missing. */
export async function openDetachedFiles(folder: string): Promise<DetachedFiles> {
  await mkdir(join(folder, unfinishedFolder), { recursive: true });
  const disk = createDisk(folder);
  return {
    get: async (sha256) => {
      const bytes = await disk.read(formatDetachedPath(sha256));
      return bytes === undefined ? undefined : fromUtf8(bytes);
    },
    // Crash point: a file that no entry names. It harms nobody; the audit notes it.
    async put(sha256, text) {
      const path = formatDetachedPath(sha256);
      await disk.put(path, toUtf8(text));
      await disk.sync([path]);
    },
  };
}

/** Where a record lies below the folder. The caller ensures 64 hexadecimal digits, or gets a path at which nothing lies. */
export function formatDetachedPath(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}.json`;
}
