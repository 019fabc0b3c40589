// SPDX-License-Identifier: Apache-2.0
import { Alert, Box, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle, IconChecklist } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { acceptFinding } from '../../../../src/watch/incident/routes.ts';
import { answer, api, type Finding } from '../../app/api.ts';
import { evidenceListQuery, findingQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useTold } from '../../parts/problem.tsx';

/** Says that a finding is normal here; where somebody has said so already, the way to that decision in the evidence. */
export function AcceptFinding(props: { readonly finding: Finding }) {
  const { finding } = props;
  const { say } = useWords();
  const may = useMay(acceptFinding.access);
  const [isAsking, ask] = useState(false);
  // The decision is an entry of its own, named after the finding.
  const decisions = useInfiniteQuery(evidenceListQuery({ limit: 1, search: `accept-${finding.id}` }));
  const decision = decisions.data?.pages[0]?.items[0];
  return (
    <>
      {decision !== undefined ? (
        <Button
          component={Link}
          to={`/evidence/${decision.id}`}
          variant="light"
          leftSection={<IconChecklist size={17} aria-hidden />}
          title={say('accept.record')}
        >
          {say('accept.already')}
        </Button>
      ) : (
        may && (
          <Button variant="default" leftSection={<IconChecklist size={17} aria-hidden />} onClick={() => ask(true)}>
            {say('accept.button')}
          </Button>
        )
      )}
      {isAsking && <AcceptQuestion finding={finding} onClose={() => ask(false)} />}
    </>
  );
}

function AcceptQuestion(props: { readonly finding: Finding; readonly onClose: () => void }) {
  const { finding, onClose } = props;
  const { say } = useWords();
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const told = useTold();
  const act = useMutation({
    mutationFn: () => answer(api.POST('/api/findings/{id}/accept', { params: { path: { id: finding.id } }, body: note === '' ? {} : { note } })),
    onSuccess: (view) => {
      client.setQueryData(findingQuery(finding.id).queryKey, view);
      told.done(say('accept.done'));
      onClose();
    },
    onError: told.refused,
    onSettled: () => {
      for (const key of ['findings', 'norm', 'overview', 'evidence', 'trace']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{say('accept.title')}</Text>} size="lg" centered closeButtonProps={{ 'aria-label': say('close') }}>
      <Stack>
        <Box p="md" style={{ borderRadius: 9, border: '1px solid var(--line-strong)' }}>
          <Text size="xs" fw={600} c="dimmed">
            {say('accept.covers')}
          </Text>
          <Text className="mono wrap" mt={4}>
            {finding.observed}
          </Text>
        </Box>
        <List size="sm" spacing={4}>
          <List.Item>{say('accept.enters')}</List.Item>
          <List.Item>{say('accept.stays')}</List.Item>
          <List.Item>{say('accept.back')}</List.Item>
          <List.Item>{say('accept.recorded')}</List.Item>
        </List>
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
          {say('accept.warning')}
        </Alert>
        <Textarea label={say('decision.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={2000} autosize minRows={2} />
        <Group justify="flex-end">
          <Button variant="default" size="md" onClick={onClose} data-autofocus>
            {say('cancel')}
          </Button>
          <Button size="md" color="dark" loading={act.isPending} onClick={() => act.mutate()}>
            {say('accept.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
