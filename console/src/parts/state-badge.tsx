// SPDX-License-Identifier: Apache-2.0
import { Badge } from '@mantine/core';
import {
  type Icon,
  IconArrowBackUp,
  IconBan,
  IconBox,
  IconCircle,
  IconCircleCheck,
  IconClock,
  IconEye,
  IconPlayerPlayFilled,
  IconX,
} from '@tabler/icons-react';
import type { Incident, Response } from '../app/api.ts';
import { useWords } from '../app/words.ts';

const looks: Readonly<Record<Response['state'] | Incident['state'], { readonly icon: Icon; readonly colour: string }>> = {
  proposed: { icon: IconClock, colour: 'orange' },
  running: { icon: IconPlayerPlayFilled, colour: 'ai' },
  undone: { icon: IconArrowBackUp, colour: 'gray' },
  declined: { icon: IconBan, colour: 'gray' },
  failed: { icon: IconX, colour: 'red' },
  expired: { icon: IconClock, colour: 'gray' },
  open: { icon: IconCircle, colour: 'red' },
  acknowledged: { icon: IconEye, colour: 'orange' },
  contained: { icon: IconBox, colour: 'ai' },
  closed: { icon: IconCircleCheck, colour: 'gray' },
};

/** State of a response or an incident: sign and word. */
export function StateBadge(props: { readonly state: Response['state'] | Incident['state']; readonly group: 'responseState' | 'incidentState' }) {
  const { name } = useWords();
  const look = looks[props.state];
  const Sign = look.icon;
  return (
    <Badge
      variant="light"
      color={look.colour}
      leftSection={<Sign size={13} aria-hidden />}
      tt="none"
      radius="sm"
      size="lg"
      fw={600}
      fz="xs"
      style={{ flexShrink: 0 }}
    >
      {name(props.group, props.state)}
    </Badge>
  );
}
