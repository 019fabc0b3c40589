// SPDX-License-Identifier: Apache-2.0
import { actionKinds } from '../../actions/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { runCentre } from '../../line.ts';
import type { EvidenceEntry } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import type { Response } from '../../model/response.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import type { Evidence } from '../../share/evidence/evidence.node.ts';
import type { Correlator } from '../../watch/incident/correlator.ts';
import type { IncidentStore } from '../../watch/incident/store.node.ts';
import type { Rehearsal } from '../../watch/response/dry-run.ts';
import { type Option, recommend } from '../../watch/response/recommend.ts';
import type { ResponseRecords } from '../../watch/response/store.node.ts';
import { evidenceOfFinding, evidenceOfIncident } from './evidence-items.ts';
import type { Knowledge } from './knowledge.ts';

export interface CentreOptions {
  readonly incidents: IncidentStore;
  readonly responses: ResponseRecords;
  readonly correlator: Correlator;
  readonly evidence: Evidence;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly log: Log;
  readonly knowledge: Knowledge;
  readonly canEnforce: boolean;
  limitMs(): number;
  /** The packets of the last minutes, read through the line again. */
  rehearse(): Promise<Rehearsal>;
}

/** The centre of a site: takes findings in, and answers when what follows from them is stored and recorded. */
export interface Centre {
  /** Calls are taken one after another. */
  receive(findings: readonly Finding[]): Promise<void>;
  /** People change the state of an incident. In turn with the findings, so that neither overwrites the other. Undefined for one that nobody knows. */
  setState(id: string, state: Incident['state'], note: string): Promise<Incident | undefined>;
}

const saidMax = 10_000;

/** Makes the centre. After a restart the open records are said to the chain once more when they grow. */
export function createCentre(options: CentreOptions): Centre {
  let queue: Promise<unknown> = Promise.resolve();
  /** What the last entry about a record said, so that growing records are recorded again only when they say something new. */
  const said = new Map<string, string>();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined); // the caller of `turn` sees the failure; the next in turn must not
    return turn;
  };
  return {
    receive: (findings) => inTurn(() => receive(options, findings, said)),
    setState: (id, state, note) => inTurn(() => setState(options, id, state, note)),
  };
}

async function setState({ correlator, incidents, responses, evidence, hub, clock }: CentreOptions, id: string, state: Incident['state'], note: string) {
  if (correlator.read(id) === undefined) {
    const stored = await incidents.readIncident(id); // it has left the memory
    if (stored === undefined) return undefined;
    correlator.restore(stored.incident, stored.findings);
  }
  const changed = correlator.setState(id, state);
  if (changed === undefined) return undefined;
  await evidence.record([{ ...evidenceOfIncident(changed), atMs: clock.nowMs(), summary: note }]);
  await incidents.saveIncidents([changed]);
  if (state === 'closed') for (const response of await responses.expire(id, clock.nowMs())) hub.publish('response', { id: response.id });
  hub.publish('incident', { id });
  return changed;
}

async function receive(options: CentreOptions, findings: readonly Finding[], said: Map<string, string>): Promise<void> {
  await options.incidents.saveFindings(findings);
  const changed: string[] = [];
  const entries = await runCentre<Incident, Response, EvidenceEntry>(findings, {
    correlate: async (news) => {
      const incidents = options.correlator.add(news);
      await options.incidents.saveIncidents(incidents);
      changed.push(...incidents.map((incident) => incident.id));
      return incidents;
    },
    recommend: async (incidents) => {
      const worth = incidents.filter((incident) => incident.stage >= 1 && incident.state !== 'closed');
      if (worth.length === 0) return [];
      const rehearsal = await options.rehearse();
      const proposals = worth.flatMap((incident) => recommend(incident, optionsFor(options, incident), rehearsal, options.knowledge, options.clock.nowMs()));
      return options.responses.propose(proposals);
    },
    record: async (news, incidents) => {
      const items = [...news.map(evidenceOfFinding), ...incidents.map(evidenceOfIncident)].filter((item) => said.get(item.id) !== item.gist);
      const recorded = await options.evidence.record(items);
      for (const item of items) said.set(item.id, item.gist);
      return recorded;
    },
  });
  for (const id of [...said.keys()].slice(0, Math.max(0, said.size - saidMax))) said.delete(id);
  tell(options, findings, changed, entries);
}

/** What could be done about an incident. Without an enforcement point only what touches no wire. */
function optionsFor(options: CentreOptions, incident: Incident): readonly Option[] {
  const findings = options.correlator.findings(incident.id);
  const context = { incident, findings, limitMs: options.limitMs(), ...options.knowledge };
  return actionKinds.flatMap((kind) => {
    const action = kind.propose(context);
    if (action === undefined || (action.rules.length > 0 && !options.canEnforce)) return [];
    return [{ action, why: kind.why(action, context), burden: kind.burden }];
  });
}

function tell(options: CentreOptions, findings: readonly Finding[], incidents: readonly string[], entries: readonly EvidenceEntry[]): void {
  for (const finding of findings) options.hub.publish('finding', { id: finding.id });
  for (const id of incidents) options.hub.publish('incident', { id });
  if (incidents.length > 0) options.hub.publish('response', { id: '' });
  if (entries.length > 0) options.hub.publish('evidence', { id: entries.at(-1)?.id ?? '' });
  options.log.debug('findings received', { findings: findings.length, entries: entries.length });
}
