// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Badge, Button, Group, Menu, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { roles } from '../../../../src/platform/http/route.ts';
import { type Account, answer, api } from '../../app/api.ts';
import { accountsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card } from '../../parts/page.tsx';
import { ProblemNote, useTold } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { Time } from '../../parts/time.tsx';
import { type Link, LinkModal } from './link-modal.tsx';
import { NewAccountModal } from './new-account-modal.tsx';

type Asked = { readonly what: 'remove' | 'reset'; readonly account: Account };

/** Everybody who may sign in. */
export function AccountsCard() {
  const { say } = useWords();
  const accounts = useQuery(accountsQuery);
  const [isAdding, adding] = useDisclosure(false);
  const [link, showLink] = useState<{ readonly name: string; readonly link: Link } | null>(null);
  return (
    <Card
      title={say('accounts.all')}
      isFlush
      right={
        <Button size="sm" leftSection={<IconPlus size={17} aria-hidden />} onClick={adding.open}>
          {say('accounts.new')}
        </Button>
      }
    >
      {accounts.isPending ? (
        <LoadingRows rows={3} />
      ) : accounts.isError ? (
        <ProblemNote error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : (
        <AccountsTable accounts={accounts.data.items} onLink={(name, made) => showLink({ name, link: made })} />
      )}
      {isAdding && (
        <NewAccountModal
          onClose={adding.close}
          onMade={(name, made) => {
            adding.close();
            showLink({ name, link: made });
          }}
        />
      )}
      {link !== null && <LinkModal name={link.name} link={link.link} onClose={() => showLink(null)} />}
    </Card>
  );
}

function AccountsTable(props: { readonly accounts: readonly Account[]; readonly onLink: (name: string, link: Link) => void }) {
  const { say, name } = useWords();
  const told = useTold();
  const client = useQueryClient();
  const [asked, ask] = useState<Asked | null>(null);
  const settle = (): void => void client.invalidateQueries({ queryKey: ['accounts'] });
  const change = useMutation({
    mutationFn: (wanted: { readonly id: string; readonly body: { readonly role?: Account['role']; readonly isDisabled?: boolean } }) =>
      answer(api.PATCH('/api/accounts/{id}', { params: { path: { id: wanted.id } }, body: wanted.body })),
    onSuccess: () => told.done(say('accounts.changed')),
    onError: told.refused,
    onSettled: settle,
  });
  const remove = useMutation({
    mutationFn: (account: Account) => answer(api.DELETE('/api/accounts/{id}', { params: { path: { id: account.id } } })),
    onSuccess: () => told.done(say('accounts.removed')),
    onError: told.refused,
    onSettled: settle,
  });
  const makeLink = useMutation({
    mutationFn: (wanted: { readonly account: Account; readonly reset: boolean }) =>
      answer(api.POST('/api/accounts/{id}/link', { params: { path: { id: wanted.account.id } }, body: { reset: wanted.reset } })),
    onSuccess: (link, wanted) => props.onLink(wanted.account.displayName, link),
    onError: told.refused,
  });
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('accounts.person')}</Table.Th>
            <Table.Th>{say('accounts.role')}</Table.Th>
            <Table.Th>{say('accounts.ways')}</Table.Th>
            <Table.Th>{say('accounts.last')}</Table.Th>
            <Table.Th w={60} aria-label={say('accounts.actions')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.accounts.map((account) => (
            <Table.Tr key={account.id}>
              <Table.Td>
                <Group gap={8}>
                  <Text size="sm" fw={500}>
                    {account.displayName}
                  </Text>
                  {account.isDisabled && (
                    <Badge color="gray" tt="none">
                      {say('accounts.disabled')}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed" className="mono">
                  {account.name}
                </Text>
              </Table.Td>
              <Table.Td>{name('role', account.role)}</Table.Td>
              <Table.Td>
                <Text size="sm">
                  {[
                    account.hasPassword ? say('accounts.password') : '',
                    account.hasTotp ? say('accounts.totp') : '',
                    account.passkeyCount > 0 ? say('accounts.passkeys', { count: account.passkeyCount }) : '',
                  ]
                    .filter((way) => way !== '')
                    .join(' · ') || say('accounts.noWay')}
                </Text>
              </Table.Td>
              <Table.Td>{account.lastSignInAtMs === null ? say('accounts.never') : <Time atMs={account.lastSignInAtMs} />}</Table.Td>
              <Table.Td>
                <Menu position="bottom-end" withArrow width={250}>
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={say('accounts.actionsOf', { name: account.displayName })}>
                      <IconDots size={18} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Label>{say('accounts.setRole')}</Menu.Label>
                    {roles.map((role) => (
                      <Menu.Item key={role} disabled={role === account.role} onClick={() => change.mutate({ id: account.id, body: { role } })}>
                        {name('role', role)}
                      </Menu.Item>
                    ))}
                    <Menu.Divider />
                    <Menu.Item onClick={() => makeLink.mutate({ account, reset: false })}>{say('accounts.link')}</Menu.Item>
                    <Menu.Item onClick={() => ask({ what: 'reset', account })}>{say('accounts.reset')}</Menu.Item>
                    <Menu.Item onClick={() => change.mutate({ id: account.id, body: { isDisabled: !account.isDisabled } })}>
                      {say(account.isDisabled ? 'accounts.enable' : 'accounts.disable')}
                    </Menu.Item>
                    <Menu.Item color="red" onClick={() => ask({ what: 'remove', account })}>
                      {say('accounts.remove')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {asked !== null && (
        <Question
          title={say(asked.what === 'remove' ? 'accounts.removeTitle' : 'accounts.resetTitle', { name: asked.account.displayName })}
          text={say(asked.what === 'remove' ? 'accounts.removeText' : 'accounts.resetText')}
          confirm={say(asked.what === 'remove' ? 'accounts.remove' : 'accounts.reset')}
          isDangerous
          onClose={() => ask(null)}
          onConfirm={() => {
            if (asked.what === 'remove') remove.mutate(asked.account);
            else makeLink.mutate({ account: asked.account, reset: true });
            ask(null);
          }}
        />
      )}
    </Table.ScrollContainer>
  );
}
