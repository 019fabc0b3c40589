// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconHandStop, IconLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { deciders } from '../../../src/platform/http/route.ts';
import { answer, api, type Response } from '../app/api.ts';
import { formatDuration } from '../app/format.ts';
import { useMay } from '../app/session.ts';
import { useWords } from '../app/words.ts';
import { Price } from './dry-run.tsx';
import { useTold } from './problem.tsx';
import { useResponseTitle } from './response-words.ts';

type Decision = 'consent' | 'decline' | 'undo';

function useDecision(response: Response, onDone: () => void) {
  const client = useQueryClient();
  const { say } = useWords();
  const told = useTold();
  return useMutation({
    mutationFn: (asked: { readonly decision: Decision; readonly note: string }) => {
      const request = { params: { path: { id: response.id } }, body: asked.note === '' ? {} : { note: asked.note } };
      if (asked.decision === 'consent') return answer(api.POST('/api/responses/{id}/consent', request));
      if (asked.decision === 'decline') return answer(api.POST('/api/responses/{id}/decline', request));
      return answer(api.POST('/api/responses/{id}/undo', request));
    },
    onSuccess: (_, asked) => {
      told.done(say(`decision.${asked.decision}.done`));
      onDone();
    },
    onError: told.refused,
    onSettled: () => {
      for (const key of ['responses', 'overview', 'incidents', 'map']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** Consent and decline for what is proposed, undo for what runs; each asks once more and says what will happen. */
export function DecisionButtons(props: { readonly response: Response; readonly size?: 'sm' | 'md' | 'lg'; readonly isQuiet?: boolean }) {
  const { response } = props;
  const { say } = useWords();
  const may = useMay(deciders);
  const [asked, ask] = useState<Decision | null>(null);
  const isBlocked = response.interlocks.length > 0;
  if (response.state !== 'proposed' && response.state !== 'running') return null;
  if (!may)
    return (
      <Group gap={6}>
        <IconLock size={16} aria-hidden />
        <Text size="sm" c="dimmed">
          {say('decision.notYours')}
        </Text>
      </Group>
    );
  return (
    <>
      <Group gap="sm">
        {response.state === 'proposed' ? (
          <>
            <Button
              size={props.size ?? 'md'}
              variant={props.isQuiet === true ? 'light' : 'filled'}
              leftSection={<IconHandStop size={18} aria-hidden />}
              onClick={() => ask('consent')}
              disabled={isBlocked}
            >
              {say('decision.consent.button')}
            </Button>
            {props.isQuiet !== true && (
              <Button size={props.size ?? 'md'} variant="default" leftSection={<IconBan size={18} aria-hidden />} onClick={() => ask('decline')}>
                {say('decision.decline.button')}
              </Button>
            )}
          </>
        ) : (
          <Button size={props.size ?? 'md'} variant="default" leftSection={<IconArrowBackUp size={18} aria-hidden />} onClick={() => ask('undo')}>
            {say('decision.undo.button')}
          </Button>
        )}
      </Group>
      {asked !== null && <DecisionQuestion response={response} decision={asked} onClose={() => ask(null)} />}
    </>
  );
}

function DecisionQuestion(props: { readonly response: Response; readonly decision: Decision; readonly onClose: () => void }) {
  const { response, decision, onClose } = props;
  const { say, language } = useWords();
  const titleOf = useResponseTitle();
  const [note, setNote] = useState('');
  const act = useDecision(response, onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Text fw={600}>{say(`decision.${decision}.title`)}</Text>}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': say('close') }}
    >
      <Stack>
        <Text fw={600} fz="lg">
          {titleOf(response)}
        </Text>
        {decision === 'consent' && (
          <>
            <Price response={response} />
            <List size="sm" spacing={4}>
              <List.Item>{say('decision.consent.now')}</List.Item>
              <List.Item>{say('decision.consent.limit', { time: formatDuration(response.action.limitMs, language) })}</List.Item>
              <List.Item>{say('decision.consent.back')}</List.Item>
              <List.Item>{say('decision.consent.recorded')}</List.Item>
            </List>
          </>
        )}
        {decision !== 'consent' && <Text size="sm">{say(`decision.${decision}.text`)}</Text>}
        <Textarea label={say('decision.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={2000} autosize minRows={2} />
        <Group justify="flex-end">
          <Button variant="default" size="md" onClick={onClose}>
            {say('cancel')}
          </Button>
          <Button
            size="md"
            data-autofocus
            color={decision === 'consent' ? undefined : 'dark'}
            loading={act.isPending}
            onClick={() => act.mutate({ decision, note })}
          >
            {say(`decision.${decision}.confirm`)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Why it must not be carried out, where that is so. */
export function Interlocks(props: { readonly response: Response }) {
  const { say, tell } = useWords();
  if (props.response.interlocks.length === 0) return null;
  return (
    <Alert color="orange" icon={<IconLock aria-hidden />} title={say('interlock.title')}>
      {props.response.interlocks.map((words) => (
        <Text size="sm" key={words.key}>
          {tell(words)}
        </Text>
      ))}
    </Alert>
  );
}
