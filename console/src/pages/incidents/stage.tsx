// SPDX-License-Identifier: Apache-2.0
import { Box, Group, Stack, Text } from '@mantine/core';
import { useWords } from '../../app/words.ts';

const stages = [0, 1, 2, 3, 4] as const;
const colourOf = (stage: number): string =>
  ['var(--severity-info)', 'var(--severity-low)', 'var(--severity-medium)', 'var(--severity-high)', 'var(--severity-critical)'][stage] ??
  'var(--severity-critical)';

/** Stage as filled steps with its number, for lists. */
export function StageMark(props: { readonly stage: number }) {
  const { name } = useWords();
  return (
    <Box>
      <Group gap={3} aria-hidden>
        {stages.map((stage) => (
          <Box key={stage} w={22} h={7} style={{ borderRadius: 2, background: stage <= props.stage ? colourOf(props.stage) : 'var(--line)' }} />
        ))}
      </Group>
      <Text size="xs" mt={3}>
        {props.stage} · {name('stage', String(props.stage))}
      </Text>
    </Box>
  );
}

/** The five stages in words, with the one that was reached. */
export function StageSteps(props: { readonly stage: number }) {
  const { name, say } = useWords();
  return (
    <Group
      component="ol"
      p={0}
      m={0}
      gap={0}
      wrap="nowrap"
      align="stretch"
      style={{ listStyle: 'none', overflowX: 'auto' }}
      aria-label={say('incident.stages')}
    >
      {stages.map((stage) => {
        const isHere = stage === props.stage;
        const isReached = stage <= props.stage;
        const colour = colourOf(props.stage);
        return (
          <Stack component="li" key={stage} gap={6} flex={1} miw={118} pr={8} aria-current={isHere ? 'step' : undefined}>
            <Group gap={0} wrap="nowrap">
              <Box
                w={30}
                h={30}
                style={{
                  borderRadius: 15,
                  display: 'grid',
                  placeItems: 'center',
                  flexShrink: 0,
                  background: isReached ? colour : 'transparent',
                  border: `2px solid ${isReached ? colour : 'var(--line-strong)'}`,
                  color: isReached ? 'var(--mantine-color-body)' : 'var(--mantine-color-dimmed)',
                  fontWeight: 700,
                }}
              >
                {stage}
              </Box>
              {stage < 4 && <Box h={3} flex={1} style={{ background: stage < props.stage ? colour : 'var(--line)' }} />}
            </Group>
            <Box>
              <Text size="sm" fw={isHere ? 700 : 500} c={isReached ? undefined : 'dimmed'} lh={1.3}>
                {name('stage', String(stage))}
              </Text>
              <Text size="xs" c="dimmed" lh={1.35}>
                {name('stageText', String(stage))}
              </Text>
            </Box>
          </Stack>
        );
      })}
    </Group>
  );
}
