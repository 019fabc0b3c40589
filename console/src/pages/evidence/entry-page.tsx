// SPDX-License-Identifier: Apache-2.0
import { Badge, Button, Code, Grid, Group, ScrollArea, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { formatCount } from '../../app/format.ts';
import { evidenceQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Fact, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { EntryProof } from './entry-proof.tsx';
import { useSummary } from './summary.ts';
import { TraceCard } from './trace-card.tsx';

/** One entry of the chain: what it says, what it rests on, and the proof, checked here. */
export function EntryPage() {
  const { id = '' } = useParams();
  const { say, name, language } = useWords();
  const summaryOf = useSummary();
  const evidence = useQuery(evidenceQuery(id));
  if (evidence.isPending) return <LoadingRows />;
  if (evidence.isError) return <ProblemNote error={evidence.error} onRetry={() => void evidence.refetch()} />;
  const { entry, statement } = evidence.data;
  return (
    <Page
      title={say('evidence.entry', { index: formatCount(entry.index, language) })}
      about={
        <Group gap="sm">
          <Badge variant="light" color="gray" tt="none" radius="sm">
            {name('about', entry.about)}
          </Badge>
          <span className="wrap">{summaryOf(entry)}</span>
        </Group>
      }
      actions={
        <Button
          component="a"
          href={`/api/evidence/${encodeURIComponent(entry.id)}/proof`}
          download={`${entry.id}.proof.json`}
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          {say('proof.download')}
        </Button>
      }
    >
      <TraceCard id={entry.id} here={entry.name} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <EntryProof id={entry.id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Card title={say('evidence.statement')}>
            <Stack gap="md" pt={4}>
              <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
                <Fact name={say('evidence.id')}>
                  <Copyable text={entry.id} />
                </Fact>
                <Fact name={say('evidence.at')}>
                  <Time atMs={entry.atMs} />
                </Fact>
                <Fact name={say('evidence.record')}>
                  <Copyable text={entry.name} />
                </Fact>
                <Fact name={say('evidence.type')}>
                  <span className="mono">{statement.predicateType}</span>
                </Fact>
              </SimpleGrid>
              {statement.subject.map((subject) => (
                <Fact key={subject.name} name={say('evidence.subject')}>
                  <span className="mono">{subject.name}</span>
                  {Object.entries(subject.digest).map(([algorithm, digest]) => (
                    <Text key={algorithm} size="xs" c="dimmed" className="mono wrap">
                      {algorithm}:{digest}
                    </Text>
                  ))}
                </Fact>
              ))}
              <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': say('evidence.predicate') }}>
                <Code block fz="xs">
                  {JSON.stringify(statement.predicate, null, 2)}
                </Code>
              </ScrollArea.Autosize>
            </Stack>
          </Card>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
