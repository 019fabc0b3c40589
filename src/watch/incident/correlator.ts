// SPDX-License-Identifier: Apache-2.0
import { idOf } from '../../base/ids.ts';
import type { Finding } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import { readTraits } from './actors.ts';
import { Case } from './case.ts';
import { describeCase } from './describe-case.ts';
import type { CriticalityOf } from './stage.ts';

export interface CorrelatorOptions {
  readonly criticalityOf?: CriticalityOf;
  /** Findings further apart than this belong together only through a longer chain; 15 minutes unless told. */
  readonly windowMs?: number;
  /** Oldest incidents leave memory beyond this (they stay in the store); 1,000 unless told. */
  readonly openMax?: number;
}

/** Gathers findings into incidents. Pure: time comes from the findings. One owner at a time. */
export interface Correlator {
  /** Takes new and grown findings in; answers the incidents that changed, each once. */
  add(findings: readonly Finding[]): readonly Incident[];
  /** An incident as it stands, with its findings. */
  read(id: string): { readonly incident: Incident; readonly findings: readonly Finding[] } | undefined;
  /** The findings of an incident in order of time, without describing it again; empty for one that is not in memory. */
  findings(id: string): readonly Finding[];
  /** Takes up what was stored before a restart. */
  restore(incident: Incident, findings: readonly Finding[]): void;
  /** People closed it: later findings open another; those that it holds may still grow. */
  setState(id: string, state: Incident['state']): Incident | undefined;
}

/** Named limit: a case that holds so many findings takes no more; what comes then opens another. */
export const caseFindingsMax = 2_000;

/** Makes a correlator with no incident open. */
export function createCorrelator(options: CorrelatorOptions = {}): Correlator {
  const criticalityOf = options.criticalityOf ?? (() => 'normal');
  const windowMs = options.windowMs ?? 900_000;
  const openMax = options.openMax ?? 1_000;
  const cases = new Map<string, Case>();
  const caseOfFinding = new Map<string, Case>();

  const place = (finding: Finding): Case => {
    // A finding that grows stays where it is, also where people closed it: what they judged is still the same.
    const known = caseOfFinding.get(finding.id);
    if (known !== undefined) return known;
    const traits = readTraits(finding);
    let joined: Case | undefined;
    let strongest = 0;
    for (const candidate of cases.values()) {
      if (candidate.state === 'closed' || candidate.size >= caseFindingsMax || finding.atMs - candidate.lastMs > windowMs) continue;
      const tie = candidate.tieTo(traits, finding.atMs);
      if (tie === 0 || tie < strongest) continue;
      [joined, strongest] = [candidate, tie]; // of equal ties the latest case
    }
    if (joined !== undefined) return joined;
    const opened = new Case(idOf('incident', [finding.id, finding.atMs]), finding.lastMs, 'open');
    cases.set(opened.id, opened);
    return opened;
  };

  const forgetOldest = (): void => {
    while (cases.size > openMax) {
      const [oldest] = cases.values();
      if (oldest === undefined) return;
      cases.delete(oldest.id);
      for (const { id } of oldest.findings()) if (caseOfFinding.get(id) === oldest) caseOfFinding.delete(id);
    }
  };

  return {
    add(findings) {
      const changed = new Set<Case>();
      for (const finding of inOrder(findings)) {
        const home = place(finding);
        home.take(finding);
        caseOfFinding.set(finding.id, home);
        changed.add(home);
      }
      forgetOldest();
      return [...changed].map((home) => describeCase(home, criticalityOf));
    },
    read(id) {
      const home = cases.get(id);
      return home === undefined ? undefined : { incident: describeCase(home, criticalityOf), findings: home.findings() };
    },
    findings(id) {
      return cases.get(id)?.findings() ?? [];
    },
    restore(incident, findings) {
      const home = new Case(incident.id, incident.lastMs, incident.state);
      for (const finding of findings) home.take(finding);
      cases.set(home.id, home);
      for (const finding of findings) caseOfFinding.set(finding.id, home);
    },
    setState(id, state) {
      const home = cases.get(id);
      if (home === undefined) return undefined;
      home.state = state;
      return describeCase(home, criticalityOf);
    },
  };
}

/** By time, but who a device is comes before what it does: a lease is given to an address before the address is seen in use. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const rank = (finding: Finding): number => (finding.detector === 'binding' ? 0 : 1);
  return [...findings].sort((a, b) => rank(a) - rank(b) || a.atMs - b.atMs);
}
