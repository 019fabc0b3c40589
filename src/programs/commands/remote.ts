// SPDX-License-Identifier: Apache-2.0
import * as evidence from '../../share/evidence/routes.ts';
import * as incident from '../../watch/incident/routes.ts';
import * as norm from '../../watch/norm/routes.ts';
import * as response from '../../watch/response/routes.ts';
import * as traffic from '../../watch/traffic/routes.ts';
import * as site from '../api/site.ts';
import type { Command } from '../command.ts';
import { createRemoteCommand } from '../remote.ts';

/** What people do in the console, for scripts: one line a command, made from the route's declaration. */
export const remoteCommands: readonly Command[] = [
  createRemoteCommand('overview', site.getOverview),
  createRemoteCommand('findings list', incident.listFindings),
  createRemoteCommand('findings show', incident.getFinding),
  createRemoteCommand('incidents list', incident.listIncidents),
  createRemoteCommand('incidents show', incident.getIncident),
  createRemoteCommand('incidents set', incident.changeIncident),
  createRemoteCommand('responses list', response.listResponses),
  createRemoteCommand('responses show', response.getResponse),
  createRemoteCommand('responses consent', response.consentResponse),
  createRemoteCommand('responses decline', response.declineResponse),
  createRemoteCommand('responses undo', response.undoResponse),
  createRemoteCommand('assets list', traffic.listAssets),
  createRemoteCommand('assets note', traffic.noteAsset),
  createRemoteCommand('norm show', norm.getNorm),
  createRemoteCommand('norm list', norm.listNormEntries),
  createRemoteCommand('norm decide', norm.decideNormEntry),
  createRemoteCommand('evidence list', evidence.listEvidence),
  createRemoteCommand('evidence show', evidence.getEvidence),
  createRemoteCommand('plant show', site.getPlant),
  createRemoteCommand('plant attack', site.startPlantAttack),
];
