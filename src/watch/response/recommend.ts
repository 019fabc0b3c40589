// SPDX-License-Identifier: Apache-2.0
import { idOf } from '../../base/ids.ts';
import type { Words } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import type { Action, ActionName, DryRun, Response } from '../../model/response.ts';
import { dryRun, type Rehearsal, type SiteKnowledge } from './dry-run.ts';

/** An action that could be taken, with why and how much its undoing leaves behind (0 nothing … 1 much). */
export interface Option {
  readonly action: Action;
  readonly why: Words;
  readonly burden: number;
}

/** Beyond this share of normal packets an action may not be carried out. Proposal of the design, not from a standard. */
const normalShareMax = 0.02;
const stageMin = 2;
/** Loss of packets beyond which nothing may be cut: what was not seen cannot be weighed. */
const lossShareMax = 0.001;

/** How much of what threatens is stopped, by kind of action, when it works: reading on is a smaller threat than acting. */
const relief: Readonly<Record<ActionName, number>> = { observe: 0.05, notify: 0.02, 'restrict-function': 0.7, 'deny-flow': 0.85, 'isolate-device': 0.95 };

/**
 * The responses for an incident, the recommended first. Each is tried on the packets of the last minutes before it is shown.
 * Nothing that touches the wire is proposed below stage 2. Pure: `atMs` is the time of the proposal.
 */
export function recommend(incident: Incident, options: readonly Option[], rehearsal: Rehearsal, site: SiteKnowledge, atMs: number): readonly Response[] {
  const threat = incident.stage / 4;
  const weighed = options
    .filter((option) => option.action.rules.length === 0 || incident.stage >= stageMin)
    .map((option) => {
      const cost = dryRun(option.action, rehearsal, site);
      const interlocks = interlocksOf(option.action, cost, rehearsal);
      const worth = threat * relief[option.action.name] - 4 * normalShare(cost) - 0.5 * option.burden - (interlocks.length > 0 ? 1 : 0);
      return { option, cost, interlocks, worth };
    })
    .sort((a, b) => b.worth - a.worth);
  return weighed.map(({ option, cost, interlocks }, index) => ({
    kind: 'response',
    id: idOf('response', [incident.id, option.action.name]),
    atMs,
    from: [incident.id],
    action: option.action,
    why: option.why,
    cost,
    rank: index + 1,
    interlocks,
    state: 'proposed',
    decidedBy: null,
    decidedMs: null,
    startedMs: null,
    endsMs: null,
    endedMs: null,
    packetsStopped: null,
    failure: null,
  }));
}

function normalShare(cost: DryRun): number {
  return cost.packets === 0 ? 0 : cost.normalPacketsCut / cost.packets;
}

/** Hard reasons for which an action must not be carried out, whoever consents. */
function interlocksOf(action: Action, cost: DryRun, rehearsal: Rehearsal): readonly Words[] {
  if (action.rules.length === 0) return [];
  const essential = cost.conversations.find((conversation) => conversation.isEssential && conversation.isNormal);
  return [
    ...(essential === undefined ? [] : [{ key: 'response.interlock.essential', with: { subject: essential.subject } }]),
    ...(normalShare(cost) > normalShareMax
      ? [{ key: 'response.interlock.share', with: { percent: Math.round(normalShare(cost) * 1000) / 10, max: normalShareMax * 100 } }]
      : []),
    ...(rehearsal.dropped > lossShareMax * (rehearsal.packets + rehearsal.dropped)
      ? [{ key: 'response.interlock.loss', with: { count: rehearsal.dropped } }]
      : []),
    ...(rehearsal.packets === 0 ? [{ key: 'response.interlock.blind', with: {} }] : []),
  ];
}
