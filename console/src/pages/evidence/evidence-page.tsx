// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconLink, IconSearch, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { evidenceAbout } from '../../../../src/model/evidence.ts';
import { chainQuery, evidenceListQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { More } from '../../parts/more.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { ChainCard } from '../overview/chain-card.tsx';
import { EntryTable } from './entry-table.tsx';

type About = (typeof evidenceAbout)[number];

/** The chain, its state, and search in it. */
export function EvidencePage() {
  const { say, name } = useWords();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 250);
  const [about, setAbout] = useState<About | null>(null);
  const chain = useQuery(chainQuery);
  const entries = useInfiniteQuery(evidenceListQuery({ limit: 50, ...(asked === '' ? {} : { search: asked }), ...(about === null ? {} : { about }) }));
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={say('evidence.title')}
      about={say('evidence.about')}
      actions={
        <Button component={Link} to="/evidence/check" variant="default" leftSection={<IconShieldCheck size={18} aria-hidden />}>
          {say('evidence.checkFile')}
        </Button>
      }
    >
      {chain.data !== undefined && <ChainCard chain={chain.data} />}
      <Card isFlush>
        <Stack gap={0}>
          <Group p="md" gap="sm">
            <TextInput
              aria-label={say('evidence.search')}
              placeholder={say('evidence.search')}
              leftSection={<IconSearch size={17} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              maxLength={100}
              style={{ flex: '1 1 260px' }}
            />
            <Select
              aria-label={say('evidence.kind')}
              placeholder={say('evidence.allKinds')}
              data={evidenceAbout.map((value) => ({ value, label: name('about', value) }))}
              value={about}
              // The choices are exactly `evidenceAbout`.
              onChange={(value) => setAbout(value as About | null)}
              clearable
              w={200}
            />
          </Group>
          {entries.isPending ? (
            <LoadingRows />
          ) : entries.isError ? (
            <ProblemNote error={entries.error} onRetry={() => void entries.refetch()} />
          ) : rows.length === 0 ? (
            <Empty
              icon={IconLink}
              title={say(asked === '' && about === null ? 'evidence.empty' : 'evidence.nothing')}
              text={say(asked === '' && about === null ? 'evidence.emptyText' : 'evidence.nothingText')}
            />
          ) : (
            <EntryTable entries={rows} />
          )}
          <More query={entries} shown={rows.length} total={entries.data?.pages[0]?.total ?? 0} />
        </Stack>
      </Card>
    </Page>
  );
}
