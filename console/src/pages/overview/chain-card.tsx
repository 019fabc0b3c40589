// SPDX-License-Identifier: Apache-2.0
import { Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Overview } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { Card, Fact } from '../../parts/page.tsx';
import { Ago } from '../../parts/time.tsx';

/** Whether the log of evidence is sound, by its own last audit, and under which key. */
export function ChainCard(props: { readonly chain: Overview['chain'] }) {
  const { chain } = props;
  const { say, language } = useWords();
  return (
    <Card
      title={say('chain.title')}
      right={
        <Anchor component={Link} to="/evidence" size="sm">
          {say('nav.evidence')}
        </Anchor>
      }
    >
      <Stack gap="sm" pt={4}>
        <Group gap={8} wrap="nowrap">
          {chain.isSound ? <IconLink size={22} color="var(--ok)" aria-hidden /> : <IconLinkOff size={22} color="var(--severity-critical)" aria-hidden />}
          <Text fw={600} style={{ color: chain.isSound ? 'var(--ok)' : 'var(--severity-critical)' }}>
            {say(chain.isSound ? 'chain.sound' : 'chain.broken')}
          </Text>
        </Group>
        {chain.problem !== undefined && (
          <Text size="sm" className="wrap">
            {chain.problem}
          </Text>
        )}
        <SimpleGrid cols={3} spacing="sm">
          <Fact name={say('chain.size')}>{formatCount(chain.size, language)}</Fact>
          <Fact name={say('chain.checkpoint')}>
            <Ago atMs={chain.checkpointMs} />
          </Fact>
          <Fact name={say('chain.audited')}>
            <Ago atMs={chain.auditedMs} />
          </Fact>
        </SimpleGrid>
        <Fact name={say('chain.key')}>
          <Copyable text={chain.vkey} label={say('chain.copyKey')} />
        </Fact>
      </Stack>
    </Card>
  );
}
