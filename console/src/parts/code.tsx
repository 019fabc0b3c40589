// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWords } from '../app/words.ts';

/** An id, key or hash that can be copied. */
export function Copyable(props: { readonly text: string; readonly shown?: string; readonly label?: string }) {
  const { say } = useWords();
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex" align="flex-start" maw="100%">
      <span className="mono wrap">{props.shown ?? props.text}</span>
      <CopyButton value={props.text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? say('copy.done') : (props.label ?? say('copy.do'))}>
            <ActionIcon size={22} variant="subtle" color="gray" onClick={copy} aria-label={props.label ?? say('copy.do')}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
