// SPDX-License-Identifier: Apache-2.0
import { Box, type BoxProps, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEffect, useId } from 'react';

interface PageProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** For pages whose look leaves no room for a heading: it is there for screen readers. */
  readonly isTitleHidden?: boolean;
}

/** One page: one heading of the first order, and what can be done here at the right. */
export function Page(props: PageProps) {
  useEffect(() => {
    document.title = `${props.title} · Shinrai`;
  }, [props.title]);
  const hidden = { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' } as const;
  return (
    <Stack gap="md" maw={1720} mx="auto">
      <Group justify="space-between" align="flex-end" gap="sm" style={props.isTitleHidden === true ? hidden : undefined}>
        <Box>
          <Title order={1} fz={props.title.length > 60 ? 'lg' : undefined} className="wrap" maw={1000}>
            {props.title}
          </Title>
          {props.about !== undefined && (
            <Text c="dimmed" size="sm" mt={2} maw={820} component="div">
              {props.about}
            </Text>
          )}
        </Box>
        {props.actions !== undefined && <Group gap="sm">{props.actions}</Group>}
      </Group>
      {props.children}
    </Stack>
  );
}

interface CardProps extends Omit<BoxProps, 'style' | 'right'> {
  readonly title?: ReactNode;
  readonly right?: ReactNode;
  readonly children: ReactNode;
  readonly style?: React.CSSProperties;
  /** For tables and pictures that reach the edges. */
  readonly isFlush?: boolean;
}

/** A titled part of a page. */
export function Card({ title, right, children, isFlush, ...box }: CardProps) {
  const headingId = useId();
  return (
    <Box component="section" className="card" aria-labelledby={title === undefined ? undefined : headingId} {...box}>
      {title !== undefined && (
        <Group justify="space-between" px="md" pt="sm" pb={isFlush === true ? 'sm' : 4} gap="sm" wrap="nowrap">
          <Title order={2} id={headingId}>
            {title}
          </Title>
          {right}
        </Group>
      )}
      <Box px={isFlush === true ? 0 : 'md'} pb={isFlush === true ? 0 : 'md'} pt={title === undefined && isFlush !== true ? 'md' : 0}>
        {children}
      </Box>
    </Box>
  );
}

/** A name and its value, one under the other. */
export function Fact(props: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Box miw={0}>
      <Text size="xs" c="dimmed">
        {props.name}
      </Text>
      <Text size="sm" component="div" className="figures wrap">
        {props.children}
      </Text>
    </Box>
  );
}
