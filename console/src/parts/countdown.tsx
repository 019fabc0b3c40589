// SPDX-License-Identifier: Apache-2.0
import { Box, RingProgress, Text } from '@mantine/core';
import type { Response } from '../app/api.ts';
import { formatCountdown } from '../app/format.ts';
import { useNow } from '../app/now.ts';
import { useWords } from '../app/words.ts';

/** Time left of a running response: a ring that empties, and the figure in it. */
export function Countdown(props: { readonly response: Response; readonly size?: number }) {
  const { say } = useWords();
  const nowMs = useNow();
  const { startedMs, endsMs } = props.response;
  if (startedMs === null || endsMs === null) return null;
  const leftMs = Math.max(0, endsMs - nowMs);
  const share = Math.min(1, leftMs / Math.max(1, endsMs - startedMs));
  const size = props.size ?? 92;
  return (
    <Box role="timer" aria-label={say('countdown', { time: formatCountdown(leftMs) })}>
      <RingProgress
        size={size}
        thickness={6}
        roundCaps
        rootColor="var(--soft)"
        sections={[{ value: share * 100, color: 'var(--mantine-primary-color-filled)' }]}
        label={
          <Text ta="center" fw={600} size={size < 80 ? 'xs' : 'sm'} className="figures">
            {formatCountdown(leftMs)}
          </Text>
        }
      />
    </Box>
  );
}
