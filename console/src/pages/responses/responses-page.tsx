// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from '@mantine/core';
import { IconHandStop, IconHistory, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Response } from '../../app/api.ts';
import { responsesQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { byIncident } from '../../parts/by-incident.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { EndedTable } from './ended-table.tsx';
import { ResponseRow } from './response-row.tsx';

/** What runs and when it ends, what waits for consent, and what is over. */
export function ResponsesPage() {
  const { say } = useWords();
  const responses = useQuery(responsesQuery());
  return (
    <Page title={say('responses.title')} about={say('responses.about')}>
      {responses.isPending ? (
        <LoadingRows />
      ) : responses.isError ? (
        <ProblemNote error={responses.error} onRetry={() => void responses.refetch()} />
      ) : (
        <Groups responses={responses.data.items} />
      )}
    </Page>
  );
}

function Groups(props: { readonly responses: readonly Response[] }) {
  const { say } = useWords();
  const running = props.responses.filter((response) => response.state === 'running');
  const waiting = byIncident(props.responses.filter((response) => response.state === 'proposed')).flat();
  const ended = props.responses.filter((response) => response.state !== 'running' && response.state !== 'proposed');
  return (
    <Stack gap="md">
      <Group title={say('responses.running', { count: running.length })}>
        {running.length === 0 ? (
          <Empty icon={IconPlayerPlay} title={say('responses.noRunning')} text={say('responses.noRunningText')} />
        ) : (
          running.map((response) => <ResponseRow key={response.id} response={response} />)
        )}
      </Group>
      <Group title={say('responses.waiting', { count: waiting.length })}>
        {waiting.length === 0 ? (
          <Empty icon={IconHandStop} title={say('responses.noWaiting')} text={say('responses.noWaitingText')} />
        ) : (
          waiting.map((response) => <ResponseRow key={response.id} response={response} />)
        )}
      </Group>
      <Card title={say('responses.ended')} isFlush>
        {ended.length === 0 ? (
          <Empty icon={IconHistory} title={say('responses.noEnded')} text={say('responses.noEndedText')} />
        ) : (
          <EndedTable responses={ended} />
        )}
      </Card>
    </Stack>
  );
}

function Group(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card title={<Text inherit>{props.title}</Text>} isFlush>
      <Stack gap={0}>{props.children}</Stack>
    </Card>
  );
}
