// SPDX-License-Identifier: Apache-2.0
import { exactly, integer, list, nullable, number, object, oneOf, type Static, text } from '../base/schema.ts';
import { severities, Words } from './finding.ts';

/** One explanation still in the running. */
export const Cause = object('Cause', {
  name: text({ description: 'Key of the cause: scan, unauthorised-command, maintenance, misconfiguration, device-fault …' }),
  nature: oneOf(['attack', 'maintenance', 'misconfiguration', 'fault']),
  probability: number({ minimum: 0, maximum: 1 }),
  technique: nullable(text()),
  words: Words,
  /** Ids of the findings that speak for it. */
  because: list(text()),
  wouldConfirm: list(Words),
});
export type Cause = Static<typeof Cause>;

export const incidentStates = ['open', 'acknowledged', 'contained', 'closed'] as const;

/**
 * Findings that belong together. Stage: 0 a signal, 1 something unusual, 2 probably an attack being prepared,
 * 3 the process or its control is acted upon, 4 the business is threatened.
 */
export const Incident = object('Incident', {
  kind: exactly('incident'),
  id: text(),
  atMs: number(),
  lastMs: number(),
  from: list(text(), { description: 'Ids of its findings.' }),
  stage: integer({ minimum: 0, maximum: 4 }),
  severity: oneOf(severities),
  state: oneOf(incidentStates),
  title: Words,
  /** Where it seems to come from; null while nobody can say. */
  origin: nullable(text()),
  subjects: list(text(), { description: 'All addresses in it.' }),
  /** Addresses reached from the origin, in order of time. */
  spread: list(object('Spread', { address: text(), fromAddress: text(), atMs: number(), service: text() })),
  causes: list(Cause, { description: 'Most probable first.' }),
});
export type Incident = Static<typeof Incident>;
