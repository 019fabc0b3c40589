// SPDX-License-Identifier: Apache-2.0
import type { Finding, Words } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import type { Action, ActionName } from '../model/response.ts';

/** What an action is made from: an incident, its findings, and what the site knows of protocols. */
export interface ActionContext {
  readonly incident: Incident;
  readonly findings: readonly Finding[];
  readonly limitMs: number;
  /** Hardware address behind an address, or undefined where the traffic has not shown one. */
  readonly macOf: (address: string) => string | undefined;
  /** Names of the functions of a protocol that only look (read, discovery, session …): the others act. */
  readonly actingFunctionsOf: (protocol: string) => readonly string[];
  /** Port and transport on which a service was seen at a server. */
  readonly portOf: (address: string, service: string) => { readonly transport: 'tcp' | 'udp'; readonly port: number } | undefined;
}

/** One thing that a response can do. Pure: it only says what; an enforcement point does it. */
export interface ActionKind {
  readonly name: ActionName;
  /** OpenC2 action word (OpenC2 Language Specification 1.0, section 3.3.1.1). */
  readonly openc2: 'allow' | 'contain' | 'deny' | 'notify' | 'restrict' | 'scan' | 'investigate';
  /** How much undoing leaves behind: 0 nothing, 1 much. Used in ranking. */
  readonly burden: number;
  /** The action for this incident, or undefined when it has nothing to act on. */
  propose(context: ActionContext): Action | undefined;
  why(action: Action, context: ActionContext): Words;
}

/** Findings in which the origin of the incident asks something of another device. */
export function findingsOfOrigin(context: ActionContext): readonly Finding[] {
  const { origin } = context.incident;
  return context.findings.filter((finding) => finding.addresses[0] === origin && finding.addresses.length > 1);
}

/** Targets of a rule without words of any language: `10.0.0.9`, or `10.0.0.9 … (4)` for four of them. */
export function nameTargets(targets: readonly string[]): string {
  const [first = '*'] = targets;
  return targets.length <= 1 ? first : `${first} … (${targets.length})`;
}
