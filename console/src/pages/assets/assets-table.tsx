// SPDX-License-Identifier: Apache-2.0
import { Anchor, Badge, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { AssetView } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Time } from '../../parts/time.tsx';
import { type AssetColumn, addressOf, assetColumns, compareAssets } from './asset-order.ts';

export function AssetsTable(props: { readonly assets: readonly AssetView[] }) {
  const { say, name, language } = useWords();
  const [order, setOrder] = useState<{ readonly column: AssetColumn; readonly isDown: boolean }>({ column: 'findings', isDown: true });
  const rows = useMemo(() => [...props.assets].sort((a, b) => compareAssets(a, b, order.column) * (order.isDown ? -1 : 1)), [props.assets, order]);
  return (
    <Table.ScrollContainer minWidth={880}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {assetColumns.map((column) => (
              <Table.Th key={column} aria-sort={order.column === column ? (order.isDown ? 'descending' : 'ascending') : 'none'}>
                <UnstyledButton
                  fz="sm"
                  fw={600}
                  style={{ whiteSpace: 'nowrap' }}
                  onClick={() => setOrder({ column, isDown: order.column === column ? !order.isDown : false })}
                >
                  <Group gap={4} wrap="nowrap">
                    {name('assets.column', column)}
                    {order.column !== column ? (
                      <IconSelector size={14} aria-hidden />
                    ) : order.isDown ? (
                      <IconChevronDown size={14} aria-hidden />
                    ) : (
                      <IconChevronUp size={14} aria-hidden />
                    )}
                  </Group>
                </UnstyledButton>
              </Table.Th>
            ))}
            <Table.Th>{say('assets.roles')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((view) => (
            <Table.Tr key={view.asset.id}>
              <Table.Td>
                <Anchor component={Link} to={`/assets/${view.asset.id}`} size="sm" fw={500} className="wrap">
                  {view.name}
                </Anchor>
                {!view.note.isConfirmed && (
                  <div>
                    <Badge size="sm" variant="outline" color="orange" tt="none">
                      {say('assets.unconfirmed')}
                    </Badge>
                  </div>
                )}
                {view.note.zone !== null && (
                  <Text size="xs" c="dimmed">
                    {view.note.zone}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="mono">{addressOf(view)}</Table.Td>
              <Table.Td>{view.asset.vendor ?? '–'}</Table.Td>
              <Table.Td>{name('criticality', view.note.criticality)}</Table.Td>
              <Table.Td>
                {view.openFindings === 0 ? (
                  <Text size="sm" c="dimmed">
                    0
                  </Text>
                ) : (
                  <Badge color="red" variant="light">
                    {formatCount(view.openFindings, language)}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                <Time atMs={view.asset.lastMs} />
              </Table.Td>
              <Table.Td>
                <Group gap={4}>
                  {view.asset.roles.slice(0, 4).map((role) => (
                    <Badge key={`${role.service} ${role.side}`} variant="light" color="gray" tt="none" radius="sm" size="sm">
                      {role.service} {say(role.side === 'client' ? 'assets.client' : 'assets.server')}
                    </Badge>
                  ))}
                  {view.asset.roles.length > 4 && (
                    <Text size="xs" c="dimmed">
                      +{view.asset.roles.length - 4}
                    </Text>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
