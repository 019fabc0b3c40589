// SPDX-License-Identifier: Apache-2.0
import { SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../app/queries.ts';
import { PasskeysCard } from './passkeys-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { TotpCard } from './totp-card.tsx';

/** The own ways to sign in. */
export function SecurityCards() {
  const { data } = useQuery(sessionQuery);
  const account = data?.account;
  if (account === undefined || account === null) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md" id="security" style={{ scrollMarginTop: 72 }}>
      <PasswordCard hasPassword={account.hasPassword} />
      <TotpCard hasTotp={account.hasTotp} />
      <PasskeysCard passkeys={account.passkeys} />
    </SimpleGrid>
  );
}
