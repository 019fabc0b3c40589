// SPDX-License-Identifier: Apache-2.0
import { Anchor, Box, Group, Progress, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Overview } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { levelLook } from '../../parts/level.tsx';
import { Time } from '../../parts/time.tsx';

/** The state of the site in one sentence, large enough to be read from the other side of the room. */
export function StateBand(props: { readonly site: Overview }) {
  const { site } = props;
  const { tell, name, say, language } = useWords();
  const look = levelLook[site.level];
  const Shape = look.icon;
  return (
    <Box
      component="section"
      aria-label={say('overview.state')}
      px={{ base: 'md', sm: 'lg' }}
      py="md"
      style={{ background: look.soft, border: `1px solid ${look.line}`, borderRadius: 12 }}
    >
      <Group justify="space-between" gap="lg" align="center">
        <Group gap="md" wrap="nowrap" align="flex-start" miw={0} style={{ flex: '1 1 380px' }}>
          <Shape size={44} color={look.ink} aria-hidden style={{ flexShrink: 0 }} />
          <Box miw={0}>
            <Text fw={600} size="sm" style={{ color: look.ink }}>
              {name('level', site.level)}
            </Text>
            <Text fw={600} fz={{ base: 'lg', sm: 'xl' }} lh={1.35} className="headline" role="status">
              {tell(site.headline)}
            </Text>
            <Text size="sm" c="dimmed">
              {say('overview.asOf')} <Time atMs={site.atMs} />
            </Text>
            {site.level === 'learning' && <Progress value={site.norm.progress * 100} mt="xs" aria-label={say('norm.progress')} maw={420} />}
          </Box>
        </Group>
        <Group gap="lg" align="flex-start">
          <Count to="/incidents" count={formatCount(site.counts.incidentsOpen, language)} text={say('overview.count.incidents')} />
          <Count to="/findings" count={formatCount(site.counts.findingsDay, language)} text={say('overview.count.findings')} />
          <Count
            to="/assets"
            count={formatCount(site.counts.assets, language)}
            text={site.counts.newAssets === 0 ? say('overview.count.assets') : say('overview.count.assetsNew', { count: site.counts.newAssets })}
          />
          <Count to="/evidence" count={formatCount(site.counts.evidence, language)} text={say('overview.count.evidence')} />
        </Group>
      </Group>
    </Box>
  );
}

function Count(props: { readonly to: string; readonly count: string; readonly text: string }) {
  return (
    <Anchor component={Link} to={props.to} underline="hover" c="inherit">
      <Text fz={24} fw={600} lh={1.2} className="figures" component="span" display="block">
        {props.count}
      </Text>
      <Text size="xs" c="dimmed" component="span" display="block">
        {props.text}
      </Text>
    </Anchor>
  );
}
