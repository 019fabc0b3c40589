// SPDX-License-Identifier: Apache-2.0
import { Box, SimpleGrid, Text } from '@mantine/core';
import { roles } from '../../../../src/platform/http/route.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';

/** What each role may do, in a sentence. */
export function RolesCard() {
  const { say, name } = useWords();
  return (
    <Card title={say('roles.title')}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="md" pt={4}>
        {roles.map((role) => (
          <Box key={role}>
            <Text size="sm" fw={600}>
              {name('role', role)}
            </Text>
            <Text size="sm" c="dimmed">
              {name('roleText', role)}
            </Text>
          </Box>
        ))}
      </SimpleGrid>
    </Card>
  );
}
