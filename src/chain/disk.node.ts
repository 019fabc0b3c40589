// SPDX-License-Identifier: Apache-2.0
import { close, fdatasync, open as openFile, write } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The few ways in which a log changes its folder. `onStep` is called before each change; what it throws takes the place of the change,
 * so that a test can stop the log at any of them. Paths are relative to the log's folder.
 */
export interface Disk {
  /** Whole content or undefined where there is no such file; other failures throw. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Names in a folder, empty where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Puts a whole file under its name at once: nobody ever sees half of it. Its bytes are durable on return, its name after {@link Disk.sync}. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the names in these files' folders, and in all folders above them, durable. */
  sync(paths: readonly string[]): Promise<void>;
  /** Removes files or folders, missing ones too. */
  remove(paths: readonly string[]): Promise<void>;
  /** An empty file to append to. An older one under that name is emptied. The name is durable on return. */
  createAppendFile(path: string): Promise<AppendFile>;
}

export interface AppendFile {
  /** Adds the bytes at the end; durable on return. Not safe at the same time: the caller awaits one before the next. */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Where half-written files lie until they are whole; emptied when the log is opened. */
export const unfinishedFolder = 'unfinished';

/** The disk of a log that lies in `folder`, which the caller made. */
export function createDisk(folder: string, onStep: (step: string) => void = () => {}): Disk {
  let puts = 0;
  return {
    read: (path) => readFile(join(folder, path)).catch(undefinedIfMissing),
    list: async (path) => (await readdir(join(folder, path)).catch(undefinedIfMissing)) ?? [],
    async put(path, bytes) {
      puts += 1;
      const unfinished = join(folder, unfinishedFolder, String(puts));
      onStep(`write ${path}`);
      const file = await open(unfinished, 'w');
      try {
        await file.writeFile(bytes);
        onStep(`sync ${path}`);
        await file.datasync();
      } finally {
        await file.close();
      }
      onStep(`name ${path}`);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await rename(unfinished, join(folder, path));
    },
    async sync(paths) {
      const folders = new Set(paths.flatMap(listFoldersAbove));
      for (const path of folders) {
        onStep(`sync folder ${path}`);
        await syncFolder(join(folder, path));
      }
    },
    async remove(paths) {
      for (const path of paths) {
        onStep(`remove ${path}`);
        await rm(join(folder, path), { recursive: true, force: true });
      }
    },
    async createAppendFile(path) {
      onStep(`create ${path}`);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const descriptor = await openDescriptor(join(folder, path));
      await this.sync([path]);
      return createAppendFile(descriptor, path, onStep);
    },
  };
}

function createAppendFile(descriptor: number, path: string, onStep: (step: string) => void): AppendFile {
  return {
    async append(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        onStep(`append ${path}`);
        offset += await writeSome(descriptor, bytes.subarray(offset));
      }
      onStep(`sync ${path}`);
      await syncDescriptor(descriptor);
    },
    close: () => new Promise((resolve, reject) => close(descriptor, (error) => (error ? reject(error) : resolve()))),
  };
}

// The callback forms: a promise of node:fs/promises costs as much as a small write.
function openDescriptor(path: string): Promise<number> {
  return new Promise((resolve, reject) => openFile(path, 'w', (error, descriptor) => (error ? reject(error) : resolve(descriptor))));
}
function writeSome(descriptor: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => write(descriptor, bytes, (error, written) => (error ? reject(error) : resolve(written))));
}
function syncDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve())));
}

/** Makes the names in a folder durable. Windows has no such call: there it does nothing. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** `tile/0/000` gives `tile/0`, `tile` and `.`. */
function listFoldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [folder, ...listFoldersAbove(folder)];
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
  throw error;
}
