// SPDX-License-Identifier: Apache-2.0
import type { FrameView } from './wire/frame-view.ts';

/**
 * Why a frame is on the wire: `attack` = sent by the attacker's hand, `answer` = sent by others to the attacker, `maintenance` = either
 * side of planned work, `normal` = the rest. What the plant does later because of an attack (an operator sets a value back) is normal.
 */
export const causes = ['normal', 'attack', 'answer', 'maintenance'] as const;
export type Cause = (typeof causes)[number];

/** Knows which hardware addresses and connections are in foreign hands or are planned work: the ground truth, frame by frame. */
export interface CauseBook {
  addStranger(mac: number, address: number): void;
  /** A connection by its local end, noted before its first packet. */
  addConnection(address: number, port: number, cause: 'attack' | 'maintenance'): void;
  causeOf(frame: FrameView): Cause;
}

/** An empty book: every frame is normal. */
export function createCauseBook(): CauseBook {
  const macs = new Set<number>();
  const addresses = new Set<number>();
  const connections = new Map<number, 'attack' | 'maintenance'>();
  const endOf = (address: number | undefined, port: number | undefined): 'attack' | 'maintenance' | undefined =>
    connections.size === 0 || address === undefined || port === undefined ? undefined : connections.get(address * 0x10000 + port);
  return {
    addStranger: (mac, address) => {
      macs.add(mac);
      addresses.add(address);
    },
    addConnection: (address, port, cause) => {
      connections.set(address * 0x10000 + port, cause);
    },
    causeOf: (frame) => {
      if (macs.has(frame.sourceMac)) return 'attack';
      if (macs.has(frame.destinationMac) || (frame.arp !== undefined && addresses.has(frame.arp.targetAddress))) return 'answer';
      const sent = endOf(frame.ipv4?.source, frame.tcp?.sourcePort);
      if (sent !== undefined) return sent;
      const received = endOf(frame.ipv4?.destination, frame.tcp?.destinationPort);
      return received === 'attack' ? 'answer' : (received ?? 'normal');
    },
  };
}
