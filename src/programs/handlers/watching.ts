// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../model/finding.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import { notFound, Problem } from '../../platform/http/problem.ts';
import { type BoundRoute, bind } from '../../platform/http/route.ts';
import type { Evidence } from '../../share/evidence/evidence.node.ts';
import * as incidents from '../../watch/incident/routes.ts';
import type { IncidentStore } from '../../watch/incident/store.node.ts';
import type { Lifecycle } from '../../watch/response/lifecycle.ts';
import * as responses from '../../watch/response/routes.ts';
import type { ResponseRecords } from '../../watch/response/store.node.ts';
import type { Centre } from '../site/centre.ts';
import { evidenceOfAcceptance } from '../site/evidence-items.ts';
import type { FindingPackets } from '../site/finding-packets.ts';
import type { Sensor } from '../site/sensor.ts';

export interface WatchingParts {
  readonly incidents: IncidentStore;
  readonly responses: ResponseRecords;
  readonly lifecycle: Lifecycle;
  readonly evidence: Evidence;
  readonly packets: FindingPackets;
  readonly hub: EventHub;
  readonly nowMs: () => number;
  receive(findings: readonly Finding[]): Promise<void>;
  readonly setState: Centre['setState'];
  readonly sensor: Sensor;
}

/** Routes of findings, incidents and responses. */
export function bindWatching(parts: WatchingParts): readonly BoundRoute[] {
  const entriesOf = (id: string): readonly string[] => parts.evidence.about(id).map((entry) => entry.id);
  const viewIncident = async (id: string): Promise<incidents.IncidentView> => {
    const found = await parts.incidents.readIncident(id);
    if (found === undefined) throw notFound('incident', id);
    const page = await parts.responses.page({ incident: id, limit: 100 });
    return { ...found, responses: page.items.map((response) => response.id), evidence: entriesOf(id) };
  };
  const viewFinding = async (id: string): Promise<incidents.FindingView> => {
    const found = await parts.incidents.readFinding(id);
    if (found === undefined) throw notFound('finding', id);
    return { ...found, evidence: entriesOf(id) };
  };
  return [
    bind(incidents.listFindings, ({ query }) => parts.incidents.listFindings(query)),
    bind(incidents.getFinding, ({ params }) => viewFinding(params.id)),
    bind(incidents.acceptFinding, async ({ params, body, caller }) => {
      const { finding } = await viewFinding(params.id);
      await acceptFinding(parts, finding, caller?.name ?? '', body.note ?? '');
      return viewFinding(params.id);
    }),
    bind(incidents.ingestFindings, async ({ body }) => {
      await parts.receive(body.findings);
      return { accepted: body.findings.length };
    }),
    bind(incidents.listFindingPackets, async ({ params, query }) => {
      const found = await viewFinding(params.id);
      return parts.packets.list(found.finding, query.offset ?? 0, query.limit ?? 50);
    }),
    bind(incidents.downloadFindingPackets, async ({ params }) => {
      const found = await viewFinding(params.id);
      return parts.packets.capture(found.finding);
    }),
    bind(incidents.listIncidents, ({ query }) => parts.incidents.listIncidents(query)),
    bind(incidents.getIncident, ({ params }) => viewIncident(params.id)),
    bind(incidents.changeIncident, async ({ params, body, caller }) => {
      const note = `${caller?.name ?? ''} set it to ${body.state}${body.note === undefined ? '' : `: ${body.note}`}`;
      if ((await parts.setState(params.id, body.state, note)) === undefined) throw notFound('incident', params.id);
      return viewIncident(params.id);
    }),
    bind(responses.listResponses, ({ query }) => parts.responses.page(query)),
    bind(responses.getResponse, async ({ params }) => {
      const found = await parts.responses.read(params.id);
      if (found === undefined) throw notFound('response', params.id);
      return found;
    }),
    ...(['consent', 'decline', 'undo'] as const).map((verb) => {
      const route = { consent: responses.consentResponse, decline: responses.declineResponse, undo: responses.undoResponse }[verb];
      return bind(route, async ({ params, body, caller }) => {
        if ((await parts.responses.read(params.id)) === undefined) throw notFound('response', params.id);
        const changed = await parts.lifecycle[verb](params.id, caller?.name ?? '', body.note ?? '').catch(asProblem);
        parts.hub.publish('response', { id: params.id });
        return changed;
      });
    }),
  ];
}

/**
 * A person says that a finding is normal. The norm is on the disk before the decision is in the chain: after a crash between
 * the two the person decides again, which the norm then holds already.
 */
async function acceptFinding(parts: WatchingParts, finding: Finding, who: string, note: string): Promise<void> {
  if (!parts.sensor.watcher.accept(finding.id))
    throw new Problem(409, 'finding-not-held', `Cannot accept finding "${finding.id}": this sensor does not hold it any more, or another one found it`);
  await parts.sensor.saveNorm();
  await parts.evidence.record([evidenceOfAcceptance(who, note, finding, parts.nowMs())]);
  parts.hub.publish('finding', { id: finding.id });
  parts.hub.publish('norm', { id: finding.detector });
}

/** What the life cycle refuses is a conflict with the state of the response, not a fault of the server. */
function asProblem(cause: unknown): never {
  if (cause instanceof Error && 'code' in cause && (cause.code === 'response-state' || cause.code === 'response-interlock'))
    throw new Problem(409, cause.code, cause.message);
  throw cause;
}
