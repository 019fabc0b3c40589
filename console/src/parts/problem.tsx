// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useCallback } from 'react';
import { ApiProblem } from '../app/api.ts';
import { useWords } from '../app/words.ts';

/** What went wrong in words of the reader, then exactly what the server said and under which request id. */
export function ProblemNote(props: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { say } = useWords();
  const read = useProblem();
  const problem = read(props.error);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={problem.title} m="md" role="alert">
      <Text size="sm" className="wrap">
        {problem.detail}
      </Text>
      <Group mt="sm" gap="md">
        {props.onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={props.onRetry}>
            {say('problem.again')}
          </Button>
        )}
        {problem.requestId !== undefined && (
          <Text size="xs" c="dimmed">
            {say('problem.request')} <span className="mono">{problem.requestId}</span>
          </Text>
        )}
      </Group>
    </Alert>
  );
}

interface ProblemText {
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
}

/** Words for an error of any kind. */
export function useProblem(): (error: unknown) => ProblemText {
  const { say, name } = useWords();
  return useCallback(
    (error) => {
      if (!(error instanceof ApiProblem)) return { title: say('problem.other'), detail: String(error), requestId: undefined };
      const byCode = name('problem.code', error.code);
      const byStatus = name('problem.status', String(error.status));
      const title = byCode !== error.code ? byCode : byStatus !== String(error.status) ? byStatus : say('problem.other');
      return { title, detail: error.message, requestId: error.requestId };
    },
    [say, name],
  );
}

/** Tells in a corner that something was done or refused. */
export function useTold(): { readonly done: (text: string) => void; readonly refused: (error: unknown) => void } {
  const read = useProblem();
  const done = useCallback((text: string) => {
    notifications.show({ message: text, color: 'green', icon: <IconCheck size={18} aria-hidden /> });
  }, []);
  const refused = useCallback(
    (error: unknown) => {
      const problem = read(error);
      notifications.show({ title: problem.title, message: problem.detail, color: 'red', autoClose: false });
    },
    [read],
  );
  return { done, refused };
}
