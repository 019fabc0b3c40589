// SPDX-License-Identifier: Apache-2.0
import { Group, Text, Timeline } from '@mantine/core';
import { IconArrowRight, IconFlag, IconQuestionMark } from '@tabler/icons-react';
import type { Incident } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';

const stepsMax = 12;

/** Where it came from and whom it reached, in order of time. */
export function SpreadCard(props: { readonly incident: Incident }) {
  const { incident } = props;
  const { say } = useWords();
  const steps = incident.spread.slice(0, stepsMax);
  return (
    <Card title={say('spread.title')}>
      <Timeline bulletSize={26} lineWidth={2} active={steps.length} mt="sm">
        <Timeline.Item
          bullet={incident.origin === null ? <IconQuestionMark size={15} aria-hidden /> : <IconFlag size={15} aria-hidden />}
          title={incident.origin === null ? say('spread.unknown') : say('spread.origin')}
        >
          {incident.origin !== null && (
            <Text size="sm" className="mono">
              {incident.origin}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            <Time atMs={incident.atMs} />
          </Text>
        </Timeline.Item>
        {steps.map((step) => (
          <Timeline.Item
            key={`${step.fromAddress} ${step.address} ${step.service} ${step.atMs}`}
            bullet={<IconArrowRight size={15} aria-hidden />}
            title={
              <Group gap={6}>
                <Text span size="sm" fw={600} className="mono">
                  {step.address}
                </Text>
                <Text span size="sm" c="dimmed">
                  {step.service === '*' ? say('spread.severalServices') : step.service}
                </Text>
              </Group>
            }
          >
            <Text size="xs" c="dimmed">
              {say('spread.from', { address: step.fromAddress })} · <Time atMs={step.atMs} />
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {incident.spread.length > stepsMax && (
        <Text size="sm" c="dimmed" mt="xs">
          {say('trace.more', { count: incident.spread.length - stepsMax })}
        </Text>
      )}
      {incident.spread.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {say('spread.none')}
        </Text>
      )}
    </Card>
  );
}
