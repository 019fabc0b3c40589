// SPDX-License-Identifier: Apache-2.0
import { Badge, Divider, Group, Stack, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconDevices,
  IconDropletHalf2Filled,
  IconGauge,
  IconHandStop,
  IconLink,
  IconSettings,
  IconSitemap,
  IconUrgent,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { NavLink } from 'react-router';
import { byIncident } from '../parts/by-incident.ts';
import { overviewQuery } from './queries.ts';
import { type TextKey, useWords } from './words.ts';

interface Place {
  readonly to: string;
  readonly text: TextKey;
  readonly icon: Icon;
}
const plant: Place = { to: '/plant', text: 'nav.plant', icon: IconDropletHalf2Filled };
const watching: readonly Place[] = [
  { to: '/overview', text: 'nav.overview', icon: IconGauge },
  { to: '/incidents', text: 'nav.incidents', icon: IconUrgent },
  { to: '/responses', text: 'nav.responses', icon: IconHandStop },
  { to: '/findings', text: 'nav.findings', icon: IconAlertTriangle },
];
const knowing: readonly Place[] = [
  { to: '/map', text: 'nav.map', icon: IconSitemap },
  { to: '/assets', text: 'nav.assets', icon: IconDevices },
  { to: '/evidence', text: 'nav.evidence', icon: IconLink },
];
const keeping: readonly Place[] = [
  { to: '/accounts', text: 'nav.accounts', icon: IconUsers },
  { to: '/settings', text: 'nav.settings', icon: IconSettings },
];

/** The way around, with how many things wait at each place. */
export function Navigation() {
  const { data } = useQuery(overviewQuery);
  const { say } = useWords();
  const counts: Readonly<Record<string, number>> = { '/incidents': data?.counts.incidentsOpen ?? 0, '/responses': byIncident(data?.decisions ?? []).length };
  const draw = (places: readonly Place[]) =>
    places.map((place) => <PlaceLink key={place.to} place={place} text={say(place.text)} count={counts[place.to] ?? 0} />);
  return (
    <Stack gap={2} py="xs">
      {draw(watching)}
      <Divider my="xs" />
      {draw(data?.isDemonstration === true ? [...knowing, plant] : knowing)}
      <Divider my="xs" />
      {draw(keeping)}
    </Stack>
  );
}

function PlaceLink(props: { readonly place: Place; readonly text: string; readonly count: number }) {
  const { say } = useWords();
  const PlaceIcon = props.place.icon;
  return (
    <NavLink to={props.place.to} className="nav-link place">
      <Group gap="sm" wrap="nowrap" flex={1}>
        <PlaceIcon size={19} stroke={1.7} aria-hidden />
        <Text size="sm" inherit>
          {props.text}
        </Text>
      </Group>
      {props.count > 0 && (
        <Badge size="sm" circle={props.count < 10} variant="filled" color="red" aria-label={say('nav.waiting', { count: props.count })}>
          {props.count}
        </Badge>
      )}
    </NavLink>
  );
}
