// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import type { PacketBatch, PacketSource } from '../model/packet.ts';
import { openCapture } from '../watch/capture/capture-file.node.ts';
import { openLive } from '../watch/capture/live-capture.node.ts';
import type { Terminal } from './terminal.ts';

/** Packets that a person named: a capture file or an interface. */
export interface Packets {
  readonly source: PacketSource;
  /** They come as they happen, until somebody stops them. */
  readonly isLive: boolean;
}

/**
 * Opens a capture file, `-` for standard input, or an interface of this machine. A name without "/" and "." that is no file is one of an
 * interface; one with "." (a VLAN, eth0.100) where the machine has it. Raises what opening raises.
 */
export async function openPackets(place: string): Promise<Packets> {
  const isFile = place === '-' || existsSync(place) || place.includes('/') || (place.includes('.') && !existsSync(`/sys/class/net/${place}`));
  return { source: isFile ? await openCapture(place) : await openLive(place), isLive: !isFile };
}

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Reads all packets with progress. The first signal to stop ends the reading after what was captured, so that the command still tells what it has; a second ends at once.
 * Answers whether the capture was read to its end; says where and why it was cut, and what was dropped.
 */
export async function readPackets({ source }: Packets, terminal: Terminal, take: (batch: PacketBatch) => void): Promise<boolean> {
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    for (const signal of stopSignals) process.off(signal, stop);
    void source.close(); // the iteration below ends after what was captured
  };
  for (const signal of stopSignals) process.on(signal, stop);
  try {
    for await (const batch of source.batches()) {
      take(batch);
      terminal.progress(`${(batch.firstNumber + batch.count - 1).toLocaleString('en')} packets`, undefined);
    }
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
  }
  const { cut, dropped } = source.health();
  if (dropped !== undefined && dropped > 0) terminal.say(`shinrai: warning: ${dropped} packets were dropped by the capture`);
  if (cut !== undefined && !isStopped) terminal.say(`shinrai: warning: ${cut.reason} (at byte ${cut.offset}); everything before it was read`);
  return cut === undefined || isStopped;
}
