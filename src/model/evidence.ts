// SPDX-License-Identifier: Apache-2.0
import { anything, integer, list, number, object, record, type Static, text } from '../base/schema.ts';

/** An in-toto statement: what is claimed of which things. Source: in-toto Attestation Framework v1, Statement. */
export const Statement = object('Statement', {
  _type: text(),
  subject: list(object('StatementSubject', { name: text(), digest: record(text()) })),
  predicateType: text(),
  predicate: anything({ description: 'What is claimed; its form follows from predicateType.' }),
});
export type Statement = Static<typeof Statement>;

/**
 * What kinds of things end as evidence. `decision`, `action` and `result` are steps of a response (or a person's word on a finding),
 * `account` is what happened to an account, `site` what a person changed of the site. Entries that are none of ours are listed as `unknown`.
 */
export const evidenceAbout = ['finding', 'incident', 'decision', 'action', 'result', 'account', 'site'] as const;

/** One entry of the chain as it is listed and searched. */
export const EvidenceEntry = object('EvidenceEntry', {
  id: text(),
  index: integer({ minimum: 0, description: 'Position in the log, from 0.' }),
  atMs: number(),
  about: text({ description: 'finding, incident, decision, action, result, account or site.' }),
  name: text({ description: 'Id of the record it is about.' }),
  from: list(text()),
  summary: text(),
});
export type EvidenceEntry = Static<typeof EvidenceEntry>;

/** The way from a proof back to the packets. */
export const TraceNode = object('TraceNode', {
  id: text(),
  about: text(),
  atMs: number(),
  summary: text(),
  from: list(text()),
  /** Position in the chain, or -1 for what is not an entry (packets). */
  index: integer(),
});
export type TraceNode = Static<typeof TraceNode>;
