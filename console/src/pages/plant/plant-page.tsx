// SPDX-License-Identifier: Apache-2.0
import { Alert, Grid, Stack } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ApiProblem, type PlantView } from '../../app/api.ts';
import { plantQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { Simulated } from '../../parts/simulated.tsx';
import { AttackCard } from './attack-card.tsx';
import { PlantDrawing } from './plant-drawing.tsx';
import { PlantHistory } from './plant-history.tsx';
import { PlantValues } from './plant-values.tsx';

/** The simulated plant of the demonstration: what it does, and the attack on it. */
export function PlantPage() {
  const { say } = useWords();
  const plant = useQuery(plantQuery);
  const isReal = plant.error instanceof ApiProblem && plant.error.status === 404;
  return (
    <Page title={say('plant.title')} about={say('plant.about')}>
      {isReal ? (
        <Card>
          <Empty icon={IconTestPipe} title={say('plant.none')} text={say('plant.noneText')} />
        </Card>
      ) : plant.isPending ? (
        <LoadingRows />
      ) : plant.isError ? (
        <ProblemNote error={plant.error} onRetry={() => void plant.refetch()} />
      ) : (
        <PlantParts plant={plant.data} />
      )}
    </Page>
  );
}

function PlantParts(props: { readonly plant: PlantView }) {
  const { plant } = props;
  const { say, tell } = useWords();
  return (
    <Stack gap="md">
      <Alert color="gray" variant="light" icon={<IconTestPipe aria-hidden />} title={say('plant.simulatedTitle')}>
        {typeof plant.note === 'string' ? plant.note : tell(plant.note)}
      </Alert>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <Card title={say('plant.now')} right={<Simulated />}>
              <PlantDrawing plant={plant} />
            </Card>
            <Card title={say('plant.history')}>
              <PlantHistory plant={plant} />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <AttackCard plant={plant} />
            <PlantValues plant={plant} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
