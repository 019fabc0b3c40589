// SPDX-License-Identifier: Apache-2.0

/** Kinds of server-sent events (`GET /api/events`, published by src/programs) and, for each, the first words of the query keys that it makes old. */
export const madeOld = {
  finding: ['findings', 'overview', 'map', 'assets', 'trace'],
  incident: ['incidents', 'findings', 'overview', 'trace'],
  response: ['responses', 'incidents', 'overview', 'map', 'trace'],
  evidence: ['evidence', 'chain', 'trace'],
  asset: ['assets', 'map'],
  norm: ['norm', 'overview'],
  overview: ['overview', 'chain'],
  plant: ['plant'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EventKind = keyof typeof madeOld;
// `Object.keys` of a literal gives exactly its keys.
export const eventKinds = Object.keys(madeOld) as readonly EventKind[];

/** Events that came together, as the keys to fetch again, each once. */
export function keysMadeOld(kinds: Iterable<EventKind>): readonly string[] {
  const keys = new Set<string>();
  for (const kind of kinds) for (const key of madeOld[kind]) keys.add(key);
  return [...keys];
}
