// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Text } from '@mantine/core';
import { formatCount } from '../app/format.ts';
import { useWords } from '../app/words.ts';

interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

/** Foot of a paged list: how much of it is shown, and the rest on demand. */
export function More(props: { readonly query: Paged; readonly shown: number; readonly total: number }) {
  const { say, language } = useWords();
  if (props.shown === 0) return null;
  return (
    <Group justify="space-between" p="sm" px="md" style={{ borderTop: '1px solid var(--line)' }}>
      <Text size="sm" c="dimmed" className="figures">
        {say('more.shown', { shown: formatCount(props.shown, language), total: formatCount(props.total, language) })}
      </Text>
      {props.query.hasNextPage && (
        <Button size="xs" variant="default" loading={props.query.isFetchingNextPage} onClick={() => props.query.fetchNextPage()}>
          {say('more.button')}
        </Button>
      )}
    </Group>
  );
}
