// SPDX-License-Identifier: Apache-2.0
import type { TraceNode } from '../../model/evidence.ts';
import { traceInFolder } from '../../share/evidence/trace.node.ts';
import { type Command, exits } from '../command.ts';
import { dataFolder, dataOption, evidenceFolder } from '../data-folder.ts';

const indent = '   ';

export const trace: Command = {
  words: 'trace',
  takes: '<id>',
  summary: 'Walk back from evidence, a response, an incident or a finding to the packets',
  options: dataOption,
  places: [1, 1],
  run: async (input, terminal) => {
    const nodes = await traceInFolder(evidenceFolder(dataFolder(input)), input.places[0] ?? '');
    if (input.flag('json')) for (const node of nodes) terminal.out(JSON.stringify(node));
    else printTree(nodes, (line) => terminal.out(line));
    return exits.yes;
  },
};

/** The nodes as a tree: what each was made of stands below it. What was shown already is only named. */
function printTree(nodes: readonly TraceNode[], out: (line: string) => void): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shown = new Set<string>();
  const print = (id: string, depth: number): void => {
    const node = byId.get(id);
    const head = `${indent.repeat(depth)}${depth === 0 ? '' : '└ '}`;
    if (node === undefined || shown.has(id)) {
      out(`${head}${id}${node === undefined ? '' : ' (above)'}`);
      return;
    }
    const place = node.index >= 0 ? ` [entry ${node.index}]` : '';
    const time = node.atMs > 0 ? `${new Date(node.atMs).toISOString()}  ` : '';
    shown.add(id);
    out(`${head}${time}${node.about}  ${node.id}${place}  ${node.summary}`);
    for (const from of node.from) print(from, depth + 1);
  };
  const [first] = nodes;
  if (first !== undefined) print(first.id, 0);
}
