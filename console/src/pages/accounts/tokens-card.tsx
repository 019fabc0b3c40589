// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Modal, NumberInput, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { roles } from '../../../../src/platform/http/route.ts';
import { type Account, answer, api } from '../../app/api.ts';
import { tokensQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote, useTold } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { SecretModal } from './link-modal.tsx';

/** Tokens for programs: with a role, an end, and shown once. */
export function TokensCard() {
  const { say, name } = useWords();
  const client = useQueryClient();
  const told = useTold();
  const tokens = useQuery(tokensQuery);
  const [isAdding, adding] = useDisclosure(false);
  const [secret, showSecret] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => told.done(say('tokens.removed')),
    onError: told.refused,
    onSettled: () => void client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  return (
    <Card
      title={say('tokens.title')}
      isFlush
      right={
        <Button size="sm" variant="default" leftSection={<IconPlus size={17} aria-hidden />} onClick={adding.open}>
          {say('tokens.new')}
        </Button>
      }
    >
      {tokens.isPending ? (
        <LoadingRows rows={2} />
      ) : tokens.isError ? (
        <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />
      ) : tokens.data.items.length === 0 ? (
        <Text size="sm" c="dimmed" px="md" pb="md">
          {say('tokens.none')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say('tokens.name')}</Table.Th>
                <Table.Th>{say('accounts.role')}</Table.Th>
                <Table.Th>{say('tokens.account')}</Table.Th>
                <Table.Th>{say('tokens.until')}</Table.Th>
                <Table.Th>{say('tokens.used')}</Table.Th>
                <Table.Th aria-label={say('accounts.actions')} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.data.items.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td>
                    {token.name}{' '}
                    <Text span size="xs" c="dimmed" className="mono">
                      {token.prefix}…
                    </Text>
                  </Table.Td>
                  <Table.Td>{name('role', token.role)}</Table.Td>
                  <Table.Td>{token.accountName}</Table.Td>
                  <Table.Td>
                    <Time atMs={token.expiresAtMs} />
                  </Table.Td>
                  <Table.Td>{token.lastUsedAtMs === null ? say('accounts.never') : <Time atMs={token.lastUsedAtMs} />}</Table.Td>
                  <Table.Td ta="right">
                    <Button size="xs" variant="default" onClick={() => remove.mutate(token.id)}>
                      {say('tokens.revoke')}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {isAdding && (
        <NewTokenModal
          onClose={adding.close}
          onMade={(made) => {
            adding.close();
            showSecret(made);
          }}
        />
      )}
      {secret !== null && <SecretModal title={say('tokens.made')} text={say('tokens.madeText')} secret={secret} onClose={() => showSecret(null)} />}
    </Card>
  );
}

function NewTokenModal(props: { readonly onClose: () => void; readonly onMade: (secret: string) => void }) {
  const { say, name: nameOf } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Account['role']>('viewer');
  const [daysValid, setDaysValid] = useState(90);
  const create = useMutation({
    mutationFn: () => answer(api.POST('/api/tokens', { body: { name: name.trim(), role, daysValid } })),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['tokens'] });
      props.onMade(made.secret);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened onClose={props.onClose} title={<Text fw={600}>{say('tokens.new')}</Text>} centered closeButtonProps={{ 'aria-label': say('close') }}>
      <form onSubmit={submit}>
        <Stack>
          {create.isError && <ProblemNote error={create.error} />}
          <TextInput
            label={say('tokens.name')}
            description={say('tokens.nameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={120}
            data-autofocus
          />
          {/* The choices are exactly the roles. */}
          <Select
            label={say('accounts.role')}
            description={nameOf('roleText', role)}
            data={roles.map((value) => ({ value, label: nameOf('role', value) }))}
            value={role}
            onChange={(value) => value !== null && setRole(value as Account['role'])}
            allowDeselect={false}
          />
          <NumberInput
            label={say('tokens.days')}
            value={daysValid}
            onChange={(value) => typeof value === 'number' && setDaysValid(value)}
            min={1}
            max={366}
            allowDecimal={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {say('tokens.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
