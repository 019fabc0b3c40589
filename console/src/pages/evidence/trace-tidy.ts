// SPDX-License-Identifier: Apache-2.0
import type { TraceNode } from '../../app/api.ts';

const packetsTail = '#packets';

/**
 * The trace as people read it: the single packets of a record give way to the one node that names them all, and a step that is also
 * reached by way of another is drawn once. Nothing else is left out.
 */
export function tidyTrace(nodes: readonly TraceNode[]): readonly TraceNode[] {
  const gathered = new Set(nodes.filter((node) => node.id.endsWith(packetsTail)).map((node) => node.id.slice(0, -packetsTail.length)));
  const single = new Set<string>();
  for (const node of nodes) if (gathered.has(node.id)) for (const id of node.from) if (isSinglePacket(id)) single.add(id);
  const kept = nodes.filter((node) => !single.has(node.id)).map((node) => ({ ...node, from: node.from.filter((id) => !single.has(id)) }));
  const byId = new Map(kept.map((node) => [node.id, node]));
  return kept.map((node) => ({
    ...node,
    from: node.from.filter((id) => !node.from.some((other) => other !== id && byId.get(other)?.from.includes(id) === true)),
  }));
}

function isSinglePacket(id: string): boolean {
  return /^packet:\d+$/.test(id);
}
