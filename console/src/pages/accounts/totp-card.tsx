// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../../app/api.ts';
import { useTakeSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { Card } from '../../parts/page.tsx';
import { useTold } from '../../parts/problem.tsx';

/** Codes of an authenticator app: turned on by giving the first, off by giving a last one. */
export function TotpCard(props: { readonly hasTotp: boolean }) {
  const { say } = useWords();
  const take = useTakeSession();
  const told = useTold();
  const [code, setCode] = useState('');
  const [isRemoving, setRemoving] = useState(false);
  const start = useMutation({ mutationFn: () => answer(api.POST('/api/account/totp')), onError: told.refused });
  const finish = useMutation({
    mutationFn: () => answer(props.hasTotp ? api.DELETE('/api/account/totp', { body: { code } }) : api.PUT('/api/account/totp', { body: { code } })),
    onSuccess: (session) => {
      told.done(say(props.hasTotp ? 'totp.removed' : 'totp.added'));
      take(session);
      setCode('');
      setRemoving(false);
      start.reset();
    },
    onError: told.refused,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    finish.mutate();
  };
  const asksCode = props.hasTotp ? isRemoving : start.data !== undefined;
  return (
    <Card title={say('totp.title')}>
      <Stack gap="sm" pt={4}>
        {props.hasTotp ? (
          <Group gap={8} wrap="nowrap">
            <IconCircleCheck size={20} color="var(--ok)" aria-hidden />
            <Text size="sm">{say('totp.on')}</Text>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {say('totp.off')}
          </Text>
        )}
        {!props.hasTotp && start.data !== undefined && (
          <Group gap="md" align="flex-start">
            <img src={start.data.qrPng} width={168} height={168} alt={say('totp.qr')} style={{ background: '#fff', padding: 8, borderRadius: 8 }} />
            <Stack gap={4} flex={1} miw={160}>
              <Text size="sm">{say('totp.scan')}</Text>
              <Copyable text={start.data.secret} />
            </Stack>
          </Group>
        )}
        {asksCode ? (
          <form onSubmit={submit}>
            <Group align="flex-end" gap="sm">
              <TextInput
                label={say('totp.code')}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                inputMode="numeric"
                autoComplete="one-time-code"
                pattern="[0-9]{6}"
                maxLength={6}
                required
                flex={1}
              />
              <Button type="submit" loading={finish.isPending}>
                {say(props.hasTotp ? 'totp.turnOff' : 'totp.turnOn')}
              </Button>
            </Group>
          </form>
        ) : (
          <Button variant="default" onClick={() => (props.hasTotp ? setRemoving(true) : start.mutate())} loading={start.isPending}>
            {say(props.hasTotp ? 'totp.turnOff' : 'totp.setUp')}
          </Button>
        )}
      </Stack>
    </Card>
  );
}
