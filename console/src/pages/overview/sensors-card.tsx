// SPDX-License-Identifier: Apache-2.0
import { Box, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerStop } from '@tabler/icons-react';
import type { Overview } from '../../app/api.ts';
import { formatBytes, formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Card, Fact } from '../../parts/page.tsx';
import { Simulated } from '../../parts/simulated.tsx';

type Sensor = Overview['sensors'][number];

/** What the sensors see, and what they miss: a finding not made may be a packet not seen. */
export function SensorsCard(props: { readonly sensors: readonly Sensor[] }) {
  const { say } = useWords();
  return (
    <Card title={say('sensor.title')}>
      <Stack gap="md" pt={4}>
        {props.sensors.length === 0 && (
          <Text size="sm" c="dimmed">
            {say('sensor.none')}
          </Text>
        )}
        {props.sensors.map((sensor) => (
          <SensorRow key={sensor.name} sensor={sensor} />
        ))}
      </Stack>
    </Card>
  );
}

function SensorRow(props: { readonly sensor: Sensor }) {
  const { sensor } = props;
  const { say, name, language } = useWords();
  const lost = sensor.dropped ?? 0;
  return (
    <Box>
      <Group justify="space-between" gap="xs" mb={6}>
        <Group gap={8} wrap="nowrap" miw={0}>
          {!sensor.isRunning ? (
            <IconPlayerStop size={20} color="var(--severity-critical)" aria-hidden />
          ) : lost > 0 ? (
            <IconAlertTriangle size={20} color="var(--severity-high)" aria-hidden />
          ) : (
            <IconCircleCheck size={20} color="var(--ok)" aria-hidden />
          )}
          <Text fw={600} size="sm" className="wrap">
            {sensor.name}
          </Text>
          <Text size="sm" c="dimmed" className="wrap">
            {name('sensor.source', sensor.source)}
          </Text>
        </Group>
        {sensor.isSimulated && <Simulated />}
      </Group>
      <SimpleGrid cols={3} spacing="sm">
        <Fact name={say('sensor.state')}>{say(sensor.isRunning ? 'sensor.running' : 'sensor.stopped')}</Fact>
        <Fact name={say('sensor.seen')}>
          {formatCount(sensor.packets, language)}
          <br />
          {formatBytes(sensor.bytes, language)}
        </Fact>
        <Fact name={say('sensor.lost')}>
          <Text span size="sm" fw={lost > 0 ? 600 : 400} style={{ color: lost > 0 ? 'var(--severity-high)' : undefined }}>
            {sensor.dropped === null ? say('sensor.lostUnknown') : formatCount(sensor.dropped, language)}
          </Text>
        </Fact>
      </SimpleGrid>
    </Box>
  );
}
