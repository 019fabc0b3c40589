// SPDX-License-Identifier: Apache-2.0
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { evidenceListQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { EntryTable } from './entry-table.tsx';
import { TraceCard } from './trace-card.tsx';

/** The trace of any record (finding, incident, response), and the entries of the chain about it. */
export function TracePage() {
  const { id = '' } = useParams();
  const { say } = useWords();
  const entries = useInfiniteQuery(evidenceListQuery({ limit: 50, search: id }));
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={say('trace.title')} about={<Copyable text={id} />}>
      <TraceCard id={id} here={id} />
      {rows.length > 0 && (
        <Card title={say('trace.entries')} isFlush>
          <EntryTable entries={rows} />
        </Card>
      )}
    </Page>
  );
}
