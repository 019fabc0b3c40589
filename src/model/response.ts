// SPDX-License-Identifier: Apache-2.0
import { exactly, flag, integer, list, nullable, number, object, oneOf, type Static, text } from '../base/schema.ts';
import { Words } from './finding.ts';

/**
 * What traffic a rule takes out. Every given part must match (a packet matches `peers` in either direction).
 * null = any. `functions` are names from the protocol's operation list.
 */
export const TrafficRule = object('TrafficRule', {
  clientAddress: nullable(text()),
  serverAddress: nullable(text()),
  transport: nullable(oneOf(['tcp', 'udp'])),
  serverPort: nullable(integer()),
  protocol: nullable(text()),
  functions: nullable(list(text())),
  mac: nullable(text()),
});
export type TrafficRule = Static<typeof TrafficRule>;

export const actionNames = ['observe', 'notify', 'deny-flow', 'restrict-function', 'isolate-device'] as const;
export type ActionName = (typeof actionNames)[number];

export const Action = object('Action', {
  name: oneOf(actionNames),
  target: text({ description: 'What it acts on, for people: an address or a conversation.' }),
  /** What is taken off the wire while it runs; empty for observe and notify. */
  rules: list(TrafficRule),
  limitMs: integer({ minimum: 1000, description: 'It is undone by itself after this time.' }),
});
export type Action = Static<typeof Action>;

/** What the action would have cut, measured by running its rules over the packets of the last minutes. */
export const DryRun = object('DryRun', {
  windowMs: number(),
  packets: integer({ description: 'Packets in the window.' }),
  packetsCut: integer(),
  /** Of those: packets of conversations that the norm holds (legitimate as far as anyone knows). */
  normalPacketsCut: integer(),
  conversations: list(object('CutConversation', { subject: text(), service: text(), packets: integer(), isNormal: flag(), isEssential: flag() })),
  /** What the dry run could not see (lost packets, window shorter than asked). */
  caveats: list(Words),
});
export type DryRun = Static<typeof DryRun>;

export const responseStates = ['proposed', 'running', 'undone', 'declined', 'failed', 'expired'] as const;

export const Response = object('Response', {
  kind: exactly('response'),
  id: text(),
  atMs: number(),
  from: list(text(), { description: 'The incident it answers.' }),
  action: Action,
  why: Words,
  /** What it saves, costs and needs, in words. */
  cost: DryRun,
  rank: integer({ minimum: 1, description: '1 = recommended.' }),
  /** Reasons for which it must not be carried out; empty when it may. */
  interlocks: list(Words),
  state: oneOf(responseStates),
  decidedBy: nullable(text()),
  decidedMs: nullable(number()),
  startedMs: nullable(number()),
  endsMs: nullable(number()),
  endedMs: nullable(number()),
  /** What the enforcement point reported: packets taken out so far. */
  packetsStopped: nullable(integer()),
  failure: nullable(text()),
});
export type Response = Static<typeof Response>;
