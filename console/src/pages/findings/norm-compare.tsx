// SPDX-License-Identifier: Apache-2.0
import { Box, SimpleGrid, Text } from '@mantine/core';
import type { Finding } from '../../app/api.ts';
import { formatCount } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';

/** Observed and normal beside each other, in the same terms. */
export function NormCompare(props: { readonly finding: Finding }) {
  const { finding } = props;
  const { say, language } = useWords();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" pt={4}>
      <Box
        p="md"
        style={{ borderRadius: 9, border: `2px solid var(--severity-${finding.severity}-line)`, background: `var(--severity-${finding.severity}-soft)` }}
      >
        <Text size="xs" fw={600} style={{ color: `var(--severity-${finding.severity})` }}>
          {say('finding.observed')}
        </Text>
        <Text className="mono wrap" fz="md" mt={4}>
          {finding.observed}
        </Text>
      </Box>
      <Box p="md" style={{ borderRadius: 9, border: '1px dashed var(--line-strong)' }}>
        <Text size="xs" fw={600} c="dimmed">
          {say('finding.expected')}
        </Text>
        <Text className="mono wrap" fz="md" mt={4}>
          {finding.expected === '' ? say('finding.nothingExpected') : finding.expected}
        </Text>
        <Text size="xs" c="dimmed" mt={4}>
          {finding.support === 0 ? say('finding.notLearnt') : say('finding.restsOn', { count: formatCount(finding.support, language) })}
        </Text>
      </Box>
    </SimpleGrid>
  );
}
