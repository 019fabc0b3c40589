// SPDX-License-Identifier: Apache-2.0
import { Badge, Button, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../app/api.ts';
import { sessionsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote, useTold } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';

/** Where the own account is signed in. */
export function SessionsCard() {
  const { say } = useWords();
  const client = useQueryClient();
  const told = useTold();
  const sessions = useQuery(sessionsQuery);
  const revoke = useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/account/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
    onError: told.refused,
  });
  return (
    <Card title={say('sessions.title')} isFlush>
      {sessions.isPending ? (
        <LoadingRows rows={2} />
      ) : sessions.isError ? (
        <ProblemNote error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say('sessions.address')}</Table.Th>
                <Table.Th>{say('sessions.since')}</Table.Th>
                <Table.Th>{say('sessions.lastSeen')}</Table.Th>
                <Table.Th>{say('sessions.until')}</Table.Th>
                <Table.Th aria-label={say('accounts.actions')} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sessions.data.items.map((session) => (
                <Table.Tr key={session.id}>
                  <Table.Td className="mono">{session.address}</Table.Td>
                  <Table.Td>
                    <Time atMs={session.createdAtMs} />
                  </Table.Td>
                  <Table.Td>
                    <Time atMs={session.lastSeenAtMs} />
                  </Table.Td>
                  <Table.Td>
                    <Time atMs={session.expiresAtMs} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {session.isCurrent ? (
                      <Badge variant="light" tt="none">
                        {say('sessions.here')}
                      </Badge>
                    ) : (
                      <Button size="xs" variant="default" onClick={() => revoke.mutate(session.id)}>
                        {say('sessions.revoke')}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
