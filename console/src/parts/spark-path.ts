// SPDX-License-Identifier: Apache-2.0

/** SVG paths of a line and of the area under it, from 0 to a little above the largest value. */
export function sparkPath(values: readonly number[], width: number, height: number): { readonly line: string; readonly area: string } {
  if (values.length === 0) return { line: '', area: '' };
  const top = Math.max(1e-9, ...values) * 1.1;
  const step = values.length === 1 ? 0 : width / (values.length - 1);
  const points = values.map((value, index) => `${round(index * step)},${round(height - (Math.max(0, value) / top) * (height - 2) - 1)}`);
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L${round((values.length - 1) * step)},${height}L0,${height}Z` };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
