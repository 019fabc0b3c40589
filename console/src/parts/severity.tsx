// SPDX-License-Identifier: Apache-2.0
import { Group, Text } from '@mantine/core';
import { type Icon, IconAlertCircle, IconAlertOctagonFilled, IconAlertTriangleFilled, IconInfoSquareRounded, IconPoint } from '@tabler/icons-react';
import type { Severity } from '../app/api.ts';
import { useWords } from '../app/words.ts';

/** Each severity has its own shape, so that nothing is told by colour alone. */
const icons: Readonly<Record<Severity, Icon>> = {
  critical: IconAlertOctagonFilled,
  high: IconAlertTriangleFilled,
  medium: IconAlertCircle,
  low: IconInfoSquareRounded,
  info: IconPoint,
};

export function SeverityIcon(props: { readonly severity: Severity; readonly size?: number }) {
  const Shape = icons[props.severity];
  return <Shape size={props.size ?? 18} color={`var(--severity-${props.severity})`} aria-hidden style={{ flexShrink: 0 }} />;
}

/** Shape and word. */
export function SeverityBadge(props: { readonly severity: Severity }) {
  const { name } = useWords();
  return (
    <Group
      gap={5}
      wrap="nowrap"
      px={8}
      py={2}
      display="inline-flex"
      style={{
        borderRadius: 6,
        background: `var(--severity-${props.severity}-soft)`,
        border: `1px solid var(--severity-${props.severity}-line)`,
        color: `var(--severity-${props.severity})`,
        flexShrink: 0,
      }}
    >
      <SeverityIcon severity={props.severity} size={15} />
      <Text size="xs" fw={600} inherit component="span" fz="xs" style={{ whiteSpace: 'nowrap' }}>
        {name('severity', props.severity)}
      </Text>
    </Group>
  );
}
