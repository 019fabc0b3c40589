// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { watchers } from '../../../../src/platform/http/route.ts';
import { answer, api, type Incident } from '../../app/api.ts';
import { incidentQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useTold } from '../../parts/problem.tsx';

type Next = 'acknowledged' | 'closed' | 'open';

/** Acknowledge, close with a note, open again. */
export function IncidentStateButtons(props: { readonly incident: Incident }) {
  const { incident } = props;
  const { say } = useWords();
  const may = useMay(watchers);
  const client = useQueryClient();
  const told = useTold();
  const [isClosing, setClosing] = useState(false);
  const [note, setNote] = useState('');
  const change = useMutation({
    mutationFn: (state: Next) =>
      answer(
        api.PATCH('/api/incidents/{id}', { params: { path: { id: incident.id } }, body: { state, ...(note.trim() === '' ? {} : { note: note.trim() }) } }),
      ),
    onSuccess: (view, state) => {
      client.setQueryData(incidentQuery(incident.id).queryKey, view);
      for (const key of ['incidents', 'overview']) void client.invalidateQueries({ queryKey: [key] });
      setClosing(false);
      setNote('');
      told.done(say(`incident.done.${state}`));
    },
    onError: told.refused,
  });
  if (!may) return null;
  if (incident.state === 'closed')
    return (
      <Button variant="default" onClick={() => change.mutate('open')} loading={change.isPending}>
        {say('incident.reopen')}
      </Button>
    );
  return (
    <>
      {incident.state === 'open' && (
        <Button onClick={() => change.mutate('acknowledged')} loading={change.isPending && !isClosing}>
          {say('incident.acknowledge')}
        </Button>
      )}
      <Button variant="default" onClick={() => setClosing(true)}>
        {say('incident.close')}
      </Button>
      <Modal
        opened={isClosing}
        onClose={() => setClosing(false)}
        title={<Text fw={600}>{say('incident.closeTitle')}</Text>}
        centered
        closeButtonProps={{ 'aria-label': say('close') }}
      >
        <Stack>
          <Text size="sm">{say('incident.closeText')}</Text>
          <Textarea
            label={say('incident.note')}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            autosize
            minRows={3}
            maxLength={2000}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setClosing(false)}>
              {say('cancel')}
            </Button>
            <Button onClick={() => change.mutate('closed')} loading={change.isPending}>
              {say('incident.closeConfirm')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
