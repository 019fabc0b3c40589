// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useWords } from '../app/words.ts';

interface QuestionProps {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks once more before something that is not easily taken back. */
export function Question(props: QuestionProps) {
  const { say } = useWords();
  return (
    <Modal opened onClose={props.onClose} title={<Text fw={600}>{props.title}</Text>} centered closeButtonProps={{ 'aria-label': say('close') }}>
      <Stack>
        <Text size="sm">{props.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {say('cancel')}
          </Button>
          <Button color={props.isDangerous === true ? 'red' : undefined} onClick={props.onConfirm}>
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
