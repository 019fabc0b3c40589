// SPDX-License-Identifier: Apache-2.0
import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { useWords } from './words.ts';

/** What is shown instead of a page whose code failed: the rest of the console goes on. */
export function BrokenPage() {
  const error = useRouteError();
  const { say } = useWords();
  return (
    <Center mih={320} p="xl">
      <Stack maw={560}>
        <Title order={1}>{say('broken.title')}</Title>
        <Text>{say('broken.text')}</Text>
        <Text className="mono wrap" c="dimmed">
          {error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
        </Text>
        <Group>
          <Button onClick={() => window.location.reload()}>{say('broken.reload')}</Button>
          <Button component="a" href="/overview" variant="default">
            {say('broken.overview')}
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}

export function MissingPage() {
  const { say } = useWords();
  return (
    <Center mih={320}>
      <Stack align="center">
        <Title order={1}>{say('missing.title')}</Title>
        <Text>{say('missing.text')}</Text>
        <Button component={Link} to="/overview">
          {say('broken.overview')}
        </Button>
      </Stack>
    </Center>
  );
}
