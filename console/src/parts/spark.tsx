// SPDX-License-Identifier: Apache-2.0
import { sparkPath } from './spark-path.ts';

/** A small line of numbers, oldest first; the words beside it say what it means. */
export function Spark(props: { readonly values: readonly number[]; readonly label: string; readonly height?: number; readonly colour?: string }) {
  const height = props.height ?? 44;
  const width = 260;
  const { line, area } = sparkPath(props.values, width, height);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width="100%"
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
      style={{ display: 'block' }}
    >
      <path d={area} fill={props.colour ?? 'var(--mantine-primary-color-filled)'} opacity={0.13} />
      <path
        d={line}
        fill="none"
        stroke={props.colour ?? 'var(--mantine-primary-color-filled)'}
        strokeWidth={1.6}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}
