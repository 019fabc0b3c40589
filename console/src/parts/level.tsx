// SPDX-License-Identifier: Apache-2.0
import { Group, Text } from '@mantine/core';
import { type Icon, IconAlertOctagonFilled, IconAlertTriangleFilled, IconCircleCheckFilled, IconSchool } from '@tabler/icons-react';
import type { Overview } from '../app/api.ts';
import { useWords } from '../app/words.ts';

export type Level = Overview['level'];

/** Icon and colours of the state of the whole site. */
export const levelLook: Readonly<Record<Level, { readonly icon: Icon; readonly ink: string; readonly soft: string; readonly line: string }>> = {
  calm: { icon: IconCircleCheckFilled, ink: 'var(--ok)', soft: 'var(--ok-soft)', line: 'var(--ok-line)' },
  learning: { icon: IconSchool, ink: 'var(--severity-low)', soft: 'var(--severity-low-soft)', line: 'var(--severity-low-line)' },
  attention: { icon: IconAlertTriangleFilled, ink: 'var(--severity-high)', soft: 'var(--severity-high-soft)', line: 'var(--severity-high-line)' },
  alarm: { icon: IconAlertOctagonFilled, ink: 'var(--severity-critical)', soft: 'var(--severity-critical-soft)', line: 'var(--severity-critical-line)' },
};

export function LevelPill(props: { readonly level: Level }) {
  const { name, say } = useWords();
  const look = levelLook[props.level];
  const Shape = look.icon;
  return (
    <Group
      gap={6}
      wrap="nowrap"
      px={10}
      h={28}
      role="status"
      aria-label={say('level.label', { level: name('level', props.level) })}
      style={{ borderRadius: 14, background: look.soft, border: `1px solid ${look.line}`, color: look.ink, flexShrink: 0 }}
    >
      <Shape size={16} aria-hidden />
      <Text size="sm" fw={600} inherit>
        {name('level', props.level)}
      </Text>
    </Group>
  );
}
