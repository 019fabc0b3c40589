// SPDX-License-Identifier: Apache-2.0
import { Alert, Badge, Box, Button, Grid, Group, ScrollArea, Table, Text, UnstyledButton } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPackages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatCount } from '../../app/format.ts';
import { packetsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { PacketDetail } from './packet-detail.tsx';

const pageRows = 50;

/** The packets behind a finding: a list, and the chosen one decoded with its bytes. */
export function PacketsCard(props: { readonly findingId: string }) {
  const { say, language } = useWords();
  const [offset, setOffset] = useState(0);
  const [chosen, choose] = useState<number | null>(null);
  const packets = useQuery(packetsQuery(props.findingId, offset, pageRows));
  const items = packets.data?.items ?? [];
  const total = packets.data?.total ?? 0;
  const shown = items.find((packet) => packet.number === chosen) ?? items[0];
  return (
    <Card
      title={say('packets.title')}
      isFlush
      right={
        packets.data === undefined ? undefined : (
          <Text size="sm" c="dimmed">
            {say('packets.total', { count: formatCount(total, language) })}
          </Text>
        )
      }
    >
      {packets.isPending ? (
        <LoadingRows />
      ) : packets.isError ? (
        <ProblemNote error={packets.error} onRetry={() => void packets.refetch()} />
      ) : (
        <>
          {packets.data.missing > 0 && (
            <Alert color="yellow" m="md" mt={0}>
              {say('packets.missing', { count: formatCount(packets.data.missing, language) })}
            </Alert>
          )}
          {shown === undefined ? (
            <Empty icon={IconPackages} title={say('packets.none')} text={say('packets.noneText')} />
          ) : (
            <Grid gap={0} style={{ borderTop: '1px solid var(--line)' }}>
              <Grid.Col span={{ base: 12, lg: 4 }}>
                <ScrollArea h={520} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': say('packets.title') }}>
                  <Table stickyHeader verticalSpacing={4} horizontalSpacing={10}>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th w={70}>{say('packets.number')}</Table.Th>
                        <Table.Th w={84}>{say('packets.at')}</Table.Th>
                        <Table.Th>{say('packets.summary')}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {items.map((packet) => (
                        <Table.Tr
                          key={packet.number}
                          className="row-link"
                          onClick={() => choose(packet.number)}
                          bg={packet.number === shown.number ? 'var(--mantine-primary-color-light)' : undefined}
                        >
                          <Table.Td>
                            <UnstyledButton
                              onClick={() => choose(packet.number)}
                              aria-pressed={packet.number === shown.number}
                              fz="sm"
                              aria-label={say('packets.show', { number: packet.number })}
                            >
                              {packet.number}
                            </UnstyledButton>
                          </Table.Td>
                          <Table.Td>
                            <Time atMs={packet.atMs} />
                          </Table.Td>
                          <Table.Td className="wrap">
                            <Text size="xs" component="span" className="mono" lineClamp={2} title={packet.summary}>
                              {packet.summary}
                            </Text>
                            {packet.isCut && (
                              <Badge ml={6} size="sm" variant="outline" color="gray" tt="none">
                                {say('packets.cut')}
                              </Badge>
                            )}
                          </Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </ScrollArea>
                {total > pageRows && (
                  <Group p="xs" justify="center" gap="sm" style={{ borderTop: '1px solid var(--line)' }}>
                    <Button
                      size="xs"
                      variant="default"
                      disabled={offset === 0}
                      onClick={() => setOffset(Math.max(0, offset - pageRows))}
                      leftSection={<IconChevronLeft size={15} aria-hidden />}
                    >
                      {say('packets.before')}
                    </Button>
                    <Text size="sm" className="figures">
                      {offset + 1}–{offset + items.length} / {total}
                    </Text>
                    <Button
                      size="xs"
                      variant="default"
                      disabled={offset + pageRows >= total}
                      onClick={() => setOffset(offset + pageRows)}
                      rightSection={<IconChevronRight size={15} aria-hidden />}
                    >
                      {say('packets.next')}
                    </Button>
                  </Group>
                )}
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 8 }}>
                <Box style={{ borderLeft: '1px solid var(--line)' }} h="100%">
                  <PacketDetail key={shown.number} packet={shown} />
                </Box>
              </Grid.Col>
            </Grid>
          )}
        </>
      )}
    </Card>
  );
}
