// SPDX-License-Identifier: Apache-2.0
import { appendTo } from '../../base/lists.ts';
import type { Finding } from '../../model/finding.ts';
import type { findingWords } from '../../platform/i18n/finding.ts';
import type { OperationClass } from '../../protocols/protocol.ts';

/** What a finding says about the world, in the terms in which causes are weighed. */
export const atoms = [
  'new-device', // an address that the norm does not know takes part
  'binding-change', // a known address stands behind another hardware address
  'taken-address', // the taker is known under another address, or takes several
  'moved', // a known device under another address or in another VLAN
  'role-change', // who only answered until now asks
  'sweep', // many targets or ports asked one after the other
  'flood', // very many findings of one kind at the whole site
  'new-peer', // two devices talk that never did
  'new-group', // something is sent to a group that was not before
  'new-service', // a known pair uses another service
  'discovery', // identification was read that the norm does not hold
  'read', // other reading that the norm does not hold
  'write', // a value was written that the norm does not hold
  'insistence', // the same acting command again and again
  'program', // a program was read out of or put into a controller
  'mode', // the operating mode was changed
  'stop', // stop, start, restart
  'firmware',
  'diagnostics',
  'errors', // the answer was an error
  'unreadable', // bytes that are not the protocol they should be
] as const;
export type Atom = (typeof atoms)[number];

type Rule = Extract<keyof typeof findingWords, `finding.${string}`>;

/** What each sentence of a finding stands for. What was asked comes on top, by the class of the operation. */
export const atomsOfRule: Readonly<Record<Rule, readonly Atom[]>> = {
  'finding.new-device': ['new-device'],
  'finding.changed-binding': ['binding-change'],
  'finding.duplicate-address': ['binding-change'],
  'finding.taken-address': ['binding-change', 'taken-address'],
  'finding.many-claims': ['binding-change', 'taken-address'],
  'finding.moved-device': ['moved'],
  'finding.new-address': ['moved'],
  'finding.many-bindings': ['new-device'],
  'finding.unknown-client': ['new-device', 'new-peer'],
  'finding.new-pair': ['new-peer'],
  'finding.new-role': ['new-peer', 'role-change'],
  'finding.reversed-role': ['role-change'],
  'finding.new-multicast': ['new-group'],
  'finding.new-service': ['new-service'],
  'finding.sweep': ['sweep'],
  'finding.flood': ['flood'],
  'finding.first-function': [],
  'finding.first-command': [],
  'finding.new-function': [],
  'finding.new-command': [],
  'finding.new-object': [],
  'finding.unreadable': ['unreadable'],
  'finding.new-way': ['role-change'],
  'finding.new-error': ['errors'],
  'finding.function-sweep': ['sweep'],
  'finding.object-sweep': ['sweep'],
};

const atomOfOperation: Readonly<Record<OperationClass, Atom | undefined>> = {
  read: 'read',
  write: 'write',
  program: 'program',
  mode: 'mode',
  'stop-start': 'stop',
  firmware: 'firmware',
  diagnostics: 'diagnostics',
  discovery: 'discovery',
  authentication: undefined,
  time: undefined,
  session: undefined,
  other: undefined,
};

/** So many packets of one acting finding are no single act: a person who maintains sets a value and looks. */
const insistencePacketsMin = 20;

/** The atoms that one finding stands for; none for words of a sensor that is newer than this table. */
export function atomsOf(finding: Finding): readonly Atom[] {
  const found = new Set<Atom>(lookUp(atomsOfRule, finding.words.key) ?? []);
  const asked = lookUp(atomOfOperation, finding.operation ?? '');
  if (asked !== undefined) found.add(asked);
  if (actsOnProcess(finding) && finding.packetCount >= insistencePacketsMin) found.add('insistence');
  return [...found];
}

/** Findings come from other sensors too: a key such as `constructor` must not reach the prototype. */
function lookUp<V>(table: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * The findings that speak for each atom. Together they say more than one by one: a hardware address that takes several
 * addresses is no replaced device.
 */
export function gatherWitnesses(findings: readonly Finding[]): ReadonlyMap<Atom, readonly Finding[]> {
  const witnesses = new Map<Atom, Finding[]>();
  for (const finding of findings) for (const atom of atomsOf(finding)) appendTo(witnesses, atom, finding);
  const takenBy = new Map<string, Finding[]>();
  for (const finding of witnesses.get('binding-change') ?? []) appendTo(takenBy, finding.addresses[1] ?? '', finding);
  const several = [...takenBy.values()].filter((taken) => taken.length > 1).flat();
  if (several.length > 0) witnesses.set('taken-address', [...new Set([...(witnesses.get('taken-address') ?? []), ...several])]);
  // A replaced device has a link-local address of its own (RFC 4291, section 2.5.6): it is the same device, not one more.
  const strangers = (witnesses.get('new-device') ?? []).filter(({ addresses: [address, mac] }) => !takenBy.has(mac ?? '') || !address?.startsWith('fe80:'));
  if (strangers.length > 0) witnesses.set('new-device', strangers);
  else witnesses.delete('new-device');
  return witnesses;
}

/** Operations that act upon the process or its control, not merely look at it. */
export function actsOnProcess(finding: Finding): boolean {
  return finding.operation !== null && ['write', 'program', 'mode', 'stop-start', 'firmware'].includes(finding.operation);
}
