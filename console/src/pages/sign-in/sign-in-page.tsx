// SPDX-License-Identifier: Apache-2.0
import { Alert, Box, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { startAuthentication } from '@simplewebauthn/browser';
import { IconFingerprint, IconInfoCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { ApiProblem, answer, api, type Session } from '../../app/api.ts';
import { useTakeSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useProblem } from '../../parts/problem.tsx';
import { Door } from './door.tsx';

/** Name and password, a code where one is set up, or a passkey. */
export function SignInPage() {
  const { say } = useWords();
  const enter = useEnter();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const byPassword = useMutation({
    mutationFn: () => answer(api.POST('/api/session', { body: { name: name.trim().toLowerCase(), password, ...(needsCode ? { code: code.trim() } : {}) } })),
    onSuccess: enter,
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === 'totp-required') setNeedsCode(true);
    },
  });
  const byPasskey = useMutation({ mutationFn: signInByPasskey, onSuccess: enter });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    byPasskey.reset();
    byPassword.mutate();
  };
  const wantsCode = byPassword.error instanceof ApiProblem && byPassword.error.code === 'totp-required';
  const error = byPasskey.error ?? (wantsCode ? null : byPassword.error);
  return (
    <Door>
      <Title order={1}>{say('signIn.title')}</Title>
      {error !== null && <Refused error={error} />}
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={say('signIn.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username webauthn"
            autoCapitalize="none"
            required
            size="md"
            data-autofocus
          />
          <PasswordInput
            label={say('signIn.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            size="md"
            visibilityToggleButtonProps={{ 'aria-label': say('signIn.showPassword') }}
          />
          {needsCode && (
            <TextInput
              label={say('signIn.code')}
              description={say('signIn.codeText')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
              inputMode="numeric"
              pattern="[0-9]{6}"
              maxLength={6}
              required
              autoFocus
              size="md"
            />
          )}
          <Button type="submit" size="md" mt="xs" loading={byPassword.isPending}>
            {say('signIn.button')}
          </Button>
        </Stack>
      </form>
      <Divider label={say('signIn.or')} />
      <Button
        variant="default"
        size="md"
        leftSection={<IconFingerprint size={20} aria-hidden />}
        loading={byPasskey.isPending}
        onClick={() => byPasskey.mutate()}
      >
        {say('signIn.passkey')}
      </Button>
      <Box style={{ display: 'flex', gap: 8 }}>
        <IconInfoCircle size={16} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} color="var(--steel)" />
        <Text size="xs" c="dimmed">
          {say('signIn.first')}
        </Text>
      </Box>
    </Door>
  );
}

async function signInByPasskey(): Promise<Session> {
  const challenge = await answer(api.POST('/api/session/passkey/options'));
  // The server made the options by the same standard that this reads (WebAuthn level 3, JSON form).
  const optionsJSON = challenge.options as unknown as Parameters<typeof startAuthentication>[0]['optionsJSON'];
  const credential = { ...(await startAuthentication({ optionsJSON })) };
  return answer(api.POST('/api/session/passkey', { body: { ceremony: challenge.ceremony, credential } }));
}

function Refused(props: { readonly error: unknown }) {
  const read = useProblem();
  const { say } = useWords();
  if (props.error instanceof Error && props.error.name === 'NotAllowedError')
    return (
      <Alert color="orange" role="alert">
        {say('signIn.passkeyStopped')}
      </Alert>
    );
  const problem = read(props.error);
  return (
    <Alert color="red" title={problem.title} role="alert">
      {problem.detail}
    </Alert>
  );
}

/** Takes over the session and goes where the person wanted to go; only to places of this console. */
function useEnter(): (session: Session) => void {
  const take = useTakeSession();
  const navigate = useNavigate();
  const { state } = useLocation();
  return (session) => {
    take(session);
    const from: unknown = typeof state === 'object' && state !== null && 'from' in state ? state.from : undefined;
    void navigate(typeof from === 'string' && /^\/[^/]/.test(from) ? from : '/overview', { replace: true });
  };
}
