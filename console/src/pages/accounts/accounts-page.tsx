// SPDX-License-Identifier: Apache-2.0
import { Stack } from '@mantine/core';
import { useLocation } from 'react-router';
import { administrators } from '../../../../src/platform/http/route.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { AccountsCard } from './accounts-card.tsx';
import { RolesCard } from './roles-card.tsx';
import { SecurityCards } from './security-cards.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { TokensCard } from './tokens-card.tsx';

/** The own way in, tokens for programs, and, for administrators, everybody's accounts. */
export function AccountsPage() {
  const { say } = useWords();
  const mayKeep = useMay(administrators);
  const { hash } = useLocation();
  // Who comes for the own account sees that first.
  const isAboutOwn = hash === '#security';
  return (
    <Page title={say('accounts.title')} about={say('accounts.about')}>
      <Stack gap="md">
        {isAboutOwn && <SecurityCards />}
        {mayKeep && <AccountsCard />}
        <RolesCard />
        {!isAboutOwn && <SecurityCards />}
        <SessionsCard />
        <TokensCard />
      </Stack>
    </Page>
  );
}
