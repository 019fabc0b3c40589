// SPDX-License-Identifier: Apache-2.0
import {
  ActionIcon,
  Badge,
  Box,
  Burger,
  Group,
  Menu,
  SegmentedControl,
  Text,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLogout, IconMoon, IconShieldLock, IconSun, IconTestPipe, IconUserCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { LevelPill } from '../parts/level.tsx';
import { Mark } from '../parts/mark.tsx';
import { useLive } from './live.ts';
import { overviewQuery, sessionQuery } from './queries.ts';
import { useSignOut } from './session.ts';
import { useWords } from './words.ts';

/** Name and state of the site on every page; language, light and dark, and the own account at the right. */
export function HeaderBar(props: { readonly isMenuOpen: boolean; readonly onMenu: () => void }) {
  const { say } = useWords();
  const { data } = useQuery(overviewQuery);
  return (
    <Group h="100%" px="md" gap="sm" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Burger opened={props.isMenuOpen} onClick={props.onMenu} hiddenFrom="md" size="sm" aria-label={say('frame.menu')} aria-expanded={props.isMenuOpen} />
        <UnstyledButton component={Link} to="/overview" aria-label={say('frame.home')}>
          <Mark isShort />
        </UnstyledButton>
        <Text fw={600} truncate visibleFrom="sm">
          {data?.siteName ?? ''}
        </Text>
        {data !== undefined && <LevelPill level={data.level} />}
        {data?.isDemonstration === true && (
          <Tooltip label={say('frame.demonstrationText')} multiline maw={300}>
            <Badge
              variant="default"
              tabIndex={0}
              visibleFrom="md"
              tt="none"
              radius="sm"
              fw={500}
              leftSection={<IconTestPipe size={13} aria-hidden />}
              style={{ flexShrink: 0 }}
            >
              {say('frame.demonstration')}
            </Badge>
          </Tooltip>
        )}
      </Group>
      <Group gap="xs" wrap="nowrap">
        <LineSign />
        <LanguageSwitch />
        <Box visibleFrom="xs">
          <SchemeSwitch />
        </Box>
        <AccountMenu />
      </Group>
    </Group>
  );
}

function LineSign() {
  const { state } = useLive();
  const { say, name } = useWords();
  const colour = state === 'live' ? 'var(--ok)' : state === 'lost' ? 'var(--severity-critical)' : 'var(--severity-info)';
  return (
    <Tooltip label={say(`line.hint.${state}`)}>
      <Group gap={6} wrap="nowrap" tabIndex={0} role="status" visibleFrom="sm">
        <Box w={8} h={8} style={{ borderRadius: state === 'lost' ? 1 : 4, background: colour, transform: state === 'lost' ? 'rotate(45deg)' : undefined }} />
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {name('line.state', state)}
        </Text>
      </Group>
    </Tooltip>
  );
}

export function LanguageSwitch() {
  const { language, change, say } = useWords();
  return (
    <SegmentedControl
      size="xs"
      aria-label={say('frame.language')}
      value={language}
      onChange={(value) => change(value === 'ja' ? 'ja' : 'en')}
      data={[
        { value: 'ja', label: '日本語' },
        { value: 'en', label: 'EN' },
      ]}
    />
  );
}

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const { say } = useWords();
  const label = scheme === 'dark' ? say('frame.light') : say('frame.dark');
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={34} aria-label={label} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
        {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu() {
  const { data } = useQuery(sessionQuery);
  const { say, name } = useWords();
  const signOut = useSignOut();
  const { toggleColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const account = data?.account;
  if (account === undefined || account === null) return null;
  return (
    <Menu position="bottom-end" width={240} withArrow>
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label={say('frame.account', { name: account.displayName })}>
          <IconUserCircle size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {account.displayName} · {name('role', account.role)}
        </Menu.Label>
        <Menu.Item component={Link} to="/accounts#security" leftSection={<IconShieldLock size={16} />}>
          {say('frame.security')}
        </Menu.Item>
        <Menu.Item hiddenFrom="xs" leftSection={scheme === 'dark' ? <IconSun size={16} /> : <IconMoon size={16} />} onClick={toggleColorScheme}>
          {say(scheme === 'dark' ? 'frame.light' : 'frame.dark')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {say('frame.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
