// SPDX-License-Identifier: Apache-2.0
import { Anchor, Box, Button, Collapse, Grid, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Response } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { DecisionButtons, Interlocks } from '../../parts/consent.tsx';
import { Countdown } from '../../parts/countdown.tsx';
import { CutConversations, Price } from '../../parts/dry-run.tsx';
import { useResponseTitle } from '../../parts/response-words.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago, Time } from '../../parts/time.tsx';

/** A waiting or running response with its price, its reasons and its buttons. */
export function ResponseRow(props: { readonly response: Response }) {
  const { response } = props;
  const { say, tell } = useWords();
  const titleOf = useResponseTitle();
  const [isOpen, details] = useDisclosure(false);
  return (
    <Box component="article" p="md" style={{ borderTop: '1px solid var(--line)' }} aria-label={titleOf(response)}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Group gap="md" wrap="nowrap" align="flex-start">
            {response.state === 'running' && <Countdown response={response} />}
            <Stack gap={6} miw={0}>
              <Group gap="xs">
                <StateBadge state={response.state} group="responseState" />
                <Text size="xs" c="dimmed">
                  {response.state === 'proposed' && `${response.rank === 1 ? say('response.recommended') : say('response.rank', { rank: response.rank })} · `}
                  <Ago atMs={response.startedMs ?? response.atMs} />
                </Text>
              </Group>
              <Anchor component={Link} to={`/responses/${response.id}`} fw={600} fz="md" c="inherit" className="wrap">
                {titleOf(response)}
              </Anchor>
              <Text size="sm" className="wrap">
                {tell(response.why)}
              </Text>
              {response.state === 'running' && <RunningFacts response={response} />}
            </Stack>
          </Group>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <Price response={response} />
            <Interlocks response={response} />
            <Group justify="space-between">
              <DecisionButtons response={response} />
              {response.cost.conversations.length > 0 && (
                <Button
                  variant="subtle"
                  size="sm"
                  onClick={details.toggle}
                  aria-expanded={isOpen}
                  rightSection={isOpen ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
                >
                  {say('response.conversations', { count: response.cost.conversations.length })}
                </Button>
              )}
            </Group>
          </Stack>
        </Grid.Col>
      </Grid>
      <Collapse expanded={isOpen} keepMounted={false}>
        <Box pt="md">
          <CutConversations cost={response.cost} />
        </Box>
      </Collapse>
    </Box>
  );
}

function RunningFacts(props: { readonly response: Response }) {
  const { response } = props;
  const { say, language } = useWords();
  return (
    <Text size="sm" c="dimmed" component="div">
      {response.packetsStopped !== null && (
        <Text span fw={600} c="var(--mantine-color-text)" className="figures">
          {say('response.stopped', { count: formatCount(response.packetsStopped, language) })}
        </Text>
      )}
      {response.decidedBy !== null && <> · {say('response.decidedBy', { who: response.decidedBy })}</>}
      {response.endsMs !== null && (
        <>
          {' '}
          · {say('response.ends')} <Time atMs={response.endsMs} />
        </>
      )}
    </Text>
  );
}
