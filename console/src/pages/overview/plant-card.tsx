// SPDX-License-Identifier: Apache-2.0
import { Anchor, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { plantQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { Simulated } from '../../parts/simulated.tsx';
import { PlantDrawing } from '../plant/plant-drawing.tsx';

/** The simulated plant of the demonstration, said to be simulated. */
export function PlantCard() {
  const { say } = useWords();
  const plant = useQuery(plantQuery);
  return (
    <Card
      title={
        <Group gap="sm" component="span">
          {say('plant.title')}
          <Simulated />
        </Group>
      }
      right={
        <Anchor component={Link} to="/plant" size="sm">
          {say('plant.open')}
        </Anchor>
      }
    >
      {plant.data === undefined ? <LoadingRows rows={4} /> : <PlantDrawing plant={plant.data} />}
    </Card>
  );
}
