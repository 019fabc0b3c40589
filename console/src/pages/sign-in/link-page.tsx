// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { answer, api } from '../../app/api.ts';
import { useTakeSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useProblem } from '../../parts/problem.tsx';
import { Door } from './door.tsx';

/**
 * Signs in with a one-time link, `/link#secret`. By a press of a button and not by itself: a mail scanner or a preview that opens the
 * link must not use it up.
 */
export function LinkPage() {
  const { say } = useWords();
  const params = useParams();
  // Read once: the address bar and the history are cleaned of it below.
  const [secret] = useState(() => params['secret'] ?? window.location.hash.slice(1));
  const take = useTakeSession();
  const navigate = useNavigate();
  const read = useProblem();
  const enter = useMutation({
    mutationFn: () => answer(api.POST('/api/session/link', { body: { secret } })),
    onSuccess: (session) => {
      take(session);
      // Where a password is still missing, a banner on every page says so.
      void navigate('/overview', { replace: true });
    },
    onError: () => window.history.replaceState(null, '', '/link'),
  });
  return (
    <Door>
      <Title order={1}>{say('link.title')}</Title>
      {secret === '' ? <Text size="sm">{say('link.empty')}</Text> : <Text size="sm">{say('link.text')}</Text>}
      {enter.error !== null && (
        <Alert color="red" title={read(enter.error).title} role="alert">
          {say('link.refused')}
        </Alert>
      )}
      <Button size="md" onClick={() => enter.mutate()} loading={enter.isPending} disabled={secret === '' || enter.isError} data-autofocus>
        {say('link.button')}
      </Button>
      <Button component={Link} to="/sign-in" variant="subtle" size="sm">
        {say('link.other')}
      </Button>
    </Door>
  );
}
