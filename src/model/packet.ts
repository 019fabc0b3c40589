// SPDX-License-Identifier: Apache-2.0
/**
 * Packets in the order in which they were captured, as columns over one shared buffer: nothing is copied or allocated per packet.
 * The producer owns the buffer and the columns and uses them again for the next batch: who wants to keep a packet copies it
 * before asking for the next batch.
 */
export interface PacketBatch {
  readonly bytes: Uint8Array;
  /** How many rows of the columns are in use. */
  readonly count: number;
  /** Number of the first packet, counted from 1 over the whole capture, as Wireshark does; the others follow without gaps. */
  readonly firstNumber: number;
  /** Offset of each packet's first byte in `bytes`. */
  readonly start: Uint32Array;
  /** Bytes that were captured: the packet lies in [start, start + captured). */
  readonly captured: Uint32Array;
  /** Bytes that were on the wire; more than `captured` when the capture was cut by a snap length. */
  readonly wire: Uint32Array;
  /** Milliseconds since 1970 with fractions (a double keeps a quarter of a microsecond). */
  readonly atMs: Float64Array;
  /** Link type of each packet: LINKTYPE_ number of pcap (1 Ethernet, 101 raw IP, 113 Linux cooked …). */
  readonly linkType: Uint16Array;
}

/** The LINKTYPE_ numbers that we read. Source: https://www.tcpdump.org/linktypes.html */
export const linkTypes = { null: 0, ethernet: 1, rawIp: 101, loop: 108, linuxCooked: 113, rawIpv4: 228, rawIpv6: 229, linuxCooked2: 276 } as const;

/** What a capture knows about its own completeness; shown wherever its data is shown. */
export interface CaptureHealth {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that the kernel or the capture program dropped; undefined where the source cannot know (files without statistics). */
  readonly dropped: number | undefined;
  /** Where and why reading ended before the end of the file; undefined when it ended well. */
  readonly cut: { readonly offset: number; readonly reason: string } | undefined;
}

/** Packets of a file or an interface. Batches come in order; a batch is valid until the next one is asked for. */
export interface PacketSource {
  batches(): AsyncIterable<PacketBatch>;
  health(): CaptureHealth;
  /** Ends the source; the iteration stops after what was already captured. */
  close(): Promise<void>;
}

/** A batch that a producer fills. Capacities are fixed: `push` answers false when the row or the bytes do not fit. */
export class PacketBuffer implements PacketBatch {
  bytes: Uint8Array;
  count = 0;
  used = 0;
  firstNumber = 1;
  readonly start: Uint32Array;
  readonly captured: Uint32Array;
  readonly wire: Uint32Array;
  readonly atMs: Float64Array;
  readonly linkType: Uint16Array;

  constructor(packetsMax: number, bytesMax: number) {
    this.bytes = new Uint8Array(bytesMax);
    this.start = new Uint32Array(packetsMax);
    this.captured = new Uint32Array(packetsMax);
    this.wire = new Uint32Array(packetsMax);
    this.atMs = new Float64Array(packetsMax);
    this.linkType = new Uint16Array(packetsMax);
  }

  /** Copies a packet in; false when the batch is full (hand it on, `reset` and push again). */
  push(packet: Uint8Array, atMs: number, wireBytes: number = packet.length, linkType: number = linkTypes.ethernet): boolean {
    if (this.count === this.start.length || this.used + packet.length > this.bytes.length) return false;
    this.bytes.set(packet, this.used);
    this.start[this.count] = this.used;
    this.captured[this.count] = packet.length;
    this.wire[this.count] = wireBytes;
    this.atMs[this.count] = atMs;
    this.linkType[this.count] = linkType;
    this.used += packet.length;
    this.count += 1;
    return true;
  }

  /** Empties the batch; numbering goes on. */
  reset(): void {
    this.firstNumber += this.count;
    this.count = 0;
    this.used = 0;
  }
}
