// SPDX-License-Identifier: Apache-2.0
import { Box, Grid, Group, Switch, Text } from '@mantine/core';
import { IconSitemap } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { mapQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { DevicePanel } from './device-panel.tsx';
import { withoutNormalLinks } from './map-elements.ts';
import { MapLegend } from './map-legend.tsx';
import { MapPicture } from './map-picture.tsx';

/** Devices, zones, and who talks to whom. */
export function MapPage() {
  const { say } = useWords();
  const map = useQuery(mapQuery);
  const [chosen, choose] = useState<string | null>(null);
  const [isOnlyUnusual, setOnlyUnusual] = useState(false);
  const shown = useMemo(() => (map.data === undefined ? undefined : isOnlyUnusual ? withoutNormalLinks(map.data) : map.data), [map.data, isOnlyUnusual]);
  return (
    <Page
      title={say('map.title')}
      about={say('map.about')}
      actions={<Switch label={say('map.onlyUnusual')} checked={isOnlyUnusual} onChange={(event) => setOnlyUnusual(event.currentTarget.checked)} />}
    >
      {map.isPending ? (
        <LoadingRows />
      ) : map.isError ? (
        <ProblemNote error={map.error} onRetry={() => void map.refetch()} />
      ) : map.data.devices.length === 0 ? (
        <Card>
          <Empty icon={IconSitemap} title={say('map.empty')} text={say('map.emptyText')} />
        </Card>
      ) : (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8, xl: 9 }}>
            <Card isFlush>
              {shown !== undefined && <MapPicture map={shown} chosen={chosen} onChoose={choose} />}
              <Box p="sm" style={{ borderTop: '1px solid var(--line)' }}>
                <MapLegend />
              </Box>
            </Card>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4, xl: 3 }}>
            <DevicePanel map={map.data} chosen={chosen} onChoose={choose} />
            <Group mt="xs">
              <Text size="xs" c="dimmed">
                {say('map.hint')}
              </Text>
            </Group>
          </Grid.Col>
        </Grid>
      )}
    </Page>
  );
}
