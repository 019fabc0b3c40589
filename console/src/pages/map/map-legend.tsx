// SPDX-License-Identifier: Apache-2.0
import { Group, Text } from '@mantine/core';
import { useWords } from '../../app/words.ts';
import { mapKinds } from './map-kinds.ts';

export function MapLegend() {
  const { say, name } = useWords();
  const lines = [
    { text: say('map.legend.normal'), dash: undefined, colour: 'var(--line-strong)' },
    { text: say('map.legend.unusual'), dash: '6 4', colour: 'var(--severity-medium)' },
    { text: say('map.legend.cut'), dash: '2 4', colour: 'var(--severity-critical)' },
  ];
  return (
    <Group gap="md">
      {mapKinds.map((kind) => (
        <Group key={kind.name} gap={5} wrap="nowrap">
          <img src={`/signs/${kind.name}.svg`} width={20} height={20} alt="" />
          <Text size="xs">{name('deviceKind', kind.name)}</Text>
        </Group>
      ))}
      {lines.map((line) => (
        <Group key={line.text} gap={6} wrap="nowrap">
          <svg width={34} height={8} aria-hidden="true">
            <line x1={0} x2={34} y1={4} y2={4} stroke={line.colour} strokeWidth={2.5} strokeDasharray={line.dash} />
          </svg>
          <Text size="xs">{line.text}</Text>
        </Group>
      ))}
    </Group>
  );
}
