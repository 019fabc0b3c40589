// SPDX-License-Identifier: Apache-2.0
import { Anchor, Badge, Table } from '@mantine/core';
import { Link } from 'react-router';
import type { EvidenceEntry } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Time } from '../../parts/time.tsx';
import { useSummary } from './summary.ts';

export function EntryTable(props: { readonly entries: readonly EvidenceEntry[] }) {
  const { say, name, language } = useWords();
  const summaryOf = useSummary();
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="right" w={80}>
              {say('evidence.number')}
            </Table.Th>
            <Table.Th w={110}>{say('evidence.at')}</Table.Th>
            <Table.Th w={130}>{say('evidence.kind')}</Table.Th>
            <Table.Th>{say('evidence.summary')}</Table.Th>
            <Table.Th>{say('evidence.record')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td ta="right">{formatCount(entry.index, language)}</Table.Td>
              <Table.Td>
                <Time atMs={entry.atMs} />
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color="gray" tt="none" radius="sm">
                  {name('about', entry.about)}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Anchor component={Link} to={`/evidence/${entry.id}`} size="sm" className="wrap">
                  {summaryOf(entry)}
                </Anchor>
              </Table.Td>
              <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                {entry.name}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
