// SPDX-License-Identifier: Apache-2.0
import { Box, Text } from '@mantine/core';
import { useWords } from '../../app/words.ts';
import { noveltyPlace } from './novelty-place.ts';

/** How much of the traffic is still new, on a scale of powers of ten, with the mark at which learning ends. */
export function NoveltyScale(props: { readonly rate: number; readonly target: number }) {
  const { say } = useWords();
  const at = noveltyPlace(props.rate, props.target);
  const words = say('norm.novelty', { rate: inPackets(props.rate), target: inPackets(props.target) });
  return (
    <Box role="img" aria-label={words}>
      <Box pos="relative" h={26} mt={4}>
        <Box
          pos="absolute"
          top={11}
          left={0}
          right={0}
          h={4}
          style={{ borderRadius: 2, background: 'linear-gradient(90deg, var(--severity-low-line), var(--ok-line))' }}
        />
        <Box pos="absolute" top={4} h={18} w={2} style={{ left: '85%', background: 'var(--ok)' }} />
        <Box
          pos="absolute"
          top={6}
          h={14}
          w={14}
          style={{
            left: `calc(${at * 100}% - 7px)`,
            borderRadius: 7,
            background: 'var(--mantine-primary-color-filled)',
            border: '2px solid var(--mantine-color-body)',
            transition: 'left 600ms',
          }}
        />
      </Box>
      <Text size="xs" c="dimmed">
        {words}
      </Text>
    </Box>
  );
}

/** `1 in 8,200`: a rate that people can imagine. */
function inPackets(rate: number): string {
  return rate <= 0 ? '0' : `1/${Math.max(1, Math.round(1 / rate)).toLocaleString('en')}`;
}
