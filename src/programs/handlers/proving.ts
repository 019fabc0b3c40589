// SPDX-License-Identifier: Apache-2.0
import { notFound } from '../../platform/http/problem.ts';
import { type BoundRoute, bind } from '../../platform/http/route.ts';
import type { Evidence } from '../../share/evidence/evidence.node.ts';
import * as routes from '../../share/evidence/routes.ts';

const scanMax = 500;

/** Routes of evidence, proofs and the chain. */
export function bindProving(evidence: Evidence, chainState: () => routes.ChainState): readonly BoundRoute[] {
  return [
    bind(routes.listEvidence, ({ query }) => {
      const limit = query.limit ?? 50;
      const before = /^[0-9]{1,12}$/.test(query.before ?? '') ? Number(query.before) : undefined;
      const found = evidence.search({
        ...(query.search === undefined ? {} : { text: query.search }),
        ...(query.about === undefined ? {} : { about: query.about }),
        ...(before === undefined ? {} : { before }),
        limit: Math.min(scanMax, limit + 1),
      });
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? String(items.at(-1)?.index ?? 0) : null, total: evidence.size };
    }),
    bind(routes.getEvidence, async ({ params }) => {
      const entry = evidence.find(params.id);
      if (entry === undefined) throw notFound('evidence', params.id);
      return { entry, statement: await evidence.statementOf(entry.id) };
    }),
    bind(routes.getProof, async ({ params }) => {
      const entry = evidence.find(params.id);
      if (entry === undefined) throw notFound('evidence', params.id);
      return evidence.proofOf(entry.id);
    }),
    bind(routes.getTrace, ({ params }) => {
      const nodes = evidence.trace(params.id);
      if (nodes.length === 0) throw notFound('record', params.id);
      return { nodes };
    }),
    bind(routes.getChain, chainState),
  ];
}
