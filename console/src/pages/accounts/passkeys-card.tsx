// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser';
import { IconFingerprint, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api, type Session } from '../../app/api.ts';
import { useTakeSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { useTold } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';

type Passkey = NonNullable<Session['account']>['passkeys'][number];

export function PasskeysCard(props: { readonly passkeys: readonly Passkey[] }) {
  const { say } = useWords();
  const take = useTakeSession();
  const told = useTold();
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => register(name.trim()),
    onSuccess: (session) => {
      take(session);
      setName('');
      told.done(say('passkey.added'));
    },
    onError: told.refused,
  });
  const remove = useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/account/passkeys/{id}', { params: { path: { id } } })),
    onSuccess: take,
    onError: told.refused,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate();
  };
  const canAdd = browserSupportsWebAuthn();
  return (
    <Card title={say('passkey.title')}>
      <Stack gap="sm" pt={4}>
        <Text size="sm" c="dimmed">
          {say('passkey.text')}
        </Text>
        {props.passkeys.map((passkey) => (
          <Group key={passkey.id} justify="space-between" wrap="nowrap">
            <Group gap={8} wrap="nowrap" miw={0}>
              <IconFingerprint size={20} aria-hidden style={{ flexShrink: 0 }} />
              <Stack gap={0} miw={0}>
                <Text size="sm" truncate>
                  {passkey.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {passkey.lastUsedAtMs === null ? say('passkey.neverUsed') : <Time atMs={passkey.lastUsedAtMs} />}
                </Text>
              </Stack>
            </Group>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={say('passkey.remove', { name: passkey.name })}
              onClick={() => remove.mutate(passkey.id)}
              loading={remove.isPending}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Group>
        ))}
        {canAdd ? (
          <form onSubmit={submit}>
            <Group align="flex-end" gap="sm">
              <TextInput
                label={say('passkey.name')}
                placeholder={say('passkey.nameExample')}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                required
                maxLength={120}
                flex={1}
              />
              <Button type="submit" variant="default" loading={add.isPending}>
                {say('passkey.add')}
              </Button>
            </Group>
          </form>
        ) : (
          <Text size="sm">{say('passkey.unsupported')}</Text>
        )}
      </Stack>
    </Card>
  );
}

async function register(name: string): Promise<Session> {
  const challenge = await answer(api.POST('/api/account/passkeys/options'));
  // The server made the options by the same standard that this reads (WebAuthn level 3, JSON form).
  const optionsJSON = challenge.options as unknown as Parameters<typeof startRegistration>[0]['optionsJSON'];
  const credential = { ...(await startRegistration({ optionsJSON })) };
  return answer(api.POST('/api/account/passkeys', { body: { ceremony: challenge.ceremony, name, credential } }));
}
