// SPDX-License-Identifier: Apache-2.0
import type { PacketSource } from '../../model/packet.ts';
import { openFile, StreamSource } from './byte-source.node.ts';
import { captureError } from './capture-error.ts';
import { type BatchOptions, createCaptureSource } from './capture-source.ts';
import { formatsRead } from './format.ts';
import { inflateIfGzip } from './gzip.node.ts';

/**
 * The packets of a capture file, or of standard input when `path` is `-`. The format is recognised by content: pcap, pcapng,
 * gzip of these. Raises ShinraiError `capture` when the file cannot be opened or is none of them. A file that is cut short or
 * damaged further on delivers everything before that place; then `health().cut` says where (in the uncompressed file) and why.
 * The caller iterates `batches` once, or calls `close`.
 */
export async function openCapture(path: string, options: BatchOptions = {}): Promise<PacketSource> {
  const name = path === '-' ? 'standard input' : `"${path}"`;
  const raw = path === '-' ? new StreamSource(process.stdin, name) : await openFile(path);
  try {
    const bytes = await inflateIfGzip(raw);
    const source = await createCaptureSource(bytes, options);
    if (source.ok) return source.value;
    throw captureError('capture', `Cannot read capture ${name}: ${source.reason}`, { hint: `Formats read: ${formatsRead}` });
  } catch (cause) {
    await raw.close();
    throw cause;
  }
}
