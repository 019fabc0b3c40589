// SPDX-License-Identifier: Apache-2.0
import { Badge } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { useWords } from '../app/words.ts';

/** Said beside everything that is not real. */
export function Simulated() {
  const { say } = useWords();
  return (
    <Badge variant="default" tt="none" radius="sm" fw={500} leftSection={<IconTestPipe size={13} aria-hidden />} component="span">
      {say('simulated')}
    </Badge>
  );
}
