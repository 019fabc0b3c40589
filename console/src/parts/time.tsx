// SPDX-License-Identifier: Apache-2.0
import { Tooltip } from '@mantine/core';
import { formatDuration, formatFullTime, formatTime } from '../app/format.ts';
import { useNow } from '../app/now.ts';
import { useWords } from '../app/words.ts';

/** A time in the reader's zone; date and zone on hover or focus. */
export function Time(props: { readonly atMs: number }) {
  const { language } = useWords();
  const nowMs = useNow();
  return (
    <Tooltip label={formatFullTime(props.atMs, language)}>
      <time dateTime={new Date(props.atMs).toISOString()} className="figures" style={{ whiteSpace: 'nowrap' }}>
        {formatTime(props.atMs, nowMs, language)}
      </time>
    </Tooltip>
  );
}

/** How long ago. */
export function Ago(props: { readonly atMs: number }) {
  const { language, say } = useWords();
  const nowMs = useNow();
  return (
    <Tooltip label={formatFullTime(props.atMs, language)}>
      <time dateTime={new Date(props.atMs).toISOString()} className="figures" style={{ whiteSpace: 'nowrap' }}>
        {nowMs - props.atMs < 2_000 ? say('time.now') : say('time.ago', { time: formatDuration(nowMs - props.atMs, language) })}
      </time>
    </Tooltip>
  );
}
