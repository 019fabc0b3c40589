// SPDX-License-Identifier: Apache-2.0

export interface TraceInput {
  readonly id: string;
  readonly from: readonly string[];
  readonly atMs: number;
  /** Position in the chain; -1 for what is not an entry. */
  readonly index: number;
}

/** Sizes of the picture in pixels. */
export const boxWidth = 184;
export const boxHeight = 96;
const gapX = 44;
const gapY = 16;
const margin = 12;
/** Rows of a column beyond which the rest is counted instead of drawn. */
export const rowsMax = 6;

export interface PlacedNode {
  readonly id: string;
  readonly column: number;
  readonly x: number;
  readonly y: number;
}
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
}
export interface TracePicture {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** Columns in which nodes were left out, and how many. */
  readonly hidden: readonly { readonly column: number; readonly x: number; readonly y: number; readonly count: number }[];
  readonly width: number;
  readonly height: number;
}

/**
 * Places records from left (what was first: packets) to right (what rests on it), each one column right of the last thing it was made of.
 * `from` ids that are not among the nodes are left out; a circle, which only a forged answer can hold, is cut where it closes.
 */
export function layOutTrace(nodes: readonly TraceInput[], rowsShown: number = rowsMax): TracePicture {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const columns = new Map<string, number>();
  const open = new Set<string>();
  const columnOf = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    let column = 0;
    for (const source of byId.get(id)?.from ?? []) if (byId.has(source)) column = Math.max(column, columnOf(source) + 1);
    open.delete(id);
    columns.set(id, column);
    return column;
  };
  const lanes: TraceInput[][] = [];
  for (const node of nodes) {
    const column = columnOf(node.id);
    while (lanes.length <= column) lanes.push([]);
    lanes[column]?.push(node);
  }
  const tallest = Math.max(1, ...lanes.map((lane) => Math.min(lane.length, rowsShown) + (lane.length > rowsShown ? 0.5 : 0)));
  const height = tallest * (boxHeight + gapY) - gapY + 2 * margin;
  const placed: PlacedNode[] = [];
  const hidden: { column: number; x: number; y: number; count: number }[] = [];
  // A record stands about as high as what it was made of, so that few lines cross.
  const heightOf = new Map<string, number>();
  lanes.forEach((lane, column) => {
    const pull = (node: TraceInput): number => {
      const heights = node.from.map((id) => heightOf.get(id)).filter((value) => value !== undefined);
      return heights.length === 0 ? 0 : heights.reduce((sum, value) => sum + value, 0) / heights.length;
    };
    const rows = [...lane].sort((a, b) => pull(a) - pull(b) || a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
    rows.forEach((node, row) => {
      heightOf.set(node.id, row - (rows.length - 1) / 2);
    });
    const shown = rows.slice(0, rowsShown);
    const x = margin + column * (boxWidth + gapX);
    const top = (height - (shown.length * (boxHeight + gapY) - gapY)) / 2;
    shown.forEach((node, row) => {
      placed.push({ id: node.id, column, x, y: rows.length > rowsShown ? margin + row * (boxHeight + gapY) : top + row * (boxHeight + gapY) });
    });
    if (rows.length > rowsShown) hidden.push({ column, x, y: margin + rowsShown * (boxHeight + gapY), count: rows.length - rowsShown });
  });
  const drawn = new Map(placed.map((node) => [node.id, node]));
  const edges: PlacedEdge[] = [];
  for (const node of nodes) {
    const to = drawn.get(node.id);
    if (to === undefined) continue;
    for (const source of new Set(node.from)) {
      const from = drawn.get(source);
      if (from !== undefined && from.column < to.column) edges.push({ from: source, to: node.id });
    }
  }
  return { nodes: placed, edges, hidden, width: 2 * margin + lanes.length * (boxWidth + gapX) - gapX, height };
}
