// SPDX-License-Identifier: Apache-2.0
import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconRadar2, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { severities } from '../../../../src/model/finding.ts';
import type { Severity } from '../../app/api.ts';
import { findingsQuery, overviewQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { More } from '../../parts/more.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { FindingsTable } from './findings-table.tsx';

/** Everything that the norm does not hold, newest first. */
export function FindingsPage() {
  const { say, name } = useWords();
  const [severity, setSeverity] = useState<Severity | null>(null);
  const [address, setAddress] = useState('');
  const [asked] = useDebouncedValue(address.trim(), 300);
  const overview = useQuery(overviewQuery);
  const findings = useInfiniteQuery(findingsQuery({ limit: 50, ...(severity === null ? {} : { severity }), ...(asked === '' ? {} : { address: asked }) }));
  const rows = findings.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = severity !== null || asked !== '';
  const isLearning = overview.data?.norm.phase === 'learning';
  return (
    <Page title={say('findings.title')} about={say('findings.about')}>
      <Card isFlush>
        <Group p="md" gap="sm">
          <TextInput
            aria-label={say('findings.address')}
            placeholder={say('findings.address')}
            leftSection={<IconSearch size={17} aria-hidden />}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            maxLength={64}
            style={{ flex: '1 1 240px' }}
            maw={360}
          />
          <Select
            aria-label={say('findings.severity')}
            placeholder={say('findings.allSeverities')}
            data={[...severities].reverse().map((value) => ({ value, label: name('severity', value) }))}
            value={severity}
            // The choices are exactly the severities.
            onChange={(value) => setSeverity(value as Severity | null)}
            clearable
            w={190}
          />
        </Group>
        {findings.isPending ? (
          <LoadingRows />
        ) : findings.isError ? (
          <ProblemNote error={findings.error} onRetry={() => void findings.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            icon={IconRadar2}
            title={say(isFiltered ? 'findings.nothing' : 'findings.empty')}
            text={say(isFiltered ? 'findings.nothingText' : isLearning ? 'overview.noFindingsLearning' : 'overview.noFindingsText')}
          />
        ) : (
          <FindingsTable findings={rows} />
        )}
        <More query={findings} shown={rows.length} total={findings.data?.pages[0]?.total ?? 0} />
      </Card>
    </Page>
  );
}
