// SPDX-License-Identifier: Apache-2.0
/** The classic capture format. Source: draft-ietf-opsawg-pcap; old variants as libpcap and Wireshark read them. */
import { accept, type Read, type Refusal, refuse } from '../../base/errors.ts';
import { linkTypes, type PacketBuffer } from '../../model/packet.ts';
import { packetBytesMax, pcapHeaderBytes, pcapMagic, pcapRecordHeaderBytes } from '../../model/pcap-record.ts';
import type { ReadingState, RecordReader, Window } from './window.ts';

/** Alexey Kuznetzov's variant has interface, protocol and packet type behind the usual 16 bytes. */
const modifiedRecordHeaderBytes = 24;

interface PcapFormat {
  readonly little: boolean;
  readonly linkType: number;
  readonly fractionsPerMs: number;
  readonly recordHeaderBytes: number;
  /** Files before version 2.3 have the two lengths in the other order; those of 2.3 have both orders. */
  readonly lengths: 'straight' | 'swapped' | 'either';
}

/** Whether these four bytes begin a classic capture. */
export function isPcapMagic(magicLittleEndian: number): boolean {
  return variantOf(magicLittleEndian) !== undefined;
}

/** Reads the file header in front of the window; the caller has seen that 24 bytes are there. Attacker-controlled. */
export function readPcapHeader(window: Window): Read<RecordReader> {
  const { view, start } = window;
  const variant = variantOf(view.getUint32(start, true));
  if (variant === undefined) return refuse(window.offsetOf(start), 'no magic number of pcap');
  const { little } = variant;
  const major = view.getUint16(start + 4, little);
  const minor = view.getUint16(start + 6, little);
  if (major !== 2) return refuse(window.offsetOf(start + 4), `pcap version is ${major}.${minor}, must be 2.0 to 2.4`);
  const format: PcapFormat = {
    little,
    linkType: toLinkType(view.getUint32(start + 20, little)),
    fractionsPerMs: variant.fractionsPerMs,
    recordHeaderBytes: variant.recordHeaderBytes,
    lengths: minor < 3 ? 'swapped' : minor === 3 ? 'either' : 'straight',
  };
  window.start += pcapHeaderBytes;
  return accept(new PcapReader(format));
}

function variantOf(magicLittleEndian: number): Pick<PcapFormat, 'little' | 'fractionsPerMs' | 'recordHeaderBytes'> | undefined {
  const swapped = swapBytes(magicLittleEndian);
  const little = Object.values<number>(pcapMagic).includes(magicLittleEndian);
  const magic = little ? magicLittleEndian : swapped;
  if (magic === pcapMagic.micro) return { little, fractionsPerMs: 1000, recordHeaderBytes: pcapRecordHeaderBytes };
  if (magic === pcapMagic.nano) return { little, fractionsPerMs: 1_000_000, recordHeaderBytes: pcapRecordHeaderBytes };
  if (magic === pcapMagic.modified) return { little, fractionsPerMs: 1000, recordHeaderBytes: modifiedRecordHeaderBytes };
  return undefined;
}

function swapBytes(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/**
 * The LINKTYPE_ number of a file header: the upper bits tell the length of a frame check sequence and are not part of it.
 * 12 and 14 are what some systems wrote for raw IP before it had the number 101. Numbers beyond 16 bits (none are assigned)
 * become 65535, which nobody decodes.
 */
export function toLinkType(field: number): number {
  const linkType = field & 0x03ff_ffff;
  if (linkType === 12 || linkType === 14) return linkTypes.rawIp;
  return Math.min(linkType, 0xffff);
}

class PcapReader implements RecordReader {
  packets = 0;
  bytes = 0;
  readonly #format: PcapFormat;

  constructor(format: PcapFormat) {
    this.#format = format;
  }

  /** The file format has no place for losses. */
  dropped(): undefined {
    return undefined;
  }

  read(window: Window, rows: PacketBuffer): ReadingState {
    const { little, linkType, fractionsPerMs, recordHeaderBytes } = this.#format;
    const straight = this.#format.lengths === 'straight';
    const { view, end } = window;
    const rowsMax = rows.start.length;
    let row = rows.count;
    let at = window.start;
    let bytes = 0;
    let state: ReadingState = 'full';
    while (row < rowsMax) {
      const packetAt = at + recordHeaderBytes;
      if (packetAt > end) {
        state = 'more';
        break;
      }
      let captured = view.getUint32(at + 8, little);
      let wire = view.getUint32(at + 12, little);
      if (!straight && (captured > wire || this.#format.lengths === 'swapped')) {
        const first = captured;
        captured = wire;
        wire = first;
      }
      // Attacker-controlled: without this limit one record could ask for four gigabytes of memory.
      if (captured > packetBytesMax) {
        state = this.#refuse(window, at, row - rows.count, `claims ${captured} bytes, at most ${packetBytesMax} are allowed`);
        break;
      }
      if (packetAt + captured > end) {
        state = 'more';
        break;
      }
      rows.start[row] = packetAt;
      rows.captured[row] = captured;
      rows.wire[row] = wire;
      rows.atMs[row] = view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / fractionsPerMs;
      rows.linkType[row] = linkType;
      bytes += captured;
      row += 1;
      at = packetAt + captured;
    }
    this.packets += row - rows.count;
    this.bytes += bytes;
    rows.count = row;
    window.start = at;
    return state;
  }

  finish(window: Window): Refusal | undefined {
    const left = window.end - window.start;
    if (left === 0) return undefined;
    const { recordHeaderBytes, little, lengths } = this.#format;
    if (left < recordHeaderBytes) return this.#refuse(window, window.start, 0, `has ${left} of ${recordHeaderBytes} header bytes`);
    const first = window.view.getUint32(window.start + 8, little);
    const second = window.view.getUint32(window.start + 12, little);
    const captured = lengths === 'straight' ? first : lengths === 'swapped' ? second : Math.min(first, second);
    return this.#refuse(window, window.start, 0, `claims ${captured} bytes, ${left - recordHeaderBytes} are left`);
  }

  #refuse(window: Window, at: number, unread: number, found: string): Refusal {
    const offset = window.offsetOf(at);
    return refuse(offset, `Cannot read packet ${this.packets + unread + 1}: record at byte ${offset} ${found}`);
  }
}
