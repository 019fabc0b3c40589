// SPDX-License-Identifier: Apache-2.0
import { Box, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { LanguageSwitch, SchemeSwitch } from '../../app/header-bar.tsx';
import { useWords } from '../../app/words.ts';
import { Mark } from '../../parts/mark.tsx';

/** What surrounds the pages before signing in. */
export function Door(props: { readonly children: ReactNode }) {
  const { say } = useWords();
  return (
    <Box mih="100vh" style={{ display: 'flex', flexDirection: 'column' }}>
      <Group justify="flex-end" p="md">
        <LanguageSwitch />
        <SchemeSwitch />
      </Group>
      <Box component="main" flex={1} style={{ display: 'grid', placeItems: 'center' }} p="md" pb={96}>
        <Stack w="100%" maw={400} gap="lg">
          <Box>
            <Mark size={40} />
            <Text c="dimmed" size="sm" mt={6}>
              {say('door.text')}
            </Text>
          </Box>
          <Stack className="card" p="xl" gap="md">
            {props.children}
          </Stack>
        </Stack>
      </Box>
    </Box>
  );
}
