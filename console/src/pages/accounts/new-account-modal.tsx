// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { roles } from '../../../../src/platform/http/route.ts';
import { type Account, answer, api } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import type { Link } from './link-modal.tsx';

export function NewAccountModal(props: { readonly onClose: () => void; readonly onMade: (name: string, link: Link) => void }) {
  const { say, name: nameOf } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [role, setRole] = useState<Account['role']>('operator');
  const create = useMutation({
    mutationFn: () => answer(api.POST('/api/accounts', { body: { name: name.trim(), displayName: displayName.trim(), role } })),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['accounts'] });
      props.onMade(made.account.displayName, made.link);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened onClose={props.onClose} title={<Text fw={600}>{say('accounts.new')}</Text>} centered closeButtonProps={{ 'aria-label': say('close') }}>
      <form onSubmit={submit}>
        <Stack>
          {create.isError && <ProblemNote error={create.error} />}
          <TextInput
            label={say('accounts.displayName')}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
            required
            maxLength={120}
            data-autofocus
          />
          <TextInput
            label={say('accounts.name')}
            description={say('accounts.nameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value.toLowerCase())}
            required
            maxLength={64}
            pattern="[a-z0-9][a-z0-9._@\-]*"
            autoCapitalize="none"
          />
          {/* The choices are exactly the roles. */}
          <Select
            label={say('accounts.role')}
            data={roles.map((value) => ({ value, label: nameOf('role', value) }))}
            value={role}
            onChange={(value) => value !== null && setRole(value as Account['role'])}
            allowDeselect={false}
            description={nameOf('roleText', role)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {say('accounts.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
