// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Finding } from '../../app/api.ts';
import { incidentQuery, responsesQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { FindingsTable } from '../findings/findings-table.tsx';
import { ResponseRow } from '../responses/response-row.tsx';
import { CausesCard } from './causes-card.tsx';
import { IncidentStateButtons } from './incident-state-buttons.tsx';
import { SpreadCard } from './spread-card.tsx';
import { StageSteps } from './stage.tsx';
import { strongestFirst } from './strongest-first.ts';

/** Findings that are shown before the rest is asked for. */
const findingsMax = 8;

/** One incident: how far it went, what it probably is and what else it may be, how it spread, and what can be done. */
export function IncidentPage() {
  const { id = '' } = useParams();
  const { say, tell } = useWords();
  const view = useQuery(incidentQuery(id));
  if (view.isPending) return <LoadingRows />;
  if (view.isError) return <ProblemNote error={view.error} onRetry={() => void view.refetch()} />;
  const { incident, findings, evidence } = view.data;
  return (
    <Page
      title={tell(incident.title)}
      about={
        <Group gap="sm">
          <SeverityBadge severity={incident.severity} />
          <StateBadge state={incident.state} group="incidentState" />
          <span>
            <Time atMs={incident.atMs} /> – <Time atMs={incident.lastMs} />
          </span>
        </Group>
      }
      actions={
        <>
          <Button component={Link} to={`/evidence/trace/${incident.id}`} variant="default" leftSection={<IconTimeline size={17} aria-hidden />}>
            {say('trace.button')}
          </Button>
          <IncidentStateButtons incident={incident} />
        </>
      }
    >
      <Card title={say('incident.stageTitle')}>
        <Stack pt="xs">
          <StageSteps stage={incident.stage} />
        </Stack>
      </Card>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <CausesCard incident={incident} findings={findings} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <SpreadCard incident={incident} />
        </Grid.Col>
      </Grid>
      <ResponsesCard incidentId={incident.id} />
      <FindingsCard findings={findings} />
      {evidence.length > 0 && (
        <Text size="sm">
          {say('finding.evidence')}{' '}
          {evidence.map((entry) => (
            <Anchor key={entry} component={Link} to={`/evidence/${entry}`} size="sm" mr="sm" className="mono">
              {entry}
            </Anchor>
          ))}
        </Text>
      )}
    </Page>
  );
}

function ResponsesCard(props: { readonly incidentId: string }) {
  const { say } = useWords();
  const responses = useQuery(responsesQuery({ incident: props.incidentId }));
  const rows = [...(responses.data?.items ?? [])].sort((a, b) => (a.state === 'running' ? -1 : b.state === 'running' ? 1 : a.rank - b.rank));
  return (
    <Card title={say('incident.responses')} isFlush>
      {responses.isPending ? (
        <LoadingRows rows={3} />
      ) : responses.isError ? (
        <ProblemNote error={responses.error} onRetry={() => void responses.refetch()} />
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed" p="md" pt={0}>
          {say('incident.noResponses')}
        </Text>
      ) : (
        rows.map((response) => <ResponseRow key={response.id} response={response} />)
      )}
    </Card>
  );
}

function FindingsCard(props: { readonly findings: readonly Finding[] }) {
  const { say } = useWords();
  const [isAll, showAll] = useState(false);
  const sorted = strongestFirst(props.findings);
  const shown = isAll ? sorted : sorted.slice(0, findingsMax);
  return (
    <Card title={say('incident.findings', { count: props.findings.length })} isFlush>
      <FindingsTable findings={shown} />
      {shown.length < sorted.length && (
        <Button variant="subtle" m="xs" onClick={() => showAll(true)}>
          {say('incident.allFindings', { count: sorted.length })}
        </Button>
      )}
    </Card>
  );
}
