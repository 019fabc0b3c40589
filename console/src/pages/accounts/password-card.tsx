// SPDX-License-Identifier: Apache-2.0
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { passwordCharsMin } from '../../../../src/platform/accounts/routes.ts';
import { answer, api } from '../../app/api.ts';
import { useTakeSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { useTold } from '../../parts/problem.tsx';

export function PasswordCard(props: { readonly hasPassword: boolean }) {
  const { say } = useWords();
  const take = useTakeSession();
  const told = useTold();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const save = useMutation({
    mutationFn: () => answer(api.POST('/api/account/password', { body: { password, ...(props.hasPassword ? { current } : {}) } })),
    onSuccess: (session) => {
      take(session);
      setCurrent('');
      setPassword('');
      setAgain('');
      told.done(say('password.saved'));
    },
    onError: told.refused,
  });
  const differs = again !== '' && again !== password;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password === again) save.mutate();
  };
  const eye = { 'aria-label': say('signIn.showPassword') };
  return (
    <Card title={say('password.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm" pt={4}>
          <Text size="sm" c="dimmed">
            {say(props.hasPassword ? 'password.isSet' : 'password.isNotSet', { count: passwordCharsMin })}
          </Text>
          {props.hasPassword && (
            <PasswordInput
              label={say('password.current')}
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
              autoComplete="current-password"
              required
              visibilityToggleButtonProps={eye}
            />
          )}
          <PasswordInput
            label={say('password.new')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
            minLength={passwordCharsMin}
            required
            visibilityToggleButtonProps={eye}
          />
          <PasswordInput
            label={say('password.again')}
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            autoComplete="new-password"
            required
            error={differs ? say('password.differs') : undefined}
            visibilityToggleButtonProps={eye}
          />
          <Button type="submit" loading={save.isPending} disabled={differs}>
            {say(props.hasPassword ? 'password.change' : 'password.set')}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
