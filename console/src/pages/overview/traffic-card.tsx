// SPDX-License-Identifier: Apache-2.0
import { Group, Text } from '@mantine/core';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { Spark } from '../../parts/spark.tsx';

export function TrafficCard(props: { readonly rate: readonly number[] }) {
  const { say, language } = useWords();
  const last = props.rate.at(-1);
  return (
    <Card
      title={say('traffic.title')}
      right={
        last === undefined ? undefined : (
          <Text size="sm" className="figures">
            {say('traffic.now', { rate: formatCount(Math.round(last), language) })}
          </Text>
        )
      }
    >
      <Spark values={props.rate} label={say('traffic.label', { count: props.rate.length / 6 })} height={56} />
      <Group justify="space-between" mt={2}>
        <Text size="xs" c="dimmed">
          {say('traffic.before')}
        </Text>
        <Text size="xs" c="dimmed">
          {say('traffic.here')}
        </Text>
      </Group>
    </Card>
  );
}
