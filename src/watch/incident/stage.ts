// SPDX-License-Identifier: Apache-2.0
import type { AssetNote } from '../../model/asset.ts';
import { type Finding, type Severity, severities } from '../../model/finding.ts';
import type { Cause } from '../../model/incident.ts';
import { actsOnProcess, atomsOf } from './atoms.ts';
import { attackProbability } from './causes.ts';

/** What people said of an address; 'normal' where nobody said anything. */
export type CriticalityOf = (address: string) => AssetNote['criticality'];

const repeatedMin = 40;

/**
 * 0 a signal, 1 something unusual, 2 probably an attack being prepared (or an unusual act that may be one), 3 the process or its control is acted upon,
 * 4 the business is threatened: what is essential is acted upon, control is taken over, or the acting does not end.
 */
export function stageOf(findings: readonly Finding[], causes: readonly Cause[], criticalityOf: CriticalityOf): number {
  const acting = findings.filter(actsOnProcess);
  const probability = attackProbability(causes);
  if (acting.length > 0 && probability >= 0.5) {
    const isEssential = acting.some((finding) => finding.addresses.some((address) => criticalityOf(address) === 'essential'));
    const isTakenOver = acting.some((finding) => finding.operation !== 'write');
    const isRepeated = acting.some((finding) => finding.packetCount >= repeatedMin);
    return isEssential || isTakenOver || isRepeated ? 4 : 3;
  }
  if (probability >= 0.4 || (acting.length > 0 && probability >= 0.2) || findings.some((finding) => atomsOf(finding).includes('sweep'))) return 2;
  return findings.some((finding) => severities.indexOf(finding.severity) >= severities.indexOf('medium')) ? 1 : 0;
}

/** The severity shown for an incident: that of its gravest finding, raised to what its stage means. */
export function severityOf(findings: readonly Finding[], stage: number): Severity {
  const byStage: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];
  const gravest = Math.max(...findings.map((finding) => severities.indexOf(finding.severity)), severities.indexOf(byStage[stage] ?? 'info'));
  return severities[gravest] ?? 'info';
}
