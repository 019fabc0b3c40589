// SPDX-License-Identifier: Apache-2.0
import { Anchor, Badge, Box, Group, List, Progress, Stack, Text } from '@mantine/core';
import { type Icon, IconAdjustments, IconBug, IconPlugX, IconTool } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Cause, Finding, Incident } from '../../app/api.ts';
import { formatShare } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { sumByNature } from './nature-sum.ts';
import { strongestFirst } from './strongest-first.ts';

const icons: Readonly<Record<Cause['nature'], Icon>> = { attack: IconBug, maintenance: IconTool, misconfiguration: IconAdjustments, fault: IconPlugX };
const colours: Readonly<Record<Cause['nature'], string>> = {
  attack: 'var(--severity-critical)',
  maintenance: 'var(--severity-low)',
  misconfiguration: 'var(--severity-medium)',
  fault: 'var(--severity-info)',
};

/** Explanations that are still in the running, the most probable first, each with what speaks for it and what would confirm it. */
export function CausesCard(props: { readonly incident: Incident; readonly findings: readonly Finding[] }) {
  const { say, name, language } = useWords();
  const { causes } = props.incident;
  const sums = sumByNature(causes);
  return (
    <Card title={say('cause.title')}>
      <Stack gap="md" pt={4}>
        <Box>
          <Progress.Root size={22} radius="sm" aria-label={say('cause.byNature')}>
            {sums.map(({ nature, share }) => (
              <Progress.Section key={nature} value={share * 100} color={colours[nature]} aria-label={name('nature', nature)}>
                <Progress.Label fz="xs">{share > 0.14 ? name('nature', nature) : ''}</Progress.Label>
              </Progress.Section>
            ))}
          </Progress.Root>
          <Group gap="md" mt={6}>
            {sums.map(({ nature, share }) => {
              const Sign = icons[nature];
              return (
                <Group key={nature} gap={5} wrap="nowrap">
                  <Sign size={16} color={colours[nature]} aria-hidden />
                  <Text size="sm">
                    {name('nature', nature)} {formatShare(share, language)}
                  </Text>
                </Group>
              );
            })}
          </Group>
        </Box>
        {causes.map((cause, place) => (
          <CauseRow key={cause.name} cause={cause} isFirst={place === 0} findings={props.findings} />
        ))}
        <Text size="xs" c="dimmed">
          {say('cause.caveat')}
        </Text>
      </Stack>
    </Card>
  );
}

function CauseRow(props: { readonly cause: Cause; readonly isFirst: boolean; readonly findings: readonly Finding[] }) {
  const { cause } = props;
  const { say, tell, name, language } = useWords();
  const Sign = icons[cause.nature];
  const because = strongestFirst(props.findings.filter((finding) => cause.because.includes(finding.id)));
  return (
    <Box pt="sm" style={{ borderTop: '1px solid var(--line)' }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="md">
        <Group gap={8} wrap="nowrap" align="flex-start" miw={0}>
          <Sign size={20} color={colours[cause.nature]} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
          <Box miw={0}>
            <Text fw={props.isFirst ? 700 : 500} className="wrap">
              {tell(cause.words)}
            </Text>
            <Group gap={6} mt={2}>
              <Badge variant="light" color="gray" tt="none" radius="sm">
                {name('nature', cause.nature)}
              </Badge>
              {cause.technique !== null && (
                <Badge variant="outline" color="gray" tt="none" radius="sm">
                  ATT&amp;CK {cause.technique}
                </Badge>
              )}
            </Group>
          </Box>
        </Group>
        <Box w={150} style={{ flexShrink: 0 }}>
          <Text ta="right" fw={600} size="sm" className="figures">
            {formatShare(cause.probability, language)}
          </Text>
          <Progress value={cause.probability * 100} color={colours[cause.nature]} aria-label={say('cause.probability')} />
        </Box>
      </Group>
      {(because.length > 0 || cause.wouldConfirm.length > 0) && (
        <Box pl={28} mt={6} component="details" open={props.isFirst}>
          <Text component="summary" size="sm" c="dimmed" style={{ cursor: 'pointer' }}>
            {say('cause.why')}
          </Text>
          {because.length > 0 && (
            <>
              <Text size="xs" c="dimmed">
                {say('cause.because')}
              </Text>
              <List size="sm" spacing={2}>
                {because.slice(0, 5).map((finding) => (
                  <List.Item key={finding.id}>
                    <Anchor component={Link} to={`/findings/${finding.id}`} size="sm" className="wrap">
                      {tell(finding.words)}
                    </Anchor>
                  </List.Item>
                ))}
              </List>
              {because.length > 5 && (
                <Text size="xs" c="dimmed" pl="md">
                  {say('trace.more', { count: because.length - 5 })}
                </Text>
              )}
            </>
          )}
          {cause.wouldConfirm.length > 0 && (
            <>
              <Text size="xs" c="dimmed" mt={6}>
                {say('cause.wouldConfirm')}
              </Text>
              <List size="sm" spacing={2}>
                {cause.wouldConfirm.map((words) => (
                  <List.Item key={words.key}>{tell(words)}</List.Item>
                ))}
              </List>
            </>
          )}
        </Box>
      )}
    </Box>
  );
}
