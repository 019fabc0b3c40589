// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { checkProofInBrowser } from '../../../../src/share/evidence/browser-check.ts';
import { answer, api } from '../../app/api.ts';
import { chainQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { ProofVerdict } from './proof-verdict.tsx';

/** Fetches the proof of an entry as text and checks it here, by this browser's own cryptography, against the key of this site. */
export function EntryProof(props: { readonly id: string }) {
  const { say } = useWords();
  const chain = useQuery(chainQuery);
  const check = useMutation({
    mutationFn: async () => {
      const text = await answer(api.GET('/api/evidence/{id}/proof', { params: { path: { id: props.id } }, parseAs: 'text' }));
      return checkProofInBrowser(String(text), chain.data?.vkey);
    },
  });
  return (
    <Card title={say('proof.title')}>
      <Stack gap="md" pt={4}>
        <Text size="sm">{say('proof.text')}</Text>
        <Button
          size="md"
          leftSection={<IconShieldCheck size={19} aria-hidden />}
          onClick={() => check.mutate()}
          loading={check.isPending}
          style={{ alignSelf: 'flex-start' }}
        >
          {say('proof.button')}
        </Button>
        {check.isError && <ProblemNote error={check.error} />}
        {check.data !== undefined && <ProofVerdict verdict={check.data} />}
      </Stack>
    </Card>
  );
}
