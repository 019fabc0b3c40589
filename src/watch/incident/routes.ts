// SPDX-License-Identifier: Apache-2.0
import { bytes, flag, integer, list, nullable, number, object, oneOf, type Static, text } from '../../base/schema.ts';
import { Finding, severities } from '../../model/finding.ts';
import { Incident, incidentStates } from '../../model/incident.ts';
import { idParams, pageOf, pageQuery } from '../../platform/http/page.ts';
import { declareRoute, readers, watchers } from '../../platform/http/route.ts';

export const listFindings = declareRoute({
  method: 'GET',
  path: '/api/findings',
  name: 'listFindings',
  summary: 'Findings, newest first',
  access: readers,
  query: object(
    'ListFindingsQuery',
    { ...pageQuery, severity: oneOf(severities), detector: text({ maxLength: 60 }), address: text({ maxLength: 64 }), incident: text({ maxLength: 64 }) },
    ['limit', 'before', 'severity', 'detector', 'address', 'incident'],
  ),
  response: pageOf('FindingPage', Finding),
});
export const FindingView = object('FindingView', {
  finding: Finding,
  incident: nullable(text()),
  evidence: list(text(), { description: 'Ids of its entries in the chain.' }),
});
export type FindingView = Static<typeof FindingView>;
export const getFinding = declareRoute({
  method: 'GET',
  path: '/api/findings/{id}',
  name: 'getFinding',
  summary: 'One finding',
  access: readers,
  params: idParams,
  response: FindingView,
});
/** What the finding covers enters the norm as confirmed. Refused with 409 `finding-not-held` when the sensor has let go of it. */
export const acceptFinding = declareRoute({
  method: 'POST',
  path: '/api/findings/{id}/accept',
  name: 'acceptFinding',
  summary: 'Say that a finding is normal here: the norm takes it in',
  access: watchers,
  params: idParams,
  body: object('AcceptFindingBody', { note: text({ maxLength: 2000 }) }, ['note']),
  response: FindingView,
});
/** Sensors hand in what they found; the same finding again (same id) replaces the earlier form. */
export const ingestFindings = declareRoute({
  method: 'POST',
  path: '/api/findings',
  name: 'ingestFindings',
  summary: 'Hand in findings (sensors)',
  access: ['operator', 'analyst', 'administrator'],
  bodyBytesMax: 4_194_304,
  body: object('IngestFindingsBody', { findings: list(Finding, { maxItems: 1000 }) }),
  response: object('IngestFindingsAnswer', { accepted: integer() }),
});

/** Fields of one layer of a decoded packet; offset and length point into the bytes. */
export const PacketLayer = object('PacketLayer', {
  name: text(),
  fields: list(object('PacketField', { name: text(), value: text(), offset: integer(), length: integer() })),
});
export const PacketView = object('PacketView', {
  number: integer(),
  atMs: number(),
  wireBytes: integer(),
  summary: text(),
  hex: text({ description: 'At most 2,048 bytes.' }),
  isCut: flag(),
  layers: list(PacketLayer),
});
export type PacketView = Static<typeof PacketView>;
export const listFindingPackets = declareRoute({
  method: 'GET',
  path: '/api/findings/{id}/packets',
  name: 'listFindingPackets',
  summary: 'The packets behind a finding, decoded',
  access: readers,
  params: idParams,
  query: object(
    'ListFindingPacketsQuery',
    { limit: integer({ minimum: 1, maximum: 200, default: 50 }), offset: integer({ minimum: 0, maximum: 1_000_000, default: 0 }) },
    ['limit', 'offset'],
  ),
  response: object('PacketList', { items: list(PacketView), total: integer(), missing: integer({ description: 'Packets no longer kept.' }) }),
});
export const downloadFindingPackets = declareRoute({
  method: 'GET',
  path: '/api/findings/{id}/packets.pcap',
  name: 'downloadFindingPackets',
  summary: 'The packets behind a finding as a capture file',
  access: ['operator', 'responder', 'analyst', 'auditor', 'administrator'],
  params: idParams,
  media: 'application/vnd.tcpdump.pcap',
  response: bytes(),
});

export const listIncidents = declareRoute({
  method: 'GET',
  path: '/api/incidents',
  name: 'listIncidents',
  summary: 'Incidents, newest first',
  access: readers,
  query: object('ListIncidentsQuery', { ...pageQuery, state: oneOf(incidentStates) }, ['limit', 'before', 'state']),
  response: pageOf('IncidentPage', Incident),
});
export const IncidentView = object('IncidentView', { incident: Incident, findings: list(Finding), responses: list(text()), evidence: list(text()) });
export type IncidentView = Static<typeof IncidentView>;
export const getIncident = declareRoute({
  method: 'GET',
  path: '/api/incidents/{id}',
  name: 'getIncident',
  summary: 'One incident with its findings',
  access: readers,
  params: idParams,
  response: IncidentView,
});
export const changeIncident = declareRoute({
  method: 'PATCH',
  path: '/api/incidents/{id}',
  name: 'changeIncident',
  summary: 'Acknowledge or close an incident',
  access: watchers,
  params: idParams,
  body: object('ChangeIncidentBody', { state: oneOf(['acknowledged', 'closed', 'open']), note: text({ maxLength: 2000 }) }, ['note']),
  response: IncidentView,
});
