// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { startPlantAttack } from '../../../../src/programs/api/site.ts';
import { answer, api, type PlantView, type Words } from '../../app/api.ts';
import { plantQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { useTold } from '../../parts/problem.tsx';

/** Starts and stops what is done to the simulated plant. */
export function AttackCard(props: { readonly plant: PlantView }) {
  const { plant } = props;
  const { say, tell, name } = useWords();
  const client = useQueryClient();
  const told = useTold();
  const may = useMay(startPlantAttack.access);
  const act = useMutation({
    mutationFn: (attack: string | null) => answer(api.POST('/api/plant/attack', { body: { name: attack } })),
    onSuccess: (view) => client.setQueryData(plantQuery.queryKey, view),
    onError: told.refused,
  });
  // The scenario and, behind a space, how far it is.
  const [under, phase] = plant.attack?.split(' ') ?? [];
  return (
    <Card title={say('attack.title')}>
      <Stack gap="sm" pt={4}>
        <Text size="sm">{under === undefined ? say('attack.text') : say('attack.running', { name: tell(attackWords(under)) })}</Text>
        {phase !== undefined && (
          <Text size="xs" c="dimmed">
            {say('attack.phase', { phase: name('phase', phase) })}
          </Text>
        )}
        {plant.attack !== null ? (
          <Button leftSection={<IconPlayerStop size={18} aria-hidden />} color="dark" onClick={() => act.mutate(null)} loading={act.isPending} disabled={!may}>
            {say('attack.stop')}
          </Button>
        ) : (
          plant.attacks.map((attack) => (
            <Button
              key={attack}
              variant="default"
              justify="flex-start"
              leftSection={<IconPlayerPlay size={18} aria-hidden />}
              onClick={() => act.mutate(attack)}
              loading={act.isPending && act.variables === attack}
              disabled={!may}
            >
              {tell(attackWords(attack))}
            </Button>
          ))
        )}
        {!may && (
          <Text size="xs" c="dimmed">
            {say('attack.notYours')}
          </Text>
        )}
      </Stack>
    </Card>
  );
}

/** Words of a scenario; they stand with the words of the plant. */
function attackWords(name: string): Words {
  return { key: `plant.attack.${name}`, with: {} };
}
