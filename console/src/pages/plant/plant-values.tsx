// SPDX-License-Identifier: Apache-2.0
import { Badge, Group, SimpleGrid } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { PlantView } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { Card, Fact } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { shownValue } from './plant-reading.ts';

/** Everything that the plant tells; a value or state of a newer server that has no word here stands under its own name. */
export function PlantValues(props: { readonly plant: PlantView }) {
  const { plant } = props;
  const { say, name } = useWords();
  return (
    <Card title={say('plant.values')}>
      <SimpleGrid cols={2} spacing="sm" pt={4}>
        <Fact name={say('plant.time')}>
          <Time atMs={plant.simulatedMs} />
        </Fact>
        <Fact name={say('plant.speed')}>{say('plant.speedTimes', { speed: plant.speed })}</Fact>
        {Object.entries(plant.values).map(([value, amount]) => (
          <Fact key={value} name={name('plantValue', value)}>
            {shownValue(value, amount)}
          </Fact>
        ))}
      </SimpleGrid>
      <Group gap={6} mt="md">
        {Object.entries(plant.states).map(([state, isOn]) => (
          <StateBadge key={state} state={state} isOn={isOn} />
        ))}
      </Group>
    </Card>
  );
}

/** A pump that runs or stands; an alarm of the controller (`alarm.…`); a limit that the water or the supply has left (`broken.…`). */
function StateBadge(props: { readonly state: string; readonly isOn: boolean }) {
  const { say, name } = useWords();
  const [kind, what = ''] = props.state.split('.');
  const isWrong = kind === 'alarm' || kind === 'broken';
  const text =
    kind === 'alarm'
      ? say('plant.alarm', { name: name('plantAlarm', what) })
      : kind === 'broken'
        ? say('plant.broken', { name: name('plantLimit', what) })
        : `${name('plantState', props.state)} ${say(props.isOn ? 'plant.on' : 'plant.off')}`;
  return (
    <Badge
      variant={props.isOn ? 'light' : 'outline'}
      color={isWrong ? 'red' : props.isOn ? 'ai' : 'gray'}
      leftSection={isWrong ? <IconAlertTriangle size={13} aria-hidden /> : undefined}
      tt="none"
      radius="sm"
    >
      {text}
    </Badge>
  );
}
