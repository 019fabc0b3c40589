// SPDX-License-Identifier: Apache-2.0
import { Button, Group, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { administrators } from '../../../../src/platform/http/route.ts';
import { answer, api, type Settings } from '../../app/api.ts';
import { settingsQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { useTold } from '../../parts/problem.tsx';

/** Changed by administrators, shown to all. */
export function SettingsForm(props: { readonly settings: Settings }) {
  const { say } = useWords();
  const may = useMay(administrators);
  const client = useQueryClient();
  const told = useTold();
  const [draft, setDraft] = useState(props.settings);
  const save = useMutation({
    mutationFn: () => answer(api.PUT('/api/settings', { body: draft })),
    onSuccess: (saved) => {
      client.setQueryData(settingsQuery.queryKey, saved);
      void client.invalidateQueries({ queryKey: ['overview'] });
      told.done(say('settings.saved'));
    },
    onError: told.refused,
  });
  const change = (part: Partial<Settings>): void => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card title={say('settings.site')}>
      <form onSubmit={submit}>
        <Stack gap="md" pt={4}>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
            <TextInput
              label={say('settings.siteName')}
              description={say('settings.siteNameText')}
              value={draft.siteName}
              onChange={(event) => change({ siteName: event.currentTarget.value })}
              required
              maxLength={80}
              disabled={!may}
            />
            <NumberInput
              label={say('settings.responseLimit')}
              description={say('settings.responseLimitText')}
              value={draft.responseLimitMinutes}
              onChange={(value) => typeof value === 'number' && change({ responseLimitMinutes: value })}
              min={1}
              max={1440}
              allowDecimal={false}
              disabled={!may}
            />
            <NumberInput
              label={say('settings.packetsKeep')}
              description={say('settings.packetsKeepText')}
              value={draft.packetsKeepMegabytes}
              onChange={(value) => typeof value === 'number' && change({ packetsKeepMegabytes: value })}
              min={16}
              max={1_048_576}
              allowDecimal={false}
              thousandSeparator=","
              disabled={!may}
            />
          </SimpleGrid>
          {may ? (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                {say('save')}
              </Button>
            </Group>
          ) : (
            <Text size="sm" c="dimmed">
              {say('settings.notYours')}
            </Text>
          )}
        </Stack>
      </form>
    </Card>
  );
}
