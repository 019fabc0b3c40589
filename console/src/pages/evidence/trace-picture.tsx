// SPDX-License-Identifier: Apache-2.0
import { Box, Button, Group, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconFileCheck,
  IconHandStop,
  IconLink,
  IconNetwork,
  IconPackages,
  IconShieldCheck,
  IconUrgent,
  IconUser,
} from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { TraceNode } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Time } from '../../parts/time.tsx';
import { useSummary } from './summary.ts';
import { boxHeight, boxWidth, layOutTrace, type PlacedNode, rowsMax } from './trace-layout.ts';
import { tidyTrace } from './trace-tidy.ts';

const icons: Readonly<Record<string, Icon>> = {
  packets: IconPackages,
  packet: IconPackages,
  finding: IconAlertTriangle,
  incident: IconUrgent,
  response: IconHandStop,
  decision: IconUser,
  action: IconHandStop,
  result: IconShieldCheck,
  account: IconUser,
  site: IconNetwork,
};

/** From the packets at the left to the proof at the right; what is an entry of the chain carries its number. */
export function TracePicture(props: { readonly nodes: readonly TraceNode[]; readonly here: string }) {
  const { say } = useWords();
  const nodes = useMemo(() => tidyTrace(props.nodes), [props.nodes]);
  const [isAll, showAll] = useState(false);
  const picture = useMemo(() => layOutTrace(nodes, isAll ? nodes.length : rowsMax), [nodes, isAll]);
  const place = new Map(picture.nodes.map((placed) => [placed.id, placed]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return (
    <Box ref={scrollToEnd} style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label={say('trace.label')}>
      <Box pos="relative" w={picture.width} h={picture.height} mx="auto">
        <svg width={picture.width} height={picture.height} style={{ position: 'absolute', inset: 0 }} aria-hidden="true">
          <defs>
            <marker id="trace-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 L8 4 L0 8 Z" fill="var(--steel)" />
            </marker>
          </defs>
          {picture.edges.map((edge) => {
            const from = place.get(edge.from);
            const to = place.get(edge.to);
            return from === undefined || to === undefined ? null : (
              <path key={`${edge.from} ${edge.to}`} d={curve(from, to)} fill="none" stroke="var(--steel)" strokeWidth={1.6} markerEnd="url(#trace-tip)" />
            );
          })}
        </svg>
        {picture.nodes.map((placed) => {
          const node = byId.get(placed.id);
          return node === undefined ? null : <TraceBox key={placed.id} node={node} placed={placed} isHere={placed.id === props.here} />;
        })}
        {picture.hidden.map((rest) => (
          <Button key={rest.column} variant="subtle" size="compact-sm" pos="absolute" left={rest.x} top={rest.y} w={boxWidth} onClick={() => showAll(true)}>
            {say('trace.more', { count: rest.count })}
          </Button>
        ))}
      </Box>
    </Box>
  );
}

function curve(from: PlacedNode, to: PlacedNode): string {
  const startX = from.x + boxWidth;
  const startY = from.y + boxHeight / 2;
  const endY = to.y + boxHeight / 2;
  const bend = (to.x - startX) / 2;
  return `M${startX} ${startY} C${startX + bend} ${startY} ${to.x - bend} ${endY} ${to.x - 2} ${endY}`;
}

function TraceBox(props: { readonly node: TraceNode; readonly placed: PlacedNode; readonly isHere: boolean }) {
  const { node, placed } = props;
  const { say, name, language } = useWords();
  const summary = useSummary()(node);
  const Sign = icons[node.about] ?? IconFileCheck;
  const to = linkOf(node);
  const look: React.CSSProperties = {
    left: placed.x,
    top: placed.y,
    width: boxWidth,
    height: boxHeight,
    position: 'absolute',
    overflow: 'hidden',
    padding: '8px 10px',
    borderRadius: 9,
    background: 'var(--mantine-color-body)',
    border: props.isHere ? '2px solid var(--mantine-primary-color-filled)' : '1px solid var(--line-strong)',
    color: 'inherit',
    textDecoration: 'none',
    display: 'block',
  };
  const inside = (
    <>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <Group gap={5} wrap="nowrap">
          <Sign size={16} aria-hidden />
          <Text size="xs" fw={600}>
            {name('about', node.about)}
          </Text>
        </Group>
        {node.index >= 0 && (
          <Group gap={3} wrap="nowrap" style={{ color: 'var(--ok)' }} title={say('trace.inChain', { index: node.index })}>
            <IconLink size={14} aria-hidden />
            <Text size="xs" className="figures" inherit>
              {formatCount(node.index, language)}
            </Text>
          </Group>
        )}
      </Group>
      <Text size="xs" lineClamp={2} lh={1.3} mt={2} title={summary} className="wrap">
        {summary}
      </Text>
      <Text size="xs" c="dimmed" lh={1.2}>
        <Time atMs={node.atMs} />
      </Text>
    </>
  );
  return to === null ? (
    <div style={look}>{inside}</div>
  ) : (
    <Link to={to} style={look}>
      {inside}
    </Link>
  );
}

function linkOf(node: TraceNode): string | null {
  if (node.id.startsWith('fnd-')) return `/findings/${node.id}`;
  if (node.id.startsWith('inc-')) return `/incidents/${node.id}`;
  if (node.id.startsWith('rsp-')) return `/responses/${node.id}`;
  if (node.id.startsWith('evd-')) return `/evidence/${node.id}`;
  return null;
}

/** A trace that is wider than the page begins at its end: what one came from stands there. */
function scrollToEnd(box: HTMLDivElement | null): void {
  if (box !== null) box.scrollLeft = box.scrollWidth;
}
