// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { PacketSource } from '../../model/packet.ts';
import { openLive } from '../../watch/capture/live-capture.node.ts';
import type { Enforcer } from '../../watch/response/enforcer.ts';
import { createNftablesEnforcer } from '../../watch/response/nftables.node.ts';
import type { Configuration, Source } from './configuration.ts';
import { functionCodeOf, functionOffsetBytes } from './knowledge.ts';
import { type PlantRunner, runPlant } from './plant-runner.ts';

export interface OpenedSource {
  readonly source: PacketSource;
  readonly describe: string;
  readonly plant: PlantRunner | undefined;
}

/** Opens where packets come from. Raises ShinraiError `site` for a source that names nothing to open, and what the capture raises. */
export async function openSource(place: Source, clock: Clock, firstNumber: number): Promise<OpenedSource> {
  if (place.kind === 'plant') {
    const plant = runPlant({ seed: place.seed ?? 1, clock, functionCodeOf, firstNumber });
    return { source: plant.source, describe: 'simulated water plant', plant };
  }
  if (place.interface === undefined) throw new ShinraiError('site', `Cannot open source "${place.name}": its interface is missing`);
  return { source: await openLive(place.interface, { firstNumber }), describe: place.interface, plant: undefined };
}

/** Where traffic is taken off the wire; undefined where the site has no such place: then only watching and telling is proposed. */
export function openEnforcer(configuration: Configuration, plant: PlantRunner | undefined): Enforcer | undefined {
  const { kind, namespace } = configuration.enforcement;
  if (kind === 'plant-switch') return plant?.enforcer;
  if (kind === 'nftables') return createNftablesEnforcer({ functionCodeOf, functionOffsetBytes, ...(namespace === undefined ? {} : { namespace }) });
  return undefined;
}

/** An enforcement point that has nothing in force and takes nothing. */
export const noEnforcer: Enforcer = {
  name: 'none',
  endsByItself: true,
  apply: async () => {
    throw new ShinraiError('enforce', 'Cannot take traffic off the wire: no enforcement point is configured', { hint: 'Set "enforcement" in shinrai.json' });
  },
  remove: async () => {},
  packetsStopped: async () => undefined,
  inForce: async () => [],
};
