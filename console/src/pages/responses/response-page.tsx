// SPDX-License-Identifier: Apache-2.0
import { Alert, Anchor, Button, Grid, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Response } from '../../app/api.ts';
import { formatCount, formatDuration } from '../../app/format.ts';
import { responseQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { DecisionButtons, Interlocks } from '../../parts/consent.tsx';
import { Countdown } from '../../parts/countdown.tsx';
import { CutConversations, Price } from '../../parts/dry-run.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Fact, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { useResponseTitle } from '../../parts/response-words.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';

/** One response: what it does, what it costs, how it went. */
export function ResponsePage() {
  const { id = '' } = useParams();
  const { say } = useWords();
  const titleOf = useResponseTitle();
  const response = useQuery(responseQuery(id));
  if (response.isPending) return <LoadingRows />;
  if (response.isError) return <ProblemNote error={response.error} onRetry={() => void response.refetch()} />;
  const it = response.data;
  // A proposal enters the chain when it is decided; before, what it rests on is its incident.
  const inChain = it.state === 'proposed' ? (it.from[0] ?? it.id) : it.id;
  return (
    <Page
      title={titleOf(it)}
      about={
        <Group gap="sm">
          <StateBadge state={it.state} group="responseState" />
          <Copyable text={it.id} />
        </Group>
      }
      actions={
        <Button component={Link} to={`/evidence/trace/${inChain}`} variant="default" leftSection={<IconTimeline size={17} aria-hidden />}>
          {say('trace.button')}
        </Button>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="md">
            <WhatCard response={it} />
            <Card title={say('response.costTitle')}>
              <Stack gap="md" pt={4}>
                <Price response={it} />
                {it.action.rules.length > 0 && <CutConversations cost={it.cost} />}
              </Stack>
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md">
            <CourseCard response={it} />
            <RulesCard response={it} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function WhatCard(props: { readonly response: Response }) {
  const { response } = props;
  const { say, tell } = useWords();
  return (
    <Card title={say('response.whyTitle')}>
      <Stack gap="md" pt={4}>
        <Text className="wrap">{tell(response.why)}</Text>
        {response.failure !== null && (
          <Alert color="red" title={say('response.failed')}>
            {response.failure}
          </Alert>
        )}
        <Interlocks response={response} />
        <DecisionButtons response={response} size="lg" />
        {response.from[0] !== undefined && (
          <Anchor component={Link} to={`/incidents/${response.from[0]}`} size="sm">
            {say('response.toIncident')}
          </Anchor>
        )}
      </Stack>
    </Card>
  );
}

function CourseCard(props: { readonly response: Response }) {
  const { response } = props;
  const { say, language } = useWords();
  const rows = [
    ['response.proposedAt', response.atMs],
    ['response.decidedAt', response.decidedMs],
    ['response.startedAt', response.startedMs],
    ['response.endsAt', response.endsMs],
    ['response.endedAt', response.endedMs],
  ] as const;
  return (
    <Card title={say('response.course')} right={response.state === 'running' ? <Countdown response={response} /> : undefined}>
      <SimpleGrid cols={2} spacing="sm" pt={4}>
        {rows.map(([key, atMs]) =>
          atMs === null ? null : (
            <Fact key={key} name={say(key)}>
              <Time atMs={atMs} />
            </Fact>
          ),
        )}
        <Fact name={say('response.limit')}>{formatDuration(response.action.limitMs, language)}</Fact>
        {response.decidedBy !== null && <Fact name={say('response.by')}>{response.decidedBy}</Fact>}
        {response.packetsStopped !== null && <Fact name={say('response.stoppedShort')}>{formatCount(response.packetsStopped, language)}</Fact>}
      </SimpleGrid>
    </Card>
  );
}

/** What exactly is taken off the wire: the same rules as the enforcement point gets. */
function RulesCard(props: { readonly response: Response }) {
  const { say } = useWords();
  const { rules } = props.response.action;
  return (
    <Card title={say('rule.title')} isFlush={rules.length > 0}>
      {rules.length === 0 ? (
        <Text size="sm">{say('rule.none')}</Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say('rule.client')}</Table.Th>
                <Table.Th>{say('rule.server')}</Table.Th>
                <Table.Th>{say('rule.service')}</Table.Th>
                <Table.Th>{say('rule.functions')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rules.map((rule) => (
                <Table.Tr key={JSON.stringify(rule)}>
                  <Table.Td className="mono">{rule.clientAddress ?? rule.mac ?? say('rule.any')}</Table.Td>
                  <Table.Td className="mono">{rule.serverAddress ?? say('rule.any')}</Table.Td>
                  <Table.Td>{[rule.protocol, rule.transport, rule.serverPort].filter((part) => part !== null).join(' ') || say('rule.any')}</Table.Td>
                  <Table.Td>{rule.functions?.join(', ') ?? say('rule.any')}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
