// SPDX-License-Identifier: Apache-2.0
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDevices, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { assetsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { AssetDrawer } from './asset-drawer.tsx';
import { AssetsTable } from './assets-table.tsx';

/** Devices that were seen, with what people say of them. */
export function AssetsPage() {
  const { id } = useParams();
  const navigate = useNavigate();
  const { say } = useWords();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 250);
  const assets = useQuery(assetsQuery(asked));
  return (
    <Page title={say('assets.title')} about={say('assets.about')}>
      <Card isFlush>
        <TextInput
          aria-label={say('assets.search')}
          placeholder={say('assets.search')}
          leftSection={<IconSearch size={17} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          maxLength={100}
          p="md"
          maw={480}
        />
        {assets.isPending ? (
          <LoadingRows />
        ) : assets.isError ? (
          <ProblemNote error={assets.error} onRetry={() => void assets.refetch()} />
        ) : assets.data.items.length === 0 ? (
          <Empty
            icon={IconDevices}
            title={say(asked === '' ? 'assets.empty' : 'assets.nothing')}
            text={say(asked === '' ? 'assets.emptyText' : 'assets.nothingText')}
          />
        ) : (
          <AssetsTable assets={assets.data.items} />
        )}
      </Card>
      {id !== undefined && <AssetDrawer id={id} onClose={() => void navigate('/assets')} />}
    </Page>
  );
}
