// SPDX-License-Identifier: Apache-2.0
import { anything, flag, integer, list, number, object, oneOf, type Static, text } from '../../base/schema.ts';
import { EvidenceEntry, evidenceAbout, Statement, TraceNode } from '../../model/evidence.ts';
import { idParams, pageOf, pageQuery } from '../../platform/http/page.ts';
import { declareRoute, readers } from '../../platform/http/route.ts';

export const listEvidence = declareRoute({
  method: 'GET',
  path: '/api/evidence',
  name: 'listEvidence',
  summary: 'Entries of the chain, newest first',
  access: readers,
  query: object('ListEvidenceQuery', { ...pageQuery, search: text({ maxLength: 100 }), about: oneOf(evidenceAbout) }, ['limit', 'before', 'search', 'about']),
  response: pageOf('EvidencePage', EvidenceEntry),
});
export const getEvidence = declareRoute({
  method: 'GET',
  path: '/api/evidence/{id}',
  name: 'getEvidence',
  summary: 'One entry with its statement',
  access: readers,
  params: idParams,
  response: object('EvidenceView', { entry: EvidenceEntry, statement: Statement }),
});
export const getProof = declareRoute({
  method: 'GET',
  path: '/api/evidence/{id}/proof',
  name: 'getProof',
  summary: 'A self-contained proof file',
  access: readers,
  params: idParams,
  media: 'application/json',
  response: anything(),
});
export const getTrace = declareRoute({
  method: 'GET',
  path: '/api/trace/{id}',
  name: 'getTrace',
  summary: 'The way from a record back to the packets',
  access: readers,
  params: idParams,
  response: object('Trace', { nodes: list(TraceNode) }),
});

/** How the chain of trust stands: what the auditor of the running log last saw. */
export const ChainState = object(
  'ChainState',
  {
    origin: text(),
    vkey: text({ description: 'Verifier key of the log (C2SP signed-note).' }),
    size: integer(),
    checkpointMs: number(),
    root: text(),
    auditedMs: number(),
    isSound: flag(),
    problem: text(),
  },
  ['problem'],
);
export type ChainState = Static<typeof ChainState>;
export const getChain = declareRoute({
  method: 'GET',
  path: '/api/chain',
  name: 'getChain',
  summary: 'State of the chain',
  access: readers,
  response: ChainState,
});
