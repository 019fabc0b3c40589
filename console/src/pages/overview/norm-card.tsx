// SPDX-License-Identifier: Apache-2.0
import { Anchor, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Overview } from '../../app/api.ts';
import { formatCount, formatShare } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Card, Fact } from '../../parts/page.tsx';
import { NoveltyScale } from './novelty-scale.tsx';

/** What is normal here: while it is learnt, how far along; afterwards what it rests on. */
export function NormCard(props: { readonly norm: Overview['norm'] }) {
  const { norm } = props;
  const { say, language } = useWords();
  const isLearning = norm.phase === 'learning';
  return (
    <Card
      title={say('norm.title')}
      right={
        norm.onProbation > 0 ? (
          <Anchor component={Link} to="/settings#norm" size="sm">
            {say('norm.review', { count: norm.onProbation })}
          </Anchor>
        ) : undefined
      }
    >
      <Stack gap="sm" pt={4}>
        <Text size="sm">{say(isLearning ? 'norm.learning' : 'norm.watching')}</Text>
        {isLearning && (
          <>
            <Group gap="sm" wrap="nowrap">
              <Progress value={norm.progress * 100} flex={1} aria-label={say('norm.progress')} />
              <Text size="sm" className="figures">
                {formatShare(norm.progress, language)}
              </Text>
            </Group>
            <NoveltyScale rate={norm.noveltyRate} target={norm.noveltyTarget} />
          </>
        )}
        <SimpleGrid cols={3} spacing="sm">
          <Fact name={say('norm.packets')}>{formatCount(norm.packets, language)}</Fact>
          <Fact name={say('norm.entries')}>{formatCount(norm.entries, language)}</Fact>
          <Fact name={say('norm.onProbation')}>{formatCount(norm.onProbation, language)}</Fact>
        </SimpleGrid>
      </Stack>
    </Card>
  );
}
