// SPDX-License-Identifier: Apache-2.0
import { accept, type Read, refuse } from '../../base/errors.ts';
import { toLinkType } from './pcap.ts';

/** Turns the two halves of a pcapng time into milliseconds without losing what a double can hold: high·a + (high·b + low)/c + offset. */
export interface TimeScale {
  readonly msPerHigh: number;
  readonly unitsPerHighRest: number;
  readonly unitsPerMs: number;
  readonly offsetMs: number;
}

/** One interface of a section: how its packets are to be read, and what it lost. */
export interface CaptureInterface {
  readonly linkType: number;
  /** 0 = no limit. */
  readonly snapBytes: number;
  readonly time: TimeScale;
  /** Sum of the losses noted at packets; undefined when none is noted. */
  droppedBetween: number | undefined;
  /** The latest count of a statistics block, which is a total and goes before the sum. */
  droppedTotal: number | undefined;
}

const options = { end: 0, timeResolution: 9, timeOffset: 14, interfaceDropped: 5, systemDropped: 7, packetDropped: 4 } as const;
const high = 0x1_0000_0000;

/**
 * The scale of an if_tsresol byte: a power of ten, or of two when the first bit is set; `offsetSeconds` is if_tsoffset.
 * Two to the 32 units are split into whole milliseconds and a rest, because their product with the upper half of a time
 * would not fit into a double. Source: draft-ietf-opsawg-pcapng, section 4.2.
 */
export function timeScaleOf(resolution: number, offsetSeconds: number): TimeScale {
  const offsetMs = offsetSeconds * 1000;
  const exponent = resolution & 0x7f;
  if (resolution >= 0x80) {
    const unitsPerSecond = 2 ** exponent; // dividing by a power of two is exact
    return { msPerHigh: (high / unitsPerSecond) * 1000, unitsPerHighRest: 0, unitsPerMs: unitsPerSecond / 1000, offsetMs };
  }
  if (exponent < 3) return { msPerHigh: (high * 1000) / 10 ** exponent, unitsPerHighRest: 0, unitsPerMs: 10 ** exponent / 1000, offsetMs };
  const unitsPerMs = 10 ** (exponent - 3);
  const msPerHigh = Math.floor(high / unitsPerMs);
  return { msPerHigh, unitsPerHighRest: high - msPerHigh * unitsPerMs, unitsPerMs, offsetMs };
}

/** Milliseconds since 1970 of the two halves of a time, nearest double. */
export function toMs(scale: TimeScale, upper: number, lower: number): number {
  return upper * scale.msPerHigh + (upper * scale.unitsPerHighRest + lower) / scale.unitsPerMs + scale.offsetMs;
}

/**
 * Reads an interface description block that lies in [start, end) of the view, lengths around it already checked.
 * Offsets of refusals are positions in the view. Attacker-controlled.
 */
export function readInterface(view: DataView, start: number, end: number, little: boolean): Read<CaptureInterface> {
  if (end - start < 20) return refuse(start, `interface block has ${end - start} bytes, at least 20 are required`);
  let resolution = 6;
  let offsetSeconds = 0;
  const wellFormed = visitOptions(view, start + 16, end - 4, little, (code, at, size) => {
    if (code === options.timeResolution && size >= 1) resolution = view.getUint8(at);
    if (code === options.timeOffset && size >= 8) offsetSeconds = Number(view.getBigInt64(at, little));
  });
  if (!wellFormed) return refuse(start, 'interface block has an option that is longer than the block');
  return accept({
    linkType: toLinkType(view.getUint16(start + 8, little)),
    snapBytes: view.getUint32(start + 12, little),
    time: timeScaleOf(resolution, offsetSeconds),
    droppedBetween: undefined,
    droppedTotal: undefined,
  });
}

/** What the statistics block in [start, end) says was dropped by interface and system; undefined when it does not say. */
export function readDroppedTotal(view: DataView, start: number, end: number, little: boolean): number | undefined {
  let dropped: number | undefined;
  visitOptions(view, start + 20, end - 4, little, (code, at, size) => {
    if ((code !== options.interfaceDropped && code !== options.systemDropped) || size < 8) return;
    dropped = (dropped ?? 0) + readUint64(view, at, little);
  });
  return dropped;
}

/** What the options of an enhanced packet block say was lost since the packet before it; undefined when they do not say. */
export function readDroppedBefore(view: DataView, optionsAt: number, optionsEnd: number, little: boolean): number | undefined {
  let dropped: number | undefined;
  visitOptions(view, optionsAt, optionsEnd, little, (code, at, size) => {
    if (code === options.packetDropped && size >= 8) dropped = readUint64(view, at, little);
  });
  return dropped;
}

function readUint64(view: DataView, at: number, little: boolean): number {
  return Number(view.getBigUint64(at, little)); // rounding above 2^53 packets is no loss
}

/** Calls `visit` for each option; false when one claims more bytes than there are. */
function visitOptions(view: DataView, start: number, end: number, little: boolean, visit: (code: number, at: number, size: number) => void): boolean {
  let at = start;
  while (end - at >= 4) {
    const code = view.getUint16(at, little);
    const size = view.getUint16(at + 2, little);
    if (code === options.end) return true;
    if (at + 4 + size > end) return false;
    visit(code, at + 4, size);
    at += 4 + ((size + 3) & ~3);
  }
  return true;
}
