// SPDX-License-Identifier: Apache-2.0
import { Alert, Box, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import type { ProofVerdict as Verdict } from '../../../../src/chain/proof.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';

const steps = ['form', 'keys', 'checkpoint', 'inclusion', 'envelope', 'statement', 'record'] as const;

/** Each check with its result; the first that fails is where it ends, and the checks after it were not made. */
export function ProofVerdict(props: { readonly verdict: Verdict }) {
  const { verdict } = props;
  const { say, name } = useWords();
  const failed = verdict.checks.some((check) => !check.ok);
  const notMade = failed ? steps.slice(steps.indexOf(verdict.checks.at(-1)?.name ?? 'form') + 1).filter((step) => step !== 'record') : [];
  return (
    <Stack gap="sm">
      <Alert
        role="status"
        color={verdict.ok ? 'green' : 'red'}
        icon={verdict.ok ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
        title={say(verdict.ok ? 'proof.holds' : 'proof.refused')}
      >
        {say(!verdict.ok ? 'proof.refusedText' : verdict.trust === 'given' ? 'proof.holdsGiven' : 'proof.holdsOwn')}
      </Alert>
      <Stack gap={10} component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {verdict.checks.map((check) => (
          <Group key={check.name} gap="sm" wrap="nowrap" align="flex-start" component="li">
            {check.ok ? (
              <IconCircleCheckFilled size={20} color="var(--ok)" aria-label={say('proof.passed')} role="img" style={{ flexShrink: 0 }} />
            ) : (
              <IconCircleXFilled size={20} color="var(--severity-critical)" aria-label={say('proof.failed')} role="img" style={{ flexShrink: 0 }} />
            )}
            <Box miw={0}>
              <Text size="sm" fw={600}>
                {name('proof.check', check.name)}
              </Text>
              <Text size="xs" c="dimmed" className="wrap" lang="en">
                {check.detail}
              </Text>
            </Box>
          </Group>
        ))}
        {notMade.map((step) => (
          <Group key={step} gap="sm" component="li" opacity={0.6}>
            <Box w={20} ta="center" aria-hidden>
              –
            </Box>
            <Text size="sm">
              {name('proof.check', step)} · {say('proof.notMade')}
            </Text>
          </Group>
        ))}
      </Stack>
      {verdict.signedBy.length > 0 && (
        <Box>
          <Text size="xs" c="dimmed">
            {say('proof.signedBy')}
          </Text>
          {verdict.signedBy.map((key) => (
            <Copyable key={key} text={key} />
          ))}
        </Box>
      )}
    </Stack>
  );
}
