// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../../base/bytes.ts';
import { type Read, refuse } from '../../base/errors.ts';
import { pcapHeaderBytes } from '../../model/pcap-record.ts';
import { isPcapMagic, readPcapHeader } from './pcap.ts';
import { blockStartBytes, readPcapngHeader, sectionHeaderType } from './pcapng.ts';
import type { RecordReader, Window } from './window.ts';

/** For hints to people. */
export const formatsRead = 'pcap (microseconds, nanoseconds, modified; both byte orders), pcapng, and gzip of these';

/** What `readHeader` may need to see. */
export const headerBytesMax = pcapHeaderBytes;

/**
 * Recognises the format by its magic number and answers the reader of its records. The caller has filled the window with
 * `headerBytesMax` bytes or with the whole capture when that is shorter. Attacker-controlled.
 */
export function readHeader(window: Window): Read<RecordReader> {
  const left = window.end - window.start;
  const at = window.offsetOf(window.start);
  if (left === 0) return refuse(at, 'it is empty');
  const magic = left >= 4 ? window.view.getUint32(window.start, true) : 0;
  const [isClassic, isBlocks] = [isPcapMagic(magic), magic === sectionHeaderType];
  if (!isClassic && !isBlocks) {
    const first = toHex(window.bytes, window.start, window.start + Math.min(left, 4));
    return refuse(at, `its first bytes are ${first}, the magic number of a capture format is required`);
  }
  const headerBytes = isClassic ? pcapHeaderBytes : blockStartBytes;
  if (left < headerBytes) return refuse(at, `it ends after ${left} bytes, its header has ${headerBytes}`);
  return isClassic ? readPcapHeader(window) : readPcapngHeader(window);
}
