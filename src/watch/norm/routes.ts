// SPDX-License-Identifier: Apache-2.0
import { integer, list, nullable, number, object, oneOf, type Static, text } from '../../base/schema.ts';
import { declareRoute, readers, watchers } from '../../platform/http/route.ts';

export const NormState = object('NormState', {
  phase: oneOf(['learning', 'watching']),
  startedMs: number(),
  endedMs: nullable(number()),
  packets: integer(),
  noveltyRate: number({ description: 'Good-Turing estimate: share of packets that would still bring something new.' }),
  noveltyTarget: number(),
  progress: number({ minimum: 0, maximum: 1 }),
  entries: integer(),
  onProbation: integer(),
});
export type NormState = Static<typeof NormState>;

export const NormEntryView = object('NormEntryView', {
  detector: text(),
  key: text(),
  text: text(),
  support: integer(),
  firstMs: number(),
  lastMs: number(),
  state: oneOf(['probation', 'confirmed']),
});
export const getNorm = declareRoute({
  method: 'GET',
  path: '/api/norm',
  name: 'getNorm',
  summary: 'What is normal here, and whether learning has ended',
  access: readers,
  response: NormState,
});
export const listNormEntries = declareRoute({
  method: 'GET',
  path: '/api/norm/entries',
  name: 'listNormEntries',
  summary: 'Entries of the norm',
  access: readers,
  query: object('ListNormEntriesQuery', { state: oneOf(['probation', 'confirmed']), detector: text({ maxLength: 60 }) }, ['state', 'detector']),
  response: object('NormEntryList', { items: list(NormEntryView) }),
});
export const decideNormEntry = declareRoute({
  method: 'POST',
  path: '/api/norm/entries',
  name: 'decideNormEntry',
  summary: 'Confirm an entry of the norm or take it out',
  access: watchers,
  body: object('DecideNormEntryBody', { detector: text({ maxLength: 60 }), key: text({ maxLength: 500 }), verdict: oneOf(['confirm', 'remove']) }),
  response: NormState,
});
