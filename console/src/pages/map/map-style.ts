// SPDX-License-Identifier: Apache-2.0
import type { StylesheetJson } from 'cytoscape';
import { severities } from '../../../../src/model/finding.ts';
import { mapKinds } from './map-kinds.ts';

/** The look of the picture in the colours of the scheme; the canvas cannot read CSS variables itself. */
export function mapStyle(css: CSSStyleDeclaration, scheme: 'light' | 'dark'): StylesheetJson {
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  const ink = colour('--mantine-color-text') || (scheme === 'dark' ? '#d5dbe2' : '#1b2229');
  const paper = colour('--mantine-color-body') || (scheme === 'dark' ? '#1b2228' : '#ffffff');
  const chosen = scheme === 'dark' ? '#84aad6' : '#2a62a7';
  return [
    {
      selector: 'node.device',
      style: {
        width: 60,
        height: 60,
        shape: 'round-rectangle',
        'background-color': paper,
        'background-fit': 'contain',
        'background-width': '64%',
        'background-height': '64%',
        'border-width': 2,
        'border-color': colour('--steel'),
        label: 'data(label)',
        'text-wrap': 'wrap',
        'text-valign': 'bottom',
        'text-margin-y': 6,
        'font-size': 16,
        'line-height': 1.25,
        'font-family': css.fontFamily,
        color: ink,
        'text-background-color': paper,
        'text-background-opacity': 0.82,
        'text-background-padding': '2px',
      },
    },
    ...mapKinds.map((kind) => ({
      selector: `node.device[kind = "${kind.name}"]`,
      style: { shape: kind.shape, 'background-image': `/signs/${kind.name}.svg` },
    })),
    { selector: 'node.new', style: { 'border-style': 'dashed', 'border-width': 3 } },
    ...severities.map((severity) => ({
      selector: `node.device[severity = "${severity}"]`,
      style: { 'border-color': colour(`--severity-${severity}`), 'background-color': colour(`--severity-${severity}-soft`), 'border-width': 3.5 },
    })),
    // Acted upon: filled, where the one that acts has its severity in the border.
    {
      selector: 'node.target',
      style: { 'border-color': colour('--severity-critical'), 'background-color': colour('--severity-critical-soft'), 'border-width': 5 },
    },
    { selector: 'node.isolated', style: { 'border-style': 'double', 'border-width': 6, 'background-opacity': 0.5 } },
    {
      selector: 'node.zone',
      style: {
        shape: 'round-rectangle',
        'background-color': colour('--soft'),
        'background-opacity': 0.6,
        'border-width': 1,
        'border-color': colour('--line-strong'),
        label: 'data(label)',
        'text-valign': 'top',
        'text-halign': 'center',
        'text-margin-y': -4,
        'font-size': 17,
        'font-weight': 600,
        'font-family': css.fontFamily,
        color: colour('--mantine-color-dimmed') || ink,
        padding: '26px',
      },
    },
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'line-color': colour('--line-strong'),
        'target-arrow-color': colour('--line-strong'),
        'target-arrow-shape': 'triangle',
        'arrow-scale': 0.8,
        'curve-style': 'bezier',
        label: 'data(label)',
        'font-size': 13,
        'font-family': css.fontFamily,
        color: ink,
        'text-rotation': 'autorotate',
        'text-background-color': paper,
        'text-background-opacity': 0.9,
        'text-background-padding': '2px',
      },
    },
    {
      selector: 'edge.unusual',
      style: { 'line-style': 'dashed', 'line-color': colour('--severity-medium'), 'target-arrow-color': colour('--severity-medium') },
    },
    ...severities.map((severity) => ({
      selector: `edge[severity = "${severity}"]`,
      style: { 'line-color': colour(`--severity-${severity}`), 'target-arrow-color': colour(`--severity-${severity}`) },
    })),
    { selector: 'edge.cut', style: { width: 3.5, 'line-style': 'dotted', 'target-arrow-shape': 'tee', 'arrow-scale': 1.4 } },
    { selector: 'node:selected', style: { 'overlay-color': chosen, 'overlay-opacity': 0.2, 'overlay-padding': 6 } },
    // The list of the library's own properties is wider than its types; all names above are from its documentation.
  ] as StylesheetJson;
}
