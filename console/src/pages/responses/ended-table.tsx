// SPDX-License-Identifier: Apache-2.0
import { Anchor, Table } from '@mantine/core';
import { Link } from 'react-router';
import type { Response } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { useResponseTitle } from '../../parts/response-words.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';

export function EndedTable(props: { readonly responses: readonly Response[] }) {
  const { say, language } = useWords();
  const titleOf = useResponseTitle();
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('response.state')}</Table.Th>
            <Table.Th>{say('response.what')}</Table.Th>
            <Table.Th>{say('response.by')}</Table.Th>
            <Table.Th ta="right">{say('response.stoppedShort')}</Table.Th>
            <Table.Th>{say('response.endedAt')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.responses.map((response) => (
            <Table.Tr key={response.id}>
              <Table.Td>
                <StateBadge state={response.state} group="responseState" />
              </Table.Td>
              <Table.Td>
                <Anchor component={Link} to={`/responses/${response.id}`} size="sm" className="wrap">
                  {titleOf(response)}
                </Anchor>
              </Table.Td>
              <Table.Td>{response.decidedBy ?? '–'}</Table.Td>
              <Table.Td ta="right">{response.packetsStopped === null ? '–' : formatCount(response.packetsStopped, language)}</Table.Td>
              <Table.Td>
                <Time atMs={response.endedMs ?? response.decidedMs ?? response.atMs} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
