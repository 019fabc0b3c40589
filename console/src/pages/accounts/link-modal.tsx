// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconEyeOff } from '@tabler/icons-react';
import { formatFullTime } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';

export interface Link {
  readonly path: string;
  readonly expiresAtMs: number;
}

/** The one-time link, shown once. */
export function LinkModal(props: { readonly name: string; readonly link: Link; readonly onClose: () => void }) {
  const { say, language } = useWords();
  return (
    <SecretModal
      title={say('linkMade.title', { name: props.name })}
      text={say('linkMade.text', { until: formatFullTime(props.link.expiresAtMs, language) })}
      secret={new URL(props.link.path, window.location.origin).href}
      onClose={props.onClose}
    />
  );
}

/** Something that can be read only now. Closed by the button alone: a slip of the mouse must not lose it. */
export function SecretModal(props: { readonly title: string; readonly text: string; readonly secret: string; readonly onClose: () => void }) {
  const { say } = useWords();
  return (
    <Modal
      opened
      onClose={props.onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={<Text fw={600}>{props.title}</Text>}
      centered
      size="lg"
    >
      <Stack>
        <Text size="sm">{props.text}</Text>
        <Code block className="wrap" style={{ whiteSpace: 'pre-wrap' }}>
          {props.secret}
        </Code>
        <Alert color="yellow" icon={<IconEyeOff aria-hidden />}>
          {say('linkMade.once')}
        </Alert>
        <Group justify="flex-end">
          <CopyButton value={props.secret}>
            {({ copied, copy }) => (
              <Button
                variant={copied ? 'light' : 'filled'}
                leftSection={copied ? <IconCheck size={17} aria-hidden /> : <IconCopy size={17} aria-hidden />}
                onClick={copy}
                data-autofocus
              >
                {copied ? say('copy.done') : say('copy.do')}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={props.onClose}>
            {say('close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
