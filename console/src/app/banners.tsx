// SPDX-License-Identifier: Apache-2.0
import { Alert, Anchor } from '@mantine/core';
import { IconKey, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { formatDuration, formatTime } from './format.ts';
import { useLive } from './live.ts';
import { useNow } from './now.ts';
import { overviewQuery } from './queries.ts';
import { useWords } from './words.ts';

const patienceMs = 4_000;

/** Old data looks like a calm plant: says loudly since when nothing new has come. */
export function LineBanner() {
  const live = useLive();
  const nowMs = useNow();
  const overview = useQuery(overviewQuery);
  const { say, language } = useWords();
  if (live.state !== 'lost' || nowMs - live.sinceMs < patienceMs) return null;
  const lastMs = overview.dataUpdatedAt;
  return (
    <Alert role="alert" color="red" variant="filled" icon={<IconPlugConnectedX aria-hidden />} mb="md" title={say('line.title')}>
      {lastMs > 0 ? say('line.text', { time: formatTime(lastMs, nowMs, language), ago: formatDuration(nowMs - lastMs, language) }) : say('line.nothing')}
    </Alert>
  );
}

/** Signed in by a one-time link: without a password or passkey there is no way back. */
export function WayBackBanner() {
  const { say } = useWords();
  return (
    <Alert color="yellow" icon={<IconKey size={18} aria-hidden />} mb="md" py={8}>
      <b>{say('wayback.title')}</b> {say('wayback.text')}{' '}
      <Anchor component={Link} to="/accounts#security" inherit>
        {say('wayback.link')}
      </Anchor>
    </Alert>
  );
}
