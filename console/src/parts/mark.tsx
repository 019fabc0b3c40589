// SPDX-License-Identifier: Apache-2.0
import { Group, Text } from '@mantine/core';

/** Two links of a chain, and the name. */
export function Mark(props: { readonly size?: number; readonly isShort?: boolean }) {
  const size = props.size ?? 28;
  return (
    <Group gap={8} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="var(--mantine-primary-color-filled)" />
        <g fill="none" stroke="#fff" strokeWidth="2.6">
          <rect x="5.5" y="11.5" width="12" height="9" rx="4.5" />
          <rect x="14.5" y="11.5" width="12" height="9" rx="4.5" />
        </g>
      </svg>
      <Text fw={700} visibleFrom={props.isShort === true ? 'sm' : undefined} fz={size * 0.58} style={{ letterSpacing: '-0.01em' }}>
        Shinrai
      </Text>
    </Group>
  );
}
