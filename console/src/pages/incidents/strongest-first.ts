// SPDX-License-Identifier: Apache-2.0
import { severities } from '../../../../src/model/finding.ts';
import type { Finding } from '../../app/api.ts';

/** The gravest finding first, of equal ones the latest. */
export function strongestFirst<F extends Pick<Finding, 'severity' | 'lastMs' | 'score'>>(findings: readonly F[]): readonly F[] {
  return [...findings].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || b.score - a.score || b.lastMs - a.lastMs);
}
