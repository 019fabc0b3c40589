// SPDX-License-Identifier: Apache-2.0
import { Box, Grid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { overviewQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { ChainCard } from './chain-card.tsx';
import { DecisionsCard } from './decisions-card.tsx';
import { IncidentsCard } from './incidents-card.tsx';
import { LatestFindingsCard } from './latest-findings-card.tsx';
import { NormCard } from './norm-card.tsx';
import { PlantCard } from './plant-card.tsx';
import { SensorsCard } from './sensors-card.tsx';
import { StateBand } from './state-band.tsx';
import { TrafficCard } from './traffic-card.tsx';

/** One look at three in the morning: how it stands, what needs a decision now, and whether what is shown can be relied on. */
export function OverviewPage() {
  const { say } = useWords();
  const overview = useQuery(overviewQuery);
  if (overview.isPending) return <LoadingRows rows={10} />;
  if (overview.isError) return <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />;
  const site = overview.data;
  // While nothing is wrong there is room for these at the left.
  const isQuiet = site.level === 'calm' || site.level === 'learning';
  const about = (
    <>
      <NormCard norm={site.norm} />
      <TrafficCard rate={site.rate} />
    </>
  );
  return (
    <Page title={say('overview.title')} isTitleHidden>
      <StateBand site={site} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7, xl: 8 }}>
          <Stack gap="md">
            <DecisionsCard site={site} />
            {site.openIncidents.length > 0 && <IncidentsCard incidents={site.openIncidents} />}
            {site.isDemonstration && (
              <Box hiddenFrom="lg">
                <PlantCard />
              </Box>
            )}
            <LatestFindingsCard site={site} />
            {isQuiet && about}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5, xl: 4 }}>
          <Stack gap="md">
            {site.isDemonstration && (
              <Box visibleFrom="lg">
                <PlantCard />
              </Box>
            )}
            <ChainCard chain={site.chain} />
            <SensorsCard sensors={site.sensors} />
            {!isQuiet && about}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
