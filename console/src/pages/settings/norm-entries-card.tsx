// SPDX-License-Identifier: Apache-2.0
import { Button, Group, SegmentedControl, Table, Text } from '@mantine/core';
import { IconCheck, IconChecklist, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { watchers } from '../../../../src/platform/http/route.ts';
import { answer, api } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { normEntriesQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote, useTold } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { Time } from '../../parts/time.tsx';

type State = 'probation' | 'confirmed';
interface Verdict {
  readonly detector: string;
  readonly key: string;
  readonly verdict: 'confirm' | 'remove';
}

/** What was learnt as normal; what was seen too seldom to be taken for normal waits here for a person. */
export function NormEntriesCard() {
  const { say, name, language } = useWords();
  const may = useMay(watchers);
  const client = useQueryClient();
  const told = useTold();
  const { hash } = useLocation();
  const [state, setState] = useState<State>('probation');
  const entries = useQuery(normEntriesQuery(state));
  const decide = useMutation({
    mutationFn: (body: Verdict) => answer(api.POST('/api/norm/entries', { body })),
    onSuccess: (_, body) => told.done(say(body.verdict === 'confirm' ? 'normEntry.confirmed' : 'normEntry.removed')),
    onError: told.refused,
    onSettled: () => {
      for (const key of ['norm', 'overview']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const items = entries.data?.items ?? [];
  const [isAskingAll, askAll] = useState(false);
  const confirmAll = useMutation({
    mutationFn: async () => {
      for (const { detector, key } of items) await answer(api.POST('/api/norm/entries', { body: { detector, key, verdict: 'confirm' } }));
    },
    onSuccess: () => told.done(say('normEntry.confirmed')),
    onError: told.refused,
    onSettled: () => {
      for (const key of ['norm', 'overview']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  useEffect(() => {
    if (hash === '#norm') document.getElementById('norm')?.scrollIntoView({ block: 'start' });
  }, [hash]);
  const isAsked = (detector: string, key: string): boolean => decide.isPending && decide.variables.detector === detector && decide.variables.key === key;
  return (
    <div id="norm" style={{ scrollMarginTop: 72 }}>
      <Card
        title={say('normEntry.title')}
        isFlush
        right={
          <SegmentedControl
            size="xs"
            aria-label={say('normEntry.state')}
            value={state}
            onChange={(value) => setState(value === 'confirmed' ? 'confirmed' : 'probation')}
            data={[
              { value: 'probation', label: say('normEntry.probation') },
              { value: 'confirmed', label: say('normEntry.confirmedState') },
            ]}
          />
        }
      >
        <Group justify="space-between" px="md" pb="sm" gap="md">
          <Text size="sm" c="dimmed" style={{ flex: '1 1 360px' }}>
            {say('normEntry.text')}
          </Text>
          {may && state === 'probation' && items.length > 1 && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconChecklist size={16} aria-hidden />}
              onClick={() => askAll(true)}
              loading={confirmAll.isPending}
            >
              {say('normEntry.confirmAll', { count: items.length })}
            </Button>
          )}
        </Group>
        {isAskingAll && (
          <Question
            title={say('normEntry.allTitle', { count: items.length })}
            text={say('normEntry.allText')}
            confirm={say('normEntry.allConfirm')}
            onClose={() => askAll(false)}
            onConfirm={() => {
              askAll(false);
              confirmAll.mutate();
            }}
          />
        )}
        {entries.isPending ? (
          <LoadingRows rows={3} />
        ) : entries.isError ? (
          <ProblemNote error={entries.error} onRetry={() => void entries.refetch()} />
        ) : entries.data.items.length === 0 ? (
          <Empty icon={IconChecklist} title={say('normEntry.empty')} text={say('normEntry.emptyText')} />
        ) : (
          <Table.ScrollContainer minWidth={760}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{say('finding.layer')}</Table.Th>
                  <Table.Th>{say('normEntry.what')}</Table.Th>
                  <Table.Th ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {say('normEntry.support')}
                  </Table.Th>
                  <Table.Th>{say('normEntry.last')}</Table.Th>
                  <Table.Th aria-label={say('accounts.actions')} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {entries.data.items.map((entry) => (
                  <Table.Tr key={`${entry.detector} ${entry.key}`}>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}>{name('detector', entry.detector)}</Table.Td>
                    <Table.Td className="mono wrap">{entry.text}</Table.Td>
                    <Table.Td ta="right">{formatCount(entry.support, language)}</Table.Td>
                    <Table.Td>
                      <Time atMs={entry.lastMs} />
                    </Table.Td>
                    <Table.Td>
                      {may && (
                        <Group gap="xs" justify="flex-end" wrap="nowrap">
                          {entry.state === 'probation' && (
                            <Button
                              size="xs"
                              variant="default"
                              leftSection={<IconCheck size={15} aria-hidden />}
                              loading={isAsked(entry.detector, entry.key)}
                              onClick={() => decide.mutate({ detector: entry.detector, key: entry.key, verdict: 'confirm' })}
                            >
                              {say('normEntry.confirm')}
                            </Button>
                          )}
                          <Button
                            size="xs"
                            variant="subtle"
                            color="red"
                            leftSection={<IconTrash size={15} aria-hidden />}
                            loading={isAsked(entry.detector, entry.key)}
                            onClick={() => decide.mutate({ detector: entry.detector, key: entry.key, verdict: 'remove' })}
                          >
                            {say('normEntry.remove')}
                          </Button>
                        </Group>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Card>
    </div>
  );
}
