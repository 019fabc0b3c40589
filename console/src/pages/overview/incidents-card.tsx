// SPDX-License-Identifier: Apache-2.0
import { Anchor, Box, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Incident } from '../../app/api.ts';
import { formatShare } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago } from '../../parts/time.tsx';

/** Open incidents: what, how sure, since when. */
export function IncidentsCard(props: { readonly incidents: readonly Incident[] }) {
  const { say, tell, language } = useWords();
  return (
    <Card title={say('overview.openIncidents')}>
      <Stack gap={0}>
        {props.incidents.map((incident) => {
          const cause = incident.causes[0];
          return (
            <Group key={incident.id} gap="sm" py={10} wrap="nowrap" align="flex-start" style={{ borderTop: '1px solid var(--line)' }}>
              <SeverityBadge severity={incident.severity} />
              <Box flex={1} miw={0}>
                <Anchor component={Link} to={`/incidents/${incident.id}`} fw={600} c="inherit" className="wrap">
                  {tell(incident.title)}
                </Anchor>
                {cause !== undefined && (
                  <Text size="sm" className="wrap">
                    {say('incident.probably', { cause: tell(cause.words), share: formatShare(cause.probability, language) })}
                  </Text>
                )}
                <Text size="xs" c="dimmed">
                  {say('incident.stageShort', { stage: incident.stage })} · <Ago atMs={incident.atMs} />
                </Text>
              </Box>
              <StateBadge state={incident.state} group="incidentState" />
            </Group>
          );
        })}
      </Stack>
    </Card>
  );
}
