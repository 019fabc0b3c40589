// SPDX-License-Identifier: Apache-2.0
import { Anchor, Group, SegmentedControl, Table, Text } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Incident } from '../../app/api.ts';
import { formatShare } from '../../app/format.ts';
import { incidentsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { More } from '../../parts/more.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { StageMark } from './stage.tsx';

const choices = ['all', 'open', 'acknowledged', 'contained', 'closed'] as const;
type Choice = (typeof choices)[number];

/** Findings that belong together, with what they probably are. */
export function IncidentsPage() {
  const { say, name } = useWords();
  const [choice, choose] = useState<Choice>('all');
  const incidents = useInfiniteQuery(incidentsQuery({ limit: 50, ...(choice === 'all' ? {} : { state: choice }) }));
  const rows = incidents.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={say('incidents.title')} about={say('incidents.about')}>
      <Card isFlush>
        <Group p="md" style={{ overflowX: 'auto' }}>
          <SegmentedControl
            aria-label={say('incidents.state')}
            value={choice}
            // The choices are exactly these.
            onChange={(value) => choose(value as Choice)}
            data={choices.map((value) => ({ value, label: value === 'all' ? say('incidents.all') : name('incidentState', value) }))}
          />
        </Group>
        {incidents.isPending ? (
          <LoadingRows />
        ) : incidents.isError ? (
          <ProblemNote error={incidents.error} onRetry={() => void incidents.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={IconUrgent} title={say('incidents.empty')} text={say('incidents.emptyText')} />
        ) : (
          <IncidentsTable incidents={rows} />
        )}
        <More query={incidents} shown={rows.length} total={incidents.data?.pages[0]?.total ?? 0} />
      </Card>
    </Page>
  );
}

function IncidentsTable(props: { readonly incidents: readonly Incident[] }) {
  const { say, tell, language } = useWords();
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={110}>{say('findings.severity')}</Table.Th>
            <Table.Th>{say('incidents.what')}</Table.Th>
            <Table.Th w={190}>{say('incidents.stage')}</Table.Th>
            <Table.Th w={120}>{say('incidents.last')}</Table.Th>
            <Table.Th w={130}>{say('incidents.state')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.incidents.map((incident) => {
            const cause = incident.causes[0];
            return (
              <Table.Tr key={incident.id}>
                <Table.Td>
                  <SeverityBadge severity={incident.severity} />
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/incidents/${incident.id}`} fw={600} size="sm" className="wrap">
                    {tell(incident.title)}
                  </Anchor>
                  {cause !== undefined && (
                    <Text size="xs" c="dimmed" className="wrap">
                      {say('incident.probably', { cause: tell(cause.words), share: formatShare(cause.probability, language) })}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <StageMark stage={incident.stage} />
                </Table.Td>
                <Table.Td>
                  <Time atMs={incident.lastMs} />
                </Table.Td>
                <Table.Td>
                  <StateBadge state={incident.state} group="incidentState" />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
