// SPDX-License-Identifier: Apache-2.0
import type { Response } from '../app/api.ts';

type Group<R> = readonly [R, ...R[]];

/** Proposed responses that answer the same incident, together: one decision is asked for each group. Order as given, by rank inside. */
export function byIncident<R extends Pick<Response, 'id' | 'from' | 'rank'>>(responses: readonly R[]): readonly Group<R>[] {
  const groups = new Map<string, [R, ...R[]]>();
  for (const response of responses) {
    const key = response.from[0] ?? response.id;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [response]);
    else group.push(response);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.rank - b.rank));
}
