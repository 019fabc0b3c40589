// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../model/finding.ts';
import type { Cause } from '../../model/incident.ts';
import { type Atom, atoms, gatherWitnesses } from './atoms.ts';

interface CauseRow {
  readonly name: string;
  readonly nature: Cause['nature'];
  /** ATT&CK for ICS technique; null where none fits (maintenance, faults). */
  readonly technique: string | null;
  /** How common the cause is among incidents of a plant that is watched; the sum over the table is 1. */
  readonly prior: number;
  /** Chance that an atom is seen in an incident of this cause; what is not named is as rare as `unlikely`. */
  readonly shows: Partial<Record<Atom, number>>;
}

const unlikely = 0.03;
/** So many findings are named for a cause; the incident has them all. */
const becauseMax = 50;

/**
 * The explanations that compete. Each row's chances are expert judgement, not learnt: they say what such an event shows on the wire.
 * Names and scope of techniques: MITRE ATT&CK for ICS 18.1. Benign causes stand in the same table, so that each is weighed against the others.
 */
export const causeTable: readonly CauseRow[] = [
  {
    name: 'rogue-command',
    nature: 'attack',
    technique: 'T0855',
    prior: 0.05,
    shows: {
      insistence: 0.5,
      'new-group': 0.2,
      'new-device': 0.85,
      'role-change': 0.3,
      sweep: 0.5,
      'new-peer': 0.7,
      discovery: 0.5,
      read: 0.5,
      write: 0.95,
      program: 0.1,
      mode: 0.1,
      stop: 0.15,
      errors: 0.3,
      unreadable: 0.1,
    },
  },
  {
    name: 'modify-parameter',
    nature: 'attack',
    technique: 'T0836',
    prior: 0.04,
    shows: {
      insistence: 0.5,
      'role-change': 0.15,
      'new-peer': 0.2,
      'new-service': 0.3,
      discovery: 0.15,
      read: 0.3,
      write: 0.95,
      stop: 0.15,
      diagnostics: 0.2,
      errors: 0.2,
    },
  },
  {
    name: 'discovery',
    nature: 'attack',
    technique: 'T0846',
    prior: 0.07,
    shows: {
      'new-group': 0.3,
      'new-device': 0.75,
      'role-change': 0.2,
      sweep: 0.9,
      'new-peer': 0.7,
      'new-service': 0.4,
      discovery: 0.5,
      read: 0.25,
      diagnostics: 0.1,
      errors: 0.2,
      unreadable: 0.1,
    },
  },
  {
    name: 'adversary-in-the-middle',
    nature: 'attack',
    technique: 'T0830',
    prior: 0.03,
    shows: {
      'new-group': 0.1,
      'binding-change': 0.97,
      'taken-address': 0.5,
      'new-device': 0.5,
      moved: 0.1,
      sweep: 0.35,
      'new-peer': 0.3,
      'new-service': 0.2,
      'role-change': 0.1,
      read: 0.15,
      write: 0.45,
      errors: 0.1,
      unreadable: 0.1,
    },
  },
  {
    name: 'device-stop',
    nature: 'attack',
    technique: 'T0816',
    prior: 0.02,
    shows: { insistence: 0.15, 'new-device': 0.4, 'new-peer': 0.4, 'new-service': 0.3, stop: 0.9, mode: 0.3, diagnostics: 0.25, write: 0.2 },
  },
  {
    name: 'program-change',
    nature: 'attack',
    technique: 'T0843',
    prior: 0.02,
    shows: {
      insistence: 0.3,
      'new-device': 0.4,
      'new-peer': 0.4,
      'new-service': 0.4,
      program: 0.9,
      mode: 0.5,
      stop: 0.4,
      discovery: 0.3,
      read: 0.3,
      write: 0.3,
    },
  },
  {
    name: 'firmware-change',
    nature: 'attack',
    technique: 'T0857',
    prior: 0.01,
    shows: { insistence: 0.4, 'new-device': 0.4, 'new-service': 0.5, firmware: 0.97, mode: 0.2, stop: 0.3 },
  },
  {
    name: 'lateral-movement',
    nature: 'attack',
    technique: 'T0866',
    prior: 0.04,
    shows: { 'new-group': 0.1, 'new-peer': 0.7, 'role-change': 0.5, 'new-service': 0.6, sweep: 0.35, unreadable: 0.1 },
  },
  { name: 'flooding', nature: 'attack', technique: 'T0814', prior: 0.02, shows: { flood: 0.9, 'new-device': 0.4, sweep: 0.2, errors: 0.2, unreadable: 0.2 } },
  {
    name: 'planned-maintenance',
    nature: 'maintenance',
    technique: null,
    prior: 0.21,
    shows: {
      insistence: 0.05,
      'new-group': 0.2,
      moved: 0.2,
      'new-service': 0.25,
      'new-peer': 0.2,
      discovery: 0.3,
      read: 0.3,
      write: 0.45,
      program: 0.15,
      mode: 0.1,
      stop: 0.06,
      firmware: 0.05,
      diagnostics: 0.3,
    },
  },
  {
    name: 'new-equipment',
    nature: 'maintenance',
    technique: null,
    prior: 0.18,
    shows: { 'new-group': 0.5, 'new-device': 0.95, 'binding-change': 0.01, moved: 0.1, 'new-peer': 0.5, 'new-service': 0.1, discovery: 0.1, read: 0.25 },
  },
  {
    name: 'device-replaced',
    nature: 'maintenance',
    technique: null,
    prior: 0.06,
    // It does what the old one did: whatever else is new speaks against it.
    shows: { 'new-group': 0.2, 'binding-change': 0.97, 'new-device': 0.01, 'taken-address': 0.01, sweep: 0.01, 'new-peer': 0.02, write: 0.01, errors: 0.1 },
  },
  {
    name: 'misconfiguration',
    nature: 'misconfiguration',
    technique: null,
    prior: 0.15,
    shows: {
      'new-group': 0.2,
      moved: 0.2,
      'role-change': 0.1,
      flood: 0.1,
      'new-peer': 0.4,
      'new-service': 0.4,
      read: 0.4,
      errors: 0.5,
      unreadable: 0.1,
      'binding-change': 0.1,
      'taken-address': 0.05,
      write: 0.06,
    },
  },
  { name: 'device-fault', nature: 'fault', technique: null, prior: 0.1, shows: { errors: 0.8, unreadable: 0.4, diagnostics: 0.1, read: 0.1 } },
];

const shown = 4;

/**
 * The causes still in the running for these findings, most probable first; probabilities are of the whole table and those
 * shown sum to at most 1. Naive Bayes over present and absent atoms: absence counts too (a scan without writing is less a command).
 * The best harmless explanation is always among them: a person must be able to weigh it.
 */
export function weighCauses(findings: readonly Finding[]): readonly Cause[] {
  const witnesses = gatherWitnesses(findings);
  const weighed = causeTable.map((row) => ({
    row,
    weight: Math.log(row.prior) + atoms.reduce((sum, atom) => sum + Math.log(chance(row, atom, witnesses.has(atom))), 0),
  }));
  const heaviest = Math.max(...weighed.map(({ weight }) => weight));
  const total = weighed.reduce((sum, { weight }) => sum + Math.exp(weight - heaviest), 0);
  const causes = weighed.map(({ row, weight }) => describe(row, Math.exp(weight - heaviest) / total, witnesses)).sort((a, b) => b.probability - a.probability);
  const harmless = causes.find((cause) => cause.nature !== 'attack');
  return causes.filter((cause, index) => index === 0 || cause === harmless || (index < shown && cause.probability >= 0.01));
}

function chance(row: CauseRow, atom: Atom, isPresent: boolean): number {
  const present = row.shows[atom] ?? unlikely;
  return isPresent ? present : 1 - present;
}

function describe(row: CauseRow, probability: number, witnesses: ReadonlyMap<Atom, readonly Finding[]>): Cause {
  const speaking = atoms.filter((atom) => (row.shows[atom] ?? 0) >= 0.2 && witnesses.has(atom)).flatMap((atom) => witnesses.get(atom) ?? []);
  const missing = atoms.filter((atom) => (row.shows[atom] ?? 0) >= 0.5 && !witnesses.has(atom));
  return {
    name: row.name,
    nature: row.nature,
    probability: Math.round(probability * 1000) / 1000,
    technique: row.technique,
    words: { key: `incident.cause.${row.name}`, with: {} },
    because: [...new Set(speaking.map((finding) => finding.id))].slice(0, becauseMax),
    wouldConfirm: [{ key: `incident.confirm.${row.name}`, with: {} }, ...missing.slice(0, 2).map((atom) => ({ key: `incident.missing.${atom}`, with: {} }))],
  };
}

/** How probable it is, over all causes of the table that are attacks, that somebody attacks. */
export function attackProbability(causes: readonly Cause[]): number {
  return causes.filter((cause) => cause.nature === 'attack').reduce((sum, cause) => sum + cause.probability, 0);
}
