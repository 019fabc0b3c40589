// SPDX-License-Identifier: Apache-2.0
/** The block format of Wireshark. Source: draft-ietf-opsawg-pcapng (version 1.0 and 1.2 of the format). */
import { accept, type Read, type Refusal, refuse } from '../../base/errors.ts';
import type { PacketBuffer } from '../../model/packet.ts';
import { packetBytesMax } from '../../model/pcap-record.ts';
import { type CaptureInterface, readDroppedBefore, readDroppedTotal, readInterface, toMs } from './pcapng-interface.ts';
import { blockBytesMax, type ReadingState, type RecordReader, type Window } from './window.ts';

/** The first four bytes of a pcapng file; the same in both byte orders. */
export const sectionHeaderType = 0x0a0d0d0a;
const blockTypes = { interface: 1, packet: 2, simplePacket: 3, statistics: 5, enhancedPacket: 6 } as const;
const byteOrderMagic = 0x1a2b3c4d;
/** Bytes that tell everything about a block but its content: type, length, and the byte order of a section header. */
export const blockStartBytes = 12;
/** Named limit: how many interfaces one section may describe. */
const interfacesMax = 65_536;

/** Checks the first section header in front of the window, of which the caller has seen 12 bytes. Attacker-controlled. */
export function readPcapngHeader(window: Window): Read<RecordReader> {
  if (readByteOrder(window, window.start) === undefined) {
    return refuse(window.offsetOf(window.start + 8), 'section header has no byte-order magic number');
  }
  return accept(new PcapngReader());
}

function readByteOrder(window: Window, blockAt: number): 'little' | 'big' | undefined {
  if (window.view.getUint32(blockAt + 8, true) === byteOrderMagic) return 'little';
  if (window.view.getUint32(blockAt + 8, false) === byteOrderMagic) return 'big';
  return undefined;
}

class PcapngReader implements RecordReader {
  packets = 0;
  bytes = 0;
  #little = true;
  #interfaces: CaptureInterface[] = [];
  /** Losses of the sections that are behind us. */
  #droppedBefore: number | undefined;
  /** Simple packets carry no time: they get the one of the packet before them. */
  #lastMs = 0;
  /** Bytes of a long block of no interest that are still to come. */
  #skipBytes = 0;
  #skipped = { offset: 0, size: 0 };

  dropped(): number | undefined {
    let dropped = this.#droppedBefore;
    for (const { droppedTotal, droppedBetween } of this.#interfaces) {
      const own = droppedTotal ?? droppedBetween;
      if (own !== undefined) dropped = (dropped ?? 0) + own;
    }
    return dropped;
  }

  read(window: Window, rows: PacketBuffer): ReadingState {
    const { view } = window;
    const rowsMax = rows.start.length;
    while (rows.count < rowsMax) {
      if (this.#skipBytes > 0 && !this.#skip(window)) return 'more';
      const at = window.start;
      const left = window.end - at;
      if (left < blockStartBytes) return 'more';
      const type = view.getUint32(at, this.#little);
      if (type === sectionHeaderType) {
        const order = readByteOrder(window, at);
        if (order === undefined) return this.#refuse(window, at, 'is a section header without byte-order magic number');
        this.#little = order === 'little';
      }
      const size = view.getUint32(at + 4, this.#little);
      // Some writers forget to count the padding; Wireshark reads them, so we do.
      const blockBytes = size + (-size & 3);
      if (size < blockStartBytes) return this.#refuse(window, at, `claims ${size} bytes, at least ${blockStartBytes} are required`);
      if (blockBytes > blockBytesMax) {
        // Attacker-controlled: without this limit one block could ask for four gigabytes of memory.
        if (isRead(type)) return this.#refuse(window, at, `claims ${size} bytes, at most ${blockBytesMax} are allowed`);
        this.#skipBytes = blockBytes;
        this.#skipped = { offset: window.offsetOf(at), size };
        continue;
      }
      if (left < blockBytes) return 'more';
      const end = at + blockBytes;
      const trailer = view.getUint32(end - 4, this.#little);
      if (trailer !== size && trailer !== blockBytes) return this.#refuse(window, at, `claims ${size} bytes at its start and ${trailer} at its end`);
      const damage = this.#readBlock(type, window, at, end, rows);
      if (damage !== undefined) return damage;
      window.start = end;
    }
    return 'full';
  }

  finish(window: Window): Refusal | undefined {
    const left = window.end - window.start;
    if (this.#skipBytes > 0) {
      const { offset, size } = this.#skipped;
      return this.#refuseAt(offset, `claims ${size} bytes, ${window.offsetOf(window.start) - offset} are left`);
    }
    if (left === 0) return undefined;
    if (left < blockStartBytes) return this.#refuse(window, window.start, `has ${left} of at least ${blockStartBytes} bytes`);
    return this.#refuse(window, window.start, `claims ${window.view.getUint32(window.start + 4, this.#little)} bytes, ${left} are left`);
  }

  #skip(window: Window): boolean {
    const step = Math.min(this.#skipBytes, window.end - window.start);
    window.start += step;
    this.#skipBytes -= step;
    return this.#skipBytes === 0;
  }

  #readBlock(type: number, window: Window, at: number, end: number, rows: PacketBuffer): Refusal | undefined {
    switch (type) {
      case blockTypes.enhancedPacket:
        return this.#readEnhancedPacket(window, at, end, rows);
      case blockTypes.packet:
        return this.#readOldPacket(window, at, end, rows);
      case blockTypes.simplePacket:
        return this.#readSimplePacket(window, at, end, rows);
      case blockTypes.interface:
        return this.#readInterface(window, at, end);
      case blockTypes.statistics:
        this.#readStatistics(window, at, end);
        return undefined;
      case sectionHeaderType:
        return this.#beginSection(window, at, end);
      default:
        return undefined; // names, secrets, custom and unknown blocks carry no packets
    }
  }

  #beginSection(window: Window, at: number, end: number): Refusal | undefined {
    if (end - at < 28) return this.#refuse(window, at, `is a section header of ${end - at} bytes, at least 28 are required`);
    const major = window.view.getUint16(at + 12, this.#little);
    if (major !== 1) return this.#refuse(window, at, `has version ${major}, must be 1`);
    this.#droppedBefore = this.dropped();
    this.#interfaces = [];
    return undefined;
  }

  #readInterface(window: Window, at: number, end: number): Refusal | undefined {
    if (this.#interfaces.length === interfacesMax) return this.#refuse(window, at, `is one interface more than the ${interfacesMax} allowed`);
    const read = readInterface(window.view, at, end, this.#little);
    if (!read.ok) return this.#refuse(window, at, `cannot be read: ${read.reason}`);
    this.#interfaces.push(read.value);
    return undefined;
  }

  #readStatistics(window: Window, at: number, end: number): void {
    if (end - at < 24) return; // statistics are of no use to packets: a short block is not worth ending for
    const from = this.#interfaces[window.view.getUint32(at + 8, this.#little)];
    if (from !== undefined) from.droppedTotal = readDroppedTotal(window.view, at, end, this.#little) ?? from.droppedTotal;
  }

  #readEnhancedPacket(window: Window, at: number, end: number, rows: PacketBuffer): Refusal | undefined {
    const { view } = window;
    const little = this.#little;
    if (end - at < 32) return this.#refuse(window, at, `has ${end - at} bytes, at least 32 are required`);
    const from = this.#interfaces[view.getUint32(at + 8, little)];
    if (from === undefined) return this.#refuse(window, at, `names interface ${view.getUint32(at + 8, little)} of ${this.#interfaces.length}`);
    const captured = view.getUint32(at + 20, little);
    const packetAt = at + 28;
    const room = end - 4 - packetAt;
    if (captured > room || captured > packetBytesMax) return this.#refuseLength(window, at, captured, room);
    const optionsAt = packetAt + ((captured + 3) & ~3);
    if (end - 4 - optionsAt >= 12) {
      const dropped = readDroppedBefore(view, optionsAt, end - 4, little);
      if (dropped !== undefined) from.droppedBetween = (from.droppedBetween ?? 0) + dropped;
    }
    this.#lastMs = toMs(from.time, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    this.#add(rows, packetAt, captured, view.getUint32(at + 24, little), from.linkType);
    return undefined;
  }

  /** The packet block of the first drafts, which Wireshark wrote before 2009. */
  #readOldPacket(window: Window, at: number, end: number, rows: PacketBuffer): Refusal | undefined {
    const { view } = window;
    const little = this.#little;
    if (end - at < 32) return this.#refuse(window, at, `has ${end - at} bytes, at least 32 are required`);
    const from = this.#interfaces[view.getUint16(at + 8, little)];
    if (from === undefined) return this.#refuse(window, at, `names interface ${view.getUint16(at + 8, little)} of ${this.#interfaces.length}`);
    const captured = view.getUint32(at + 20, little);
    const packetAt = at + 28;
    const room = end - 4 - packetAt;
    if (captured > room || captured > packetBytesMax) return this.#refuseLength(window, at, captured, room);
    const dropped = view.getUint16(at + 10, little);
    if (dropped !== 0xffff) from.droppedBetween = (from.droppedBetween ?? 0) + dropped; // 0xffff = not known
    this.#lastMs = toMs(from.time, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    this.#add(rows, packetAt, captured, view.getUint32(at + 24, little), from.linkType);
    return undefined;
  }

  #readSimplePacket(window: Window, at: number, end: number, rows: PacketBuffer): Refusal | undefined {
    if (end - at < 16) return this.#refuse(window, at, `has ${end - at} bytes, at least 16 are required`);
    const from = this.#interfaces[0];
    if (from === undefined) return this.#refuse(window, at, 'is a packet of interface 0 of 0');
    const wire = window.view.getUint32(at + 8, this.#little);
    const packetAt = at + 12;
    const room = end - 4 - packetAt;
    const captured = from.snapBytes > 0 ? Math.min(wire, from.snapBytes) : wire;
    if (captured > room || captured > packetBytesMax) return this.#refuseLength(window, at, captured, room);
    this.#add(rows, packetAt, captured, wire, from.linkType);
    return undefined;
  }

  #add(rows: PacketBuffer, start: number, captured: number, wire: number, linkType: number): void {
    const row = rows.count;
    rows.start[row] = start;
    rows.captured[row] = captured;
    rows.wire[row] = wire;
    rows.atMs[row] = this.#lastMs;
    rows.linkType[row] = linkType;
    rows.count = row + 1;
    this.packets += 1;
    this.bytes += captured;
  }

  #refuseLength(window: Window, at: number, captured: number, room: number): Refusal {
    return this.#refuse(window, at, `claims a packet of ${captured} bytes, it holds ${room} and at most ${packetBytesMax} are allowed`);
  }

  #refuse(window: Window, at: number, found: string): Refusal {
    return this.#refuseAt(window.offsetOf(at), found);
  }

  #refuseAt(offset: number, found: string): Refusal {
    return refuse(offset, `Cannot read packet ${this.packets + 1}: block at byte ${offset} ${found}`);
  }
}

function isRead(type: number): boolean {
  return type === sectionHeaderType || Object.values<number>(blockTypes).includes(type);
}
