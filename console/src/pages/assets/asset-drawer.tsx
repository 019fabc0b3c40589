// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Drawer, Group, Select, SimpleGrid, Stack, Switch, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { criticalities } from '../../../../src/model/asset.ts';
import { watchers } from '../../../../src/platform/http/route.ts';
import { type AssetView, answer, api } from '../../app/api.ts';
import { formatBytes, formatCount } from '../../app/format.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Fact } from '../../parts/page.tsx';
import { ProblemNote, useTold } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';

/** All about one device; what people say of it can be changed here. */
export function AssetDrawer(props: { readonly id: string; readonly onClose: () => void }) {
  const { say } = useWords();
  const asset = useQuery({ queryKey: ['assets', 'one', props.id], queryFn: () => answer(api.GET('/api/assets/{id}', { params: { path: { id: props.id } } })) });
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="right"
      size="lg"
      title={<Text fw={600}>{asset.data?.name ?? say('assets.one')}</Text>}
      closeButtonProps={{ 'aria-label': say('close') }}
    >
      {asset.isPending ? (
        <LoadingRows />
      ) : asset.isError ? (
        <ProblemNote error={asset.error} onRetry={() => void asset.refetch()} />
      ) : (
        <AssetParts key={asset.data.asset.id} view={asset.data} />
      )}
    </Drawer>
  );
}

function AssetParts(props: { readonly view: AssetView }) {
  const { asset } = props.view;
  const { say, language } = useWords();
  return (
    <Stack gap="lg">
      <NoteForm view={props.view} />
      <SimpleGrid cols={2} spacing="sm">
        <Fact name={say('assets.addresses')}>
          <span className="mono">{asset.addresses.join(', ') || '–'}</span>
        </Fact>
        <Fact name={say('assets.macs')}>
          <span className="mono">{asset.macs.join(', ') || '–'}</span>
        </Fact>
        <Fact name={say('assets.column.vendor')}>{asset.vendor ?? say('assets.noVendor')}</Fact>
        <Fact name={say('assets.ownNames')}>{asset.names.join(', ') || '–'}</Fact>
        <Fact name={say('assets.first')}>
          <Time atMs={asset.firstMs} />
        </Fact>
        <Fact name={say('assets.column.last')}>
          <Time atMs={asset.lastMs} />
        </Fact>
        <Fact name={say('assets.traffic')}>
          {say('assets.trafficText', { packets: formatCount(asset.packets, language), bytes: formatBytes(asset.bytes, language) })}
        </Fact>
        <Fact name={say('assets.column.findings')}>
          {props.view.openFindings === 0 ? (
            '0'
          ) : (
            <Anchor component={Link} to="/findings" size="sm">
              {formatCount(props.view.openFindings, language)}
            </Anchor>
          )}
        </Fact>
      </SimpleGrid>
      <Stack gap={4}>
        <Text fw={600} size="sm">
          {say('assets.roles')}
        </Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say('assets.service')}</Table.Th>
              <Table.Th>{say('assets.side')}</Table.Th>
              <Table.Th ta="right">{say('assets.peers')}</Table.Th>
              <Table.Th ta="right">{say('findings.packets')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {asset.roles.map((role) => (
              <Table.Tr key={`${role.service} ${role.side}`}>
                <Table.Td>{role.service}</Table.Td>
                <Table.Td>{say(role.side === 'client' ? 'assets.client' : 'assets.server')}</Table.Td>
                <Table.Td ta="right">{formatCount(role.peers, language)}</Table.Td>
                <Table.Td ta="right">{formatCount(role.packets, language)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Stack>
  );
}

function NoteForm(props: { readonly view: AssetView }) {
  const { asset, note } = props.view;
  const { say, name } = useWords();
  const may = useMay(watchers);
  const client = useQueryClient();
  const told = useTold();
  const [label, setLabel] = useState(note.label ?? '');
  const [zone, setZone] = useState(note.zone ?? '');
  const [criticality, setCriticality] = useState(note.criticality);
  const [isConfirmed, setConfirmed] = useState(note.isConfirmed);
  const save = useMutation({
    mutationFn: () => {
      const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
      return answer(
        api.PATCH('/api/assets/{id}', { params: { path: { id: asset.id } }, body: { label: orNull(label), zone: orNull(zone), criticality, isConfirmed } }),
      );
    },
    onSuccess: () => {
      for (const key of ['assets', 'map', 'overview']) void client.invalidateQueries({ queryKey: [key] });
      told.done(say('assets.saved'));
    },
    onError: told.refused,
  });
  return (
    <Stack gap="sm" p="md" style={{ border: '1px solid var(--line)', borderRadius: 10 }}>
      <TextInput
        label={say('assets.label')}
        description={say('assets.labelText')}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        maxLength={120}
        disabled={!may}
      />
      <SimpleGrid cols={2} spacing="sm">
        <TextInput label={say('assets.zone')} value={zone} onChange={(event) => setZone(event.currentTarget.value)} maxLength={60} disabled={!may} />
        <Select
          label={say('assets.column.criticality')}
          data={criticalities.map((value) => ({ value, label: name('criticality', value) }))}
          value={criticality}
          // The choices are exactly the criticalities.
          onChange={(value) => value !== null && setCriticality(value as typeof criticality)}
          allowDeselect={false}
          disabled={!may}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {name('criticalityText', criticality)}
      </Text>
      <Switch label={say('assets.confirm')} checked={isConfirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)} disabled={!may} />
      <Group justify="flex-end">
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!may}>
          {say('save')}
        </Button>
      </Group>
    </Stack>
  );
}
