// SPDX-License-Identifier: Apache-2.0
import { flag, integer, list, nullable, number, object, oneOf, record, type Static, text, union } from '../../base/schema.ts';
import { Finding, Words } from '../../model/finding.ts';
import { Incident } from '../../model/incident.ts';
import { Response } from '../../model/response.ts';
import { administrators, declareRoute, readers } from '../../platform/http/route.ts';
import { ChainState } from '../../share/evidence/routes.ts';
import { NormState } from '../../watch/norm/routes.ts';

/** What the sensor sees and misses. */
export const SensorState = object('SensorState', {
  name: text(),
  source: text({ description: 'Interface, file, or the simulated plant.' }),
  isSimulated: flag(),
  isRunning: flag(),
  packets: integer(),
  bytes: integer(),
  packetsPerSecond: number(),
  dropped: nullable(integer()),
  lastMs: nullable(number()),
});
export type SensorState = Static<typeof SensorState>;

/** The first page: how the site and its chain of trust stand, and what needs a decision now. */
export const Overview = object('Overview', {
  siteName: text(),
  isDemonstration: flag(),
  atMs: number(),
  level: oneOf(['calm', 'learning', 'attention', 'alarm']),
  headline: Words,
  sensors: list(SensorState),
  norm: NormState,
  chain: ChainState,
  openIncidents: list(Incident),
  decisions: list(Response, { description: 'Proposed responses that wait for consent, most urgent first.' }),
  running: list(Response),
  latestFindings: list(Finding),
  counts: object('OverviewCounts', { assets: integer(), newAssets: integer(), findingsDay: integer(), incidentsOpen: integer(), evidence: integer() }),
  /** Packets per second of the last ten minutes in steps of ten seconds, oldest first. */
  rate: list(number()),
});
export type Overview = Static<typeof Overview>;
export const getOverview = declareRoute({
  method: 'GET',
  path: '/api/overview',
  name: 'getOverview',
  summary: 'State of the site',
  access: readers,
  response: Overview,
});

export const Settings = object('Settings', {
  siteName: text({ minLength: 1, maxLength: 80 }),
  language: oneOf(['ja', 'en']),
  timeZone: text({ maxLength: 60 }),
  responseLimitMinutes: integer({ minimum: 1, maximum: 1440 }),
  packetsKeepMegabytes: integer({ minimum: 16, maximum: 1_048_576 }),
});
export type Settings = Static<typeof Settings>;
export const getSettings = declareRoute({
  method: 'GET',
  path: '/api/settings',
  name: 'getSettings',
  summary: 'Settings of the site',
  access: readers,
  response: Settings,
});
export const putSettings = declareRoute({
  method: 'PUT',
  path: '/api/settings',
  name: 'putSettings',
  summary: 'Change the settings of the site',
  access: administrators,
  body: Settings,
  response: Settings,
});

/** The simulated plant of the demonstration; 404 on a real site. */
export const PlantView = object('PlantView', {
  isSimulated: flag(),
  speed: number(),
  simulatedMs: number(),
  values: record(number(), { description: 'Levels, flows, set points with units in their names: tankLevelPercent, chlorineMgPerL …' }),
  states: record(flag(), { description: 'Pumps, valves, alarms.' }),
  history: list(object('PlantSample', { atMs: number(), values: record(number()) }), { description: 'The last ten minutes, a sample a second at most.' }),
  attack: nullable(text({ description: 'Scenario under way.' })),
  attacks: list(text()),
  note: union(text(), Words),
});
export type PlantView = Static<typeof PlantView>;
export const getPlant = declareRoute({
  method: 'GET',
  path: '/api/plant',
  name: 'getPlant',
  summary: 'The simulated plant (demonstration only)',
  access: readers,
  response: PlantView,
});
export const startPlantAttack = declareRoute({
  method: 'POST',
  path: '/api/plant/attack',
  name: 'startPlantAttack',
  summary: 'Start or stop an attack on the simulated plant (demonstration only)',
  access: ['operator', 'responder', 'analyst', 'trainer', 'administrator'],
  body: object('PlantAttackBody', { name: nullable(text({ maxLength: 40 })) }),
  response: PlantView,
});
