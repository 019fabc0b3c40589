// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes } from '../../base/bytes.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { packetsError } from './packets-error.ts';
import type { KeptPacket } from './segment.ts';

/** A small capture that stays until somebody removes it; its hash stands in the evidence. */
export interface PinnedPackets {
  readonly path: string;
  /** Lower-case hexadecimal SHA-256 of the file. */
  readonly sha256: string;
  readonly packets: number;
}

const temporaryEnding = '.part';
/** How much is gathered before it is written. */
const pieceBytes = 1_048_576;

/** Makes the folder ready: what was being written when the process died is removed. Answers how many bytes are pinned. */
export async function openPins(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let bytes = 0;
  for (const name of await readdir(folder)) {
    if (name.endsWith(temporaryEnding)) await rm(join(folder, name));
    else bytes += (await stat(join(folder, name))).size;
  }
  return bytes;
}

/** Letters, digits, `.`, `_`, `-`, not beginning with a dot: neither a path nor a hidden file. */
export function isPinName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name);
}

/**
 * Writes the packets to `<folder>/<name>.pcap`, all or nothing: to a temporary name, to the disk, then renamed. After a crash either
 * the whole file is there or none, and `openPins` removes the rest. The same packets under the same name are the same pin;
 * other packets under a taken name are refused (`packets-pin`), more bytes than `bytesMax` too (`packets-limit`).
 */
export async function writePin(
  folder: string,
  name: string,
  packets: AsyncIterable<KeptPacket>,
  bytesMax: number,
): Promise<PinnedPackets & { readonly addedBytes: number }> {
  const path = join(folder, `${name}.pcap`);
  const temporary = join(folder, `${name}.pcap${temporaryEnding}`);
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const file = await open(temporary, 'wx', 0o600);
  try {
    const flush = async (): Promise<void> => {
      await file.writeFile(concatBytes(waiting));
      waiting = [];
      waitingBytes = 0;
    };
    const put = async (part: Uint8Array): Promise<void> => {
      bytes += part.length;
      if (bytes > bytesMax) throw packetsError('packets-limit', `Cannot pin packets as "${name}": ${bytes} bytes, at most ${bytesMax} are left for pins`);
      hash.update(part);
      waiting.push(part);
      waitingBytes += part.length;
      if (waitingBytes >= pieceBytes) await flush();
    };
    let linkType: number | undefined;
    for await (const packet of packets) {
      if (linkType === undefined) await put(pcapHeader(packet.linkType));
      else if (linkType !== packet.linkType)
        throw packetsError('packets-pin', `Cannot pin packets as "${name}": they have link types ${linkType} and ${packet.linkType}`);
      linkType = packet.linkType;
      await put(pcapRecord(packet.bytes, packet.atMs, packet.wireBytes));
      count += 1;
    }
    if (count === 0) throw packetsError('packets-gone', `Cannot pin packets as "${name}": none of them is kept`);
    await flush();
    await file.sync();
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  const taken = await hashOf(path);
  if (taken !== undefined) {
    await rm(temporary);
    if (taken === sha256) return { path, sha256, packets: count, addedBytes: 0 };
    throw packetsError('packets-pin', `Cannot pin packets as "${name}": other packets are pinned under this name`);
  }
  await rename(temporary, path);
  await syncFolder(folder);
  return { path, sha256, packets: count, addedBytes: bytes };
}

async function hashOf(path: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Without it, a name that was given just before the power failed may be lost. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
