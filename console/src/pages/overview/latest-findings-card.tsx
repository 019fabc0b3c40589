// SPDX-License-Identifier: Apache-2.0
import { Anchor, Box, Group, Stack, Text } from '@mantine/core';
import { IconRadar2 } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Overview } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { Card } from '../../parts/page.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Time } from '../../parts/time.tsx';

export function LatestFindingsCard(props: { readonly site: Overview }) {
  const { say, tell, name } = useWords();
  const { site } = props;
  return (
    <Card
      title={say('overview.latest')}
      right={
        <Anchor component={Link} to="/findings" size="sm">
          {say('overview.allFindings')}
        </Anchor>
      }
    >
      {site.latestFindings.length === 0 ? (
        <Empty
          icon={IconRadar2}
          title={say('overview.noFindings')}
          text={say(site.norm.phase === 'learning' ? 'overview.noFindingsLearning' : 'overview.noFindingsText')}
        />
      ) : (
        <Stack gap={0}>
          {site.latestFindings.slice(0, 6).map((finding) => (
            <Group key={finding.id} gap="sm" py={8} wrap="nowrap" align="flex-start" style={{ borderTop: '1px solid var(--line)' }}>
              <SeverityIcon severity={finding.severity} size={20} />
              <Box flex={1} miw={0}>
                <Anchor component={Link} to={`/findings/${finding.id}`} size="sm" c="inherit" className="wrap">
                  {tell(finding.words)}
                </Anchor>
                <Text size="xs" c="dimmed" className="wrap">
                  {name('severity', finding.severity)} · {finding.subject}
                </Text>
              </Box>
              <Text size="xs" c="dimmed">
                <Time atMs={finding.lastMs} />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Card>
  );
}
