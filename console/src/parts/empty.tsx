// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Nothing here yet: says what will be here, and when. */
export function Empty(props: { readonly icon: Icon; readonly title: string; readonly text: string; readonly children?: ReactNode }) {
  const Shape = props.icon;
  return (
    <Stack align="center" gap={6} py="xl" px="md" ta="center">
      <Shape size={36} stroke={1.3} color="var(--steel)" aria-hidden />
      <Text fw={600}>{props.title}</Text>
      <Text size="sm" c="dimmed" maw={460}>
        {props.text}
      </Text>
      {props.children}
    </Stack>
  );
}
