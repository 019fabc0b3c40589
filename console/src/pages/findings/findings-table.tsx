// SPDX-License-Identifier: Apache-2.0
import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Finding } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Time } from '../../parts/time.tsx';

export function FindingsTable(props: { readonly findings: readonly Finding[] }) {
  const { say, tell, name, language } = useWords();
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={110}>{say('findings.severity')}</Table.Th>
            <Table.Th>{say('findings.what')}</Table.Th>
            <Table.Th w={130}>{say('findings.layer')}</Table.Th>
            <Table.Th ta="right" w={100}>
              {say('findings.packets')}
            </Table.Th>
            <Table.Th w={120}>{say('findings.last')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.findings.map((finding) => (
            <Table.Tr key={finding.id}>
              <Table.Td>
                <SeverityBadge severity={finding.severity} />
              </Table.Td>
              <Table.Td>
                <Anchor component={Link} to={`/findings/${finding.id}`} size="sm" fw={500} className="wrap">
                  {tell(finding.words)}
                </Anchor>
                <Text size="xs" c="dimmed" className="mono wrap">
                  {finding.subject}
                </Text>
              </Table.Td>
              <Table.Td>{name('detector', finding.detector)}</Table.Td>
              <Table.Td ta="right">{formatCount(finding.packetCount, language)}</Table.Td>
              <Table.Td>
                <Time atMs={finding.lastMs} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
