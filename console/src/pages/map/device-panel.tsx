// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Anchor, Badge, Box, Group, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconArrowNarrowLeft, IconArrowNarrowRight, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Severity, SiteMap } from '../../app/api.ts';
import { findingsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { Card } from '../../parts/page.tsx';
import { SeverityBadge, SeverityIcon } from '../../parts/severity.tsx';
import { Ago } from '../../parts/time.tsx';

type Device = SiteMap['devices'][number];

/** The chosen device; while none is chosen, all devices as a list, which is also the way for those who cannot see or point. */
export function DevicePanel(props: { readonly map: SiteMap; readonly chosen: string | null; readonly onChoose: (id: string | null) => void }) {
  const { map, onChoose } = props;
  const { say } = useWords();
  const device = map.devices.find((candidate) => candidate.id === props.chosen);
  if (device !== undefined) return <DeviceCard map={map} device={device} onChoose={onChoose} />;
  const isMarked = (device: Device): number => Number(device.severity !== null || device.isTarget);
  const rows = [...map.devices].sort((a, b) => isMarked(b) - isMarked(a) || a.name.localeCompare(b.name));
  return (
    <Card title={say('map.devices', { count: rows.length })} isFlush>
      <ScrollArea.Autosize mah="60vh" type="auto">
        {rows.map((row) => (
          <UnstyledButton
            key={row.id}
            onClick={() => onChoose(row.id)}
            className="row-link"
            w="100%"
            px="md"
            py={8}
            style={{ borderTop: '1px solid var(--line)' }}
          >
            <DeviceLine device={row} />
          </UnstyledButton>
        ))}
      </ScrollArea.Autosize>
    </Card>
  );
}

function DeviceLine(props: { readonly device: Device }) {
  const { device } = props;
  const { say, name } = useWords();
  return (
    <Group gap={10} wrap="nowrap">
      <img src={`/signs/${device.kind}.svg`} width={24} height={24} alt="" />
      <Box flex={1} miw={0}>
        <Text size="sm" fw={500} truncate>
          {device.name}
        </Text>
        <Text size="xs" c="dimmed">
          {name('deviceKind', device.kind)} · <span className="mono">{device.address}</span>
        </Text>
      </Box>
      {device.isIsolated && (
        <Badge color="gray" tt="none">
          {say('map.isolated')}
        </Badge>
      )}
      {device.isNew && (
        <Badge variant="outline" color="gray" tt="none">
          {say('map.new')}
        </Badge>
      )}
      {device.isTarget && (
        <Badge color="red" tt="none">
          {say('map.target')}
        </Badge>
      )}
      {/* The server names one of the severities; a text of a newer server is not drawn. */}
      {isSeverity(device.severity) && <SeverityIcon severity={device.severity} />}
    </Group>
  );
}

function DeviceCard(props: { readonly map: SiteMap; readonly device: Device; readonly onChoose: (id: string | null) => void }) {
  const { map, device, onChoose } = props;
  const { say, tell, name } = useWords();
  const links = map.links.filter((link) => link.fromId === device.id || link.toId === device.id);
  const findings = useInfiniteQuery(findingsQuery({ limit: 8, address: device.address }));
  const found = findings.data?.pages[0]?.items ?? [];
  return (
    <Card
      title={device.name}
      right={
        <ActionIcon variant="subtle" color="gray" aria-label={say('map.back')} onClick={() => onChoose(null)}>
          <IconX size={18} />
        </ActionIcon>
      }
    >
      <Stack gap="md" pt={4}>
        <Box>
          <Text size="sm" c="dimmed">
            {name('deviceKind', device.kind)} · <span className="mono">{device.address}</span>
            {device.zone !== null && <> · {device.zone}</>}
          </Text>
          <Group gap={6} mt={6}>
            {isSeverity(device.severity) && <SeverityBadge severity={device.severity} />}
            {device.isNew && (
              <Badge variant="outline" color="gray" tt="none">
                {say('map.new')}
              </Badge>
            )}
            {device.isTarget && (
              <Badge color="red" tt="none">
                {say('map.target')}
              </Badge>
            )}
            {device.isIsolated && (
              <Badge color="gray" tt="none">
                {say('map.isolated')}
              </Badge>
            )}
          </Group>
          <Anchor component={Link} to={`/assets/${device.id}`} size="sm" mt={6} display="inline-block">
            {say('map.toAsset')}
          </Anchor>
        </Box>
        <Box>
          <Text fw={600} size="sm" mb={4}>
            {say('map.peers', { count: links.length })}
          </Text>
          {links.map((link) => {
            const isClient = link.fromId === device.id;
            const peer = map.devices.find((candidate) => candidate.id === (isClient ? link.toId : link.fromId));
            return (
              <Group key={link.id} gap={6} py={3} wrap="nowrap">
                {isClient ? (
                  <IconArrowNarrowRight size={16} aria-label={say('map.asClient')} role="img" />
                ) : (
                  <IconArrowNarrowLeft size={16} aria-label={say('map.asServer')} role="img" />
                )}
                <UnstyledButton onClick={() => peer !== undefined && onChoose(peer.id)} fz="sm" td="underline" miw={0}>
                  {peer?.name ?? '?'}
                </UnstyledButton>
                <Text size="xs" c="dimmed" truncate>
                  {link.services.join(', ')} · <Ago atMs={link.lastMs} />
                </Text>
                {(link.isCut || !link.isNormal) && (
                  <Badge size="sm" variant="outline" color={link.isCut ? 'red' : 'orange'} tt="none" style={{ flexShrink: 0 }}>
                    {say(link.isCut ? 'map.cut' : 'map.unusual')}
                  </Badge>
                )}
              </Group>
            );
          })}
        </Box>
        <Box>
          <Text fw={600} size="sm" mb={4}>
            {say('map.findings')}
          </Text>
          {found.length === 0 && (
            <Text size="sm" c="dimmed">
              {say('map.noFindings')}
            </Text>
          )}
          {found.map((finding) => (
            <Group key={finding.id} gap={8} py={3} wrap="nowrap" align="flex-start">
              <SeverityIcon severity={finding.severity} />
              <Anchor component={Link} to={`/findings/${finding.id}`} size="sm" className="wrap">
                {tell(finding.words)}
              </Anchor>
            </Group>
          ))}
        </Box>
      </Stack>
    </Card>
  );
}

function isSeverity(value: string | null): value is Severity {
  return value === 'info' || value === 'low' || value === 'medium' || value === 'high' || value === 'critical';
}
