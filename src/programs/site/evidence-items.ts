// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../../base/canonical-json.ts';
import type { Finding } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import type { AccountEvent } from '../../platform/accounts/context.ts';
import type { RecordItem } from '../../share/evidence/recorder.ts';
import type { ResponseEvent } from '../../watch/response/lifecycle.ts';

/** A record for the chain, with the gist that tells whether it says something new. */
export interface GistItem extends RecordItem {
  readonly gist: string;
}

// The records are plain JSON by their schemas: every member is a text, a number, a flag, null, a list or an object of these.
function asJson(record: object): Json {
  return record as unknown as Json;
}

/** A finding is recorded when it opens, and again each time it has grown to twice as many packets. */
export function evidenceOfFinding(finding: Finding): GistItem {
  return {
    about: 'finding',
    id: finding.id,
    atMs: finding.lastMs,
    from: finding.from,
    record: asJson(finding),
    summary: finding.observed,
    gist: `${Math.floor(Math.log2(Math.max(1, finding.packetCount)))}`,
  };
}

/** An incident is recorded when it opens, and when its stage, its state, its most probable cause or its findings change. */
export function evidenceOfIncident(incident: Incident): GistItem {
  const cause = incident.causes[0];
  return {
    about: 'incident',
    id: incident.id,
    atMs: incident.lastMs,
    from: incident.from,
    record: asJson(incident),
    summary: `stage ${incident.stage}, ${cause === undefined ? 'no cause yet' : `${cause.name} ${Math.round(cause.probability * 100)} %`}, origin ${incident.origin ?? 'unknown'}`,
    gist: `${incident.stage} ${incident.state} ${cause?.name ?? ''} ${incident.from.length}`,
  };
}

/** What happened to a response: the decision with the person, the action with its rules, the result with its count. */
export function evidenceOfResponse(event: ResponseEvent, digests: RecordItem['digests'] = []): RecordItem {
  const { response } = event;
  const words: Readonly<Record<ResponseEvent['about'], string>> = {
    decision: `${response.decidedBy ?? 'nobody'} ${response.state === 'declined' ? 'declined' : 'consented to'} ${response.action.name} on ${response.action.target}`,
    action: `${response.action.name} on ${response.action.target} is in force`,
    result: `${response.action.name} on ${response.action.target} is ${response.state}, ${response.packetsStopped ?? 0} packets stopped`,
  };
  return {
    about: event.about,
    id: response.id,
    atMs: event.atMs,
    from: response.from,
    record: asJson({ note: event.note, response }),
    summary: words[event.about],
    ...(digests.length > 0 ? { digests } : {}),
  };
}

/** A person said that a finding is normal: a decision of its own, made from the finding. */
export function evidenceOfAcceptance(who: string, note: string, finding: Finding, atMs: number): RecordItem {
  return {
    about: 'decision',
    id: `accept-${finding.id}`,
    atMs,
    from: [finding.id],
    record: asJson({ who, note, finding: finding.id, observed: finding.observed, detector: finding.detector }),
    summary: `${who} accepted as normal: ${finding.observed}`,
  };
}

/** What happened to an account. */
export function evidenceOfAccount(event: AccountEvent): RecordItem {
  return {
    about: 'account',
    id: event.account ?? 'nobody',
    atMs: event.atMs,
    from: event.by === null ? [] : [event.by],
    record: asJson(event),
    summary: `${event.kind} ${event.accountName ?? ''}`.trim(),
  };
}

/** What a person decided about the site: settings, devices, norm, the simulated attack. */
export function evidenceOfDecision(who: string, what: string, id: string, atMs: number, record: object = {}): RecordItem {
  return { about: 'site', id, atMs, from: [], record: asJson({ who, what, ...record }), summary: `${who} ${what}` };
}
