// SPDX-License-Identifier: Apache-2.0
import { Text } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../app/api.ts';
import { traceQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { TracePicture } from './trace-picture.tsx';

/** The way from a record back to the packets. */
export function TraceCard(props: { readonly id: string; readonly here: string }) {
  const { say } = useWords();
  const trace = useQuery(traceQuery(props.id));
  return (
    <Card title={say('trace.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {say('trace.text')}
      </Text>
      {trace.isPending ? (
        <LoadingRows rows={3} />
      ) : trace.error instanceof ApiProblem && trace.error.status === 404 ? (
        <Empty icon={IconTimeline} title={say('trace.none')} text={say('trace.noneText')} />
      ) : trace.isError ? (
        <ProblemNote error={trace.error} onRetry={() => void trace.refetch()} />
      ) : (
        <TracePicture nodes={trace.data.nodes} here={props.here} />
      )}
    </Card>
  );
}
