// SPDX-License-Identifier: Apache-2.0
import { Badge, Box, Group, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { Response } from '../app/api.ts';
import { formatCount, formatDuration } from '../app/format.ts';
import { useWords } from '../app/words.ts';

type DryRun = Response['cost'];

/** What a response costs: for one that cuts nothing, just that. */
export function Price(props: { readonly response: Response }) {
  const { say } = useWords();
  if (props.response.action.rules.length > 0) return <DryRunSummary cost={props.response.cost} />;
  return (
    <Group gap={8} wrap="nowrap">
      <IconCircleCheck size={20} color="var(--ok)" aria-hidden style={{ flexShrink: 0 }} />
      <Text size="sm" fw={600}>
        {say('rule.none')}
      </Text>
    </Group>
  );
}

/** "Would have cut 0 of 3,412 normal packets in the last 5 minutes", as words and as a bar. */
function DryRunSummary(props: { readonly cost: DryRun }) {
  const { cost } = props;
  const { say, language, tell } = useWords();
  const abnormalCut = cost.packetsCut - cost.normalPacketsCut;
  const normal = Math.max(0, cost.packets - abnormalCut);
  const isFree = cost.normalPacketsCut === 0;
  return (
    <Stack gap={8}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        {isFree ? (
          <IconCircleCheck size={20} color="var(--ok)" aria-hidden style={{ flexShrink: 0 }} />
        ) : (
          <IconAlertTriangle size={20} color="var(--severity-high)" aria-hidden style={{ flexShrink: 0 }} />
        )}
        <Text size="sm" fw={600}>
          {say(isFree ? 'dryRun.free' : 'dryRun.costs', {
            cut: formatCount(cost.normalPacketsCut, language),
            normal: formatCount(normal, language),
            window: formatDuration(cost.windowMs, language),
          })}
        </Text>
      </Group>
      <CutBar cost={cost} />
      <Text size="xs" c="dimmed">
        {say('dryRun.stops', { cut: formatCount(abnormalCut, language) })}
      </Text>
      {cost.caveats.map((words) => (
        <Text key={words.key} size="xs" c="dimmed">
          {tell(words)}
        </Text>
      ))}
    </Stack>
  );
}

/** Kept, unusual and cut, normal and cut; the least share that is not nothing is still seen. */
function CutBar(props: { readonly cost: DryRun }) {
  const { cost } = props;
  const { say } = useWords();
  if (cost.packets === 0) return null;
  const width = (count: number): string => (count === 0 ? '0' : `max(4px, ${(count / cost.packets) * 100}%)`);
  const abnormalCut = cost.packetsCut - cost.normalPacketsCut;
  const hatch = 'repeating-linear-gradient(45deg, var(--severity-critical) 0 4px, var(--severity-critical-line) 4px 8px)';
  return (
    <Box>
      <Box
        h={12}
        role="img"
        aria-label={say('dryRun.bar', { cut: cost.packetsCut, all: cost.packets })}
        style={{ display: 'flex', gap: 2, borderRadius: 4, overflow: 'hidden', background: 'var(--soft)' }}
      >
        <Box flex={1} style={{ background: 'var(--ok-line)' }} />
        <Box w={width(abnormalCut)} style={{ background: 'var(--severity-info)' }} />
        <Box w={width(cost.normalPacketsCut)} style={{ background: hatch }} />
      </Box>
      <Group gap="md" mt={4}>
        <Legend colour="var(--ok-line)" text={say('dryRun.kept')} />
        <Legend colour="var(--severity-info)" text={say('dryRun.unusualCut')} />
        <Legend colour={hatch} text={say('dryRun.normalCut')} />
      </Group>
    </Box>
  );
}

function Legend(props: { readonly colour: string; readonly text: string }) {
  return (
    <Group gap={5} wrap="nowrap">
      <Box w={10} h={10} style={{ background: props.colour, borderRadius: 2, flexShrink: 0 }} />
      <Text size="xs" c="dimmed">
        {props.text}
      </Text>
    </Group>
  );
}

/** The conversations that it would take off the wire. */
export function CutConversations(props: { readonly cost: DryRun }) {
  const { say, language } = useWords();
  if (props.cost.conversations.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {say('dryRun.none')}
      </Text>
    );
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('dryRun.conversation')}</Table.Th>
            <Table.Th>{say('dryRun.service')}</Table.Th>
            <Table.Th ta="right">{say('dryRun.packets')}</Table.Th>
            <Table.Th>{say('dryRun.isNormal')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.cost.conversations.map((row) => (
            <Table.Tr key={`${row.subject} ${row.service}`}>
              <Table.Td className="mono">{row.subject}</Table.Td>
              <Table.Td>{row.service}</Table.Td>
              <Table.Td ta="right">{formatCount(row.packets, language)}</Table.Td>
              <Table.Td>
                <Group gap={6}>
                  <Text size="sm" fw={row.isNormal ? 600 : 400}>
                    {say(row.isNormal ? 'dryRun.normal' : 'dryRun.unusual')}
                  </Text>
                  {/* Of an essential device only the normal traffic is essential. */}
                  {row.isNormal && row.isEssential && (
                    <Badge color="red" variant="outline" tt="none">
                      {say('dryRun.essential')}
                    </Badge>
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
