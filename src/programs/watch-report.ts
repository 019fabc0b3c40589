// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import { translate } from '../platform/i18n/catalogue.ts';
import type { Correlator } from '../watch/incident/correlator.ts';
import type { Terminal } from './terminal.ts';

export interface Format {
  readonly isJson: boolean;
  readonly language: 'en' | 'ja';
}

/** What one batch changed. */
export interface Changed {
  readonly opened: readonly Finding[];
  readonly grown: readonly Finding[];
  /** Incidents that opened, or whose stage or most probable cause is another one now. */
  readonly incidents: readonly Incident[];
}

/** What was found so far. */
export interface WatchReport {
  take(told: readonly Finding[]): Changed;
  findingCount(): number;
}

/** Gathers what is told, finding by finding, into incidents; the same id again is the newer form of a finding. */
export function createWatchReport(correlator: Correlator): WatchReport {
  const known = new Set<string>();
  const incidents = new Map<string, Incident>();
  return {
    take: (told) => {
      if (told.length === 0) return { opened: [], grown: [], incidents: [] };
      const [opened, grown] = [told.filter((finding) => !known.has(finding.id)), told.filter((finding) => known.has(finding.id))];
      for (const finding of opened) known.add(finding.id);
      const news = correlator.add(told).filter((incident) => {
        const earlier = gistOf(incidents.get(incident.id));
        incidents.set(incident.id, incident);
        return earlier !== gistOf(incident);
      });
      return { opened, grown, incidents: news };
    },
    findingCount: () => known.size,
  };
}

function gistOf(incident: Incident | undefined): string {
  return incident === undefined ? '' : `${incident.stage} ${incident.severity} ${incident.causes[0]?.name}`;
}

/** Findings that opened, then incidents that changed; with `--json` also findings that have grown: the same id again is the newer form. */
export function tellChanged(terminal: Terminal, format: Format, changed: Changed): void {
  for (const finding of changed.opened) tellFinding(terminal, format, finding);
  if (format.isJson) for (const finding of changed.grown) tellFinding(terminal, format, finding);
  for (const incident of changed.incidents) tellIncident(terminal, format, incident);
}

const margin = ''.padEnd(22);

function tellFinding(terminal: Terminal, { isJson, language }: Format, finding: Finding): void {
  if (isJson) {
    terminal.out(JSON.stringify(finding));
    return;
  }
  terminal.out(`${finding.id}  ${finding.severity.padEnd(8)} ${translate(language, finding.words)}`);
  terminal.out(`${margin}${finding.detector}: ${finding.observed} | ${finding.expected} | ${finding.packetCount} packets`);
}

function tellIncident(terminal: Terminal, { isJson, language }: Format, incident: Incident): void {
  if (isJson) {
    terminal.out(JSON.stringify(incident));
    return;
  }
  terminal.out(`${incident.id}  stage ${incident.stage}  ${translate(language, incident.title)}`);
  for (const { probability, words, technique } of incident.causes)
    terminal.out(`${margin}${sayPercent(probability)} % ${translate(language, words)}${technique === null ? '' : ` (${technique})`}`);
}

/** No explanation is certain, and none that is shown is impossible. */
function sayPercent(probability: number): string {
  if (probability < 0.01) return '<1';
  return probability > 0.99 ? '>99' : String(Math.round(probability * 100));
}
