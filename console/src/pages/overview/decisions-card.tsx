// SPDX-License-Identifier: Apache-2.0
import { Anchor, Badge, Box, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconLock } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Overview, Response } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { byIncident } from '../../parts/by-incident.ts';
import { DecisionButtons, Interlocks } from '../../parts/consent.tsx';
import { Countdown } from '../../parts/countdown.tsx';
import { Price } from '../../parts/dry-run.tsx';
import { Card } from '../../parts/page.tsx';
import { useResponseTitle } from '../../parts/response-words.ts';
import { Ago } from '../../parts/time.tsx';

const groupsMax = 3;
const othersMax = 4;

/** What waits for a person: the recommended response with its price beside the button; other ways below; what runs already. */
export function DecisionsCard(props: { readonly site: Overview }) {
  const { decisions, running } = props.site;
  const { say } = useWords();
  const groups = byIncident(decisions);
  return (
    <Card
      title={say('overview.decisions')}
      right={
        groups.length > 0 ? (
          <Badge color="red" size="lg" circle={groups.length < 10}>
            {groups.length}
          </Badge>
        ) : undefined
      }
    >
      <Stack gap="md" pt={4}>
        {groups.length === 0 && (
          <Group gap="sm" wrap="nowrap" py="xs">
            <IconCircleCheck size={26} color="var(--ok)" aria-hidden style={{ flexShrink: 0 }} />
            <Box>
              <Text fw={600}>{say('overview.noDecision')}</Text>
              <Text size="sm" c="dimmed">
                {say('overview.noDecisionText')}
              </Text>
            </Box>
          </Group>
        )}
        {groups.slice(0, groupsMax).map((group) => (
          <IncidentDecisions key={group[0].id} responses={group} />
        ))}
        {groups.length > groupsMax && (
          <Anchor component={Link} to="/responses" size="sm">
            {say('overview.moreDecisions', { count: groups.length - groupsMax })}
          </Anchor>
        )}
        {running.map((response) => (
          <RunningRow key={response.id} response={response} />
        ))}
      </Stack>
    </Card>
  );
}

/** The recommended response to one incident, and below it the other ways. */
function IncidentDecisions(props: { readonly responses: readonly [Response, ...Response[]] }) {
  const { say } = useWords();
  const [first, ...others] = props.responses;
  return (
    <Box>
      <FirstDecision response={first} />
      {others.length > 0 && (
        <Box px="md" pt="sm">
          <Text size="sm" c="dimmed" mb={6}>
            {say('overview.otherWays')}
          </Text>
          {others.slice(0, othersMax).map((response) => (
            <OtherDecision key={response.id} response={response} />
          ))}
        </Box>
      )}
    </Box>
  );
}

function FirstDecision(props: { readonly response: Response }) {
  const { response } = props;
  const titleOf = useResponseTitle();
  const { say, tell } = useWords();
  return (
    <Box p="md" style={{ border: '1px solid var(--line-strong)', borderRadius: 10 }}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="xs" fw={600} c="dimmed">
          {response.rank === 1 ? say('response.recommended') : say('response.rank', { rank: response.rank })} · <Ago atMs={response.atMs} />
        </Text>
        <Group gap="md">
          {response.from[0] !== undefined && (
            <Anchor component={Link} to={`/incidents/${response.from[0]}`} size="sm">
              {say('response.incident')}
            </Anchor>
          )}
          <Anchor component={Link} to={`/responses/${response.id}`} size="sm">
            {say('response.details')}
          </Anchor>
        </Group>
      </Group>
      <Text fw={600} fz="lg" className="wrap">
        {titleOf(response)}
      </Text>
      <Text size="sm" mt={2} mb="md" className="wrap">
        {tell(response.why)}
      </Text>
      <Stack gap="md">
        <Price response={response} />
        <Interlocks response={response} />
        <DecisionButtons response={response} size="lg" />
      </Stack>
    </Box>
  );
}

function OtherDecision(props: { readonly response: Response }) {
  const { response } = props;
  const titleOf = useResponseTitle();
  const { say, tell, language } = useWords();
  return (
    <Group justify="space-between" gap="sm" py={8} style={{ borderTop: '1px solid var(--line)' }}>
      <Box miw={0} style={{ flex: '1 1 300px' }}>
        <Anchor component={Link} to={`/responses/${response.id}`} size="sm" fw={600} className="wrap">
          {titleOf(response)}
        </Anchor>
        <Text size="xs" c="dimmed">
          {say('response.cutsShort', {
            cut: formatCount(response.cost.packetsCut - response.cost.normalPacketsCut, language),
            normal: formatCount(response.cost.normalPacketsCut, language),
          })}
        </Text>
      </Box>
      <DecisionButtons response={response} size="sm" isQuiet />
      {response.interlocks.map((words) => (
        <Group key={words.key} gap={6} wrap="nowrap" w="100%" style={{ color: 'var(--severity-high)' }}>
          <IconLock size={15} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="xs" c="var(--severity-high)">
            {tell(words)}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

function RunningRow(props: { readonly response: Response }) {
  const { response } = props;
  const titleOf = useResponseTitle();
  const { say, language } = useWords();
  return (
    <Group justify="space-between" gap="md" p="sm" style={{ border: '1px solid var(--line)', borderRadius: 10 }}>
      <Group gap="md" wrap="nowrap" miw={0} style={{ flex: '1 1 320px' }}>
        <Countdown response={response} size={76} />
        <Box miw={0}>
          <Text size="xs" c="dimmed" fw={600}>
            {say('response.runningNow')}
          </Text>
          <Anchor component={Link} to={`/responses/${response.id}`} fw={600} className="wrap" c="inherit">
            {titleOf(response)}
          </Anchor>
          {response.packetsStopped !== null && (
            <Text size="sm" c="dimmed">
              {say('response.stopped', { count: formatCount(response.packetsStopped, language) })}
            </Text>
          )}
        </Box>
      </Group>
      <DecisionButtons response={response} size="sm" />
    </Group>
  );
}
