// SPDX-License-Identifier: Apache-2.0
import type { Finding, Words } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import { isFlood, isGroup, originOf } from './actors.ts';
import { actsOnProcess, atomsOf } from './atoms.ts';
import type { Case } from './case.ts';
import { weighCauses } from './causes.ts';
import { type CriticalityOf, severityOf, stageOf } from './stage.ts';

/** Named limits of what an incident lists; its findings have the rest. */
const subjectsMax = 1_024;
const spreadMax = 256;

/** A case as an incident: what it is, how grave, where from, how far, and why. */
export function describeCase(home: Case, criticalityOf: CriticalityOf): Incident {
  const findings = home.findings();
  const causes = weighCauses(findings);
  const stage = stageOf(findings, causes, criticalityOf);
  return {
    kind: 'incident',
    id: home.id,
    atMs: findings[0]?.atMs ?? home.lastMs,
    lastMs: home.lastMs,
    from: findings.map((finding) => finding.id),
    stage,
    severity: severityOf(findings, stage),
    state: home.state,
    title: titleOf(findings, stage),
    origin: originOf(findings),
    subjects: [...new Set(findings.flatMap((finding) => finding.addresses))].slice(0, subjectsMax),
    spread: spreadOf(findings),
    causes,
  };
}

function titleOf(findings: readonly Finding[], stage: number): Words {
  const [first] = findings;
  const origin = originOf(findings) ?? first?.addresses[0] ?? '?';
  const speaks = (atom: ReturnType<typeof atomsOf>[number]): Finding | undefined => findings.find((finding) => atomsOf(finding).includes(atom));
  const acting = findings.find(actsOnProcess);
  if (acting !== undefined)
    return {
      key: stage >= 3 ? 'incident.title.acting' : 'incident.title.unusual-command',
      with: { origin, target: acting.addresses[1] ?? origin, observed: acting.observed },
    };
  const taken = speaks('binding-change');
  if (taken !== undefined) return { key: 'incident.title.taken-address', with: { origin, target: taken.addresses[0] ?? '?' } };
  const flood = findings.find(isFlood);
  if (flood !== undefined) return { key: 'incident.title.flood', with: { observed: flood.observed } };
  if (speaks('sweep') !== undefined) return { key: 'incident.title.sweep', with: { origin } };
  if (speaks('new-device') !== undefined) return { key: 'incident.title.new-device', with: { origin } };
  return { key: 'incident.title.unusual', with: { origin, observed: first?.observed ?? '' } };
}

/** Who reached whom for the first time, in order of time. A binding reaches nobody, and groups are nobody. */
function spreadOf(findings: readonly Finding[]): Incident['spread'] {
  const reached = new Map<string, Incident['spread'][number]>();
  for (const finding of findings) {
    if (finding.detector === 'binding' || isFlood(finding)) continue;
    const [fromAddress, ...targets] = finding.addresses;
    for (const address of targets) {
      if (fromAddress === undefined || address === fromAddress || isGroup(address) || reached.has(address) || reached.size >= spreadMax) continue;
      reached.set(address, { address, fromAddress, atMs: finding.atMs, service: finding.service });
    }
  }
  return [...reached.values()];
}
