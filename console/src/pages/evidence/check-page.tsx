// SPDX-License-Identifier: Apache-2.0
import { Button, FileButton, Grid, Stack, Text, TextInput } from '@mantine/core';
import { IconFileUpload, IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import { checkProofInBrowser } from '../../../../src/share/evidence/browser-check.ts';
import { chainQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Empty } from '../../parts/empty.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { ProofVerdict } from './proof-verdict.tsx';

/** Largest file that is read; more is refused before it fills the memory. attacker-controlled: proofs come from anywhere. */
const fileBytesMax = 8_000_000;

/** Checks any proof file. Nothing leaves the browser. */
export function CheckPage() {
  const { say } = useWords();
  const chain = useQuery(chainQuery);
  const [typedKey, setTypedKey] = useState<string | null>(null);
  const key = typedKey ?? chain.data?.vkey ?? '';
  const [isOver, setOver] = useState(false);
  const check = useMutation({
    mutationFn: async (file: File) => {
      if (file.size > fileBytesMax) throw new Error(say('check.tooLarge'));
      return { name: file.name, verdict: await checkProofInBrowser(await file.text(), key.trim() === '' ? undefined : key.trim()) };
    },
  });
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) check.mutate(file);
  };
  return (
    <Page title={say('check.title')} about={say('check.about')}>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <Stack
              align="center"
              gap="sm"
              p={48}
              className="card"
              onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
              }}
              onDragLeave={() => setOver(false)}
              onDrop={drop}
              style={{ borderStyle: 'dashed', borderWidth: 2, borderColor: isOver ? 'var(--mantine-primary-color-filled)' : 'var(--line-strong)' }}
            >
              <IconFileUpload size={44} stroke={1.3} color="var(--steel)" aria-hidden />
              <Text fw={600}>{say('check.drop')}</Text>
              <FileButton onChange={(file) => file !== null && check.mutate(file)} accept=".json,application/json">
                {(button) => (
                  <Button {...button} size="md" variant="default">
                    {say('check.choose')}
                  </Button>
                )}
              </FileButton>
            </Stack>
            <Card>
              <TextInput
                label={say('check.key')}
                description={say('check.keyText')}
                value={key}
                onChange={(event) => setTypedKey(event.currentTarget.value)}
                styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
              />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Card title={check.data === undefined ? say('check.result') : say('check.resultOf', { name: check.data.name })}>
            {check.isError && <ProblemNote error={check.error} />}
            {check.data === undefined ? (
              <Empty icon={IconShieldCheck} title={say('check.none')} text={say('check.noneText')} />
            ) : (
              <ProofVerdict verdict={check.data.verdict} />
            )}
          </Card>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
