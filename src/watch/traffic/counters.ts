// SPDX-License-Identifier: Apache-2.0
import type { Bindings } from './bindings.ts';
import type { FlowRows } from './flows/flow-table.ts';
import type { Fragments } from './headers/fragments.ts';
import { frameFaults } from './headers/frame.ts';
import type { Dissection } from './streams/dissection.ts';
import type { Reassembly } from './streams/reassembly.ts';
import type { UnaddressedSenders } from './unaddressed.ts';

/** What the room saw and what it did not: shown wherever its results are shown. */
export interface TrafficCounters {
  readonly packets: number;
  readonly bytes: number;
  /** Packets of which the capture kept only a part. */
  readonly truncated: number;
  /** Packets by what was wrong with them; only reasons that occurred. */
  readonly malformed: Readonly<Record<string, number>>;
  /** Packets that belong to no flow: their link layer could not be read. */
  readonly outsideFlows: number;
  readonly flows: number;
  readonly flowsEvicted: number;
  /** Holes in TCP streams that were never filled, and how many bytes they had. */
  readonly gaps: number;
  readonly gapBytes: number;
  readonly retransmitted: number;
  readonly outOfOrder: number;
  /** Times a decoder wanted more unread bytes than may be kept. */
  readonly pendingOverflows: number;
  /** Guesses of a protocol that its content proved wrong. */
  readonly servicesCorrected: number;
  /** Bytes kept now for decoders and reassembly. */
  readonly heldBytes: number;
  readonly fragmentsCompleted: number;
  readonly fragmentsExpired: number;
  readonly fragmentsCrowdedOut: number;
  readonly fragmentsRefused: number;
  readonly bindings: number;
  readonly bindingsLeftOut: number;
  readonly packetNumbersLeftOut: number;
  /** Packets from 0.0.0.0 or :: whose hardware address found no place: they are in the flows, but no device's. */
  readonly unaddressedLeftOut: number;
}

/** Gathers the counters of the room's parts as they stand now; `malformed` has only reasons that occurred. */
export function readCounters(parts: {
  readonly packets: number;
  readonly bytes: number;
  readonly truncated: number;
  readonly outsideFlows: number;
  readonly faults: Float64Array;
  readonly flows: FlowRows;
  readonly dissection: Dissection;
  readonly reassembly: Reassembly;
  readonly fragments: Fragments;
  readonly bindings: Bindings;
  readonly unaddressed: UnaddressedSenders;
}): TrafficCounters {
  const { dissection, reassembly, fragments } = parts;
  const malformed: Record<string, number> = {};
  frameFaults.forEach((name, index) => {
    const count = parts.faults[index] ?? 0;
    if (count > 0) malformed[name] = count;
  });
  return {
    packets: parts.packets,
    bytes: parts.bytes,
    truncated: parts.truncated,
    malformed,
    outsideFlows: parts.outsideFlows,
    flows: parts.flows.count,
    flowsEvicted: parts.flows.evicted,
    gaps: dissection.gaps,
    gapBytes: dissection.gapBytes,
    retransmitted: reassembly.retransmitted,
    outOfOrder: reassembly.outOfOrder,
    pendingOverflows: dissection.pendingOverflows,
    servicesCorrected: dissection.corrected,
    heldBytes: dissection.heldBytes,
    fragmentsCompleted: fragments.completed,
    fragmentsExpired: fragments.expired,
    fragmentsCrowdedOut: fragments.crowdedOut,
    fragmentsRefused: fragments.refused,
    bindings: parts.bindings.all.length,
    bindingsLeftOut: parts.bindings.leftOut,
    packetNumbersLeftOut: parts.flows.packetsKept?.leftOut ?? 0,
    unaddressedLeftOut: parts.unaddressed.leftOut,
  };
}
