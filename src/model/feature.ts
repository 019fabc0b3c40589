// SPDX-License-Identifier: Apache-2.0
import type { MessageKind } from './message.ts';

interface Seen {
  /** Number of the packet in which it was first seen; 0 when it only counts again what was seen before. */
  readonly packet: number;
  readonly atMs: number;
  /** Time of the last observation counted here. */
  readonly lastMs: number;
  /** How many equal observations it stands for (packets of a conversation, messages of a batch): at least 1. */
  readonly count: number;
  /** Row of the flow. */
  readonly flow: number;
}

/** An address stands behind a hardware address. */
export interface BindingFeature extends Seen {
  readonly kind: 'binding';
  readonly address: string;
  readonly mac: string;
  readonly vlan: number;
  readonly isClaim: boolean;
}

/** A client talks to a server with a service. */
export interface ConversationFeature extends Seen {
  readonly kind: 'conversation';
  readonly client: string;
  readonly server: string;
  /** Protocol found by content; the same as `door` while the content is not recognised. */
  readonly service: string;
  /** Where the server is reached: `tcp/502`, `udp/ephemeral` (neither side is a listed port), or the service itself below IP. */
  readonly door: string;
  readonly isMulticast: boolean;
}

/** A function is asked of, or answered by, a unit on an object. */
export interface FunctionFeature extends Seen {
  readonly kind: 'function';
  readonly client: string;
  readonly server: string;
  readonly service: string;
  readonly fromClient: boolean;
  readonly messageKind: MessageKind;
  readonly unit: number;
  readonly functionName: string;
  readonly object: string;
  readonly objectFirst: number;
  readonly objectCount: number;
  readonly status: string;
  /** Addressed to a group: anyone may say it to everyone. */
  readonly isMulticast: boolean;
}

/** What is measured of the traffic: the only thing detectors see. */
export type Feature = BindingFeature | ConversationFeature | FunctionFeature;
