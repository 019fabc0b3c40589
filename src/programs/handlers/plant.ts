// SPDX-License-Identifier: Apache-2.0
import { attackNames } from '../../plant/attack.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import { Problem } from '../../platform/http/problem.ts';
import { type BoundRoute, bind } from '../../platform/http/route.ts';
import * as site from '../api/site.ts';
import type { PlantRunner } from '../site/plant-runner.ts';

/** Routes of the simulated plant; on a real site they answer that there is none. */
export function bindPlant(runner: PlantRunner | undefined, hub: EventHub, record: (who: string, what: string) => Promise<void>): readonly BoundRoute[] {
  const view = (): site.PlantView => {
    if (runner === undefined) throw new Problem(404, 'no-plant', 'Cannot show the simulated plant: this is a real site');
    return viewPlant(runner);
  };
  return [
    bind(site.getPlant, view),
    bind(site.startPlantAttack, async ({ body, caller }) => {
      view();
      const plant = runner?.plant;
      const name = attackNames.find((candidate) => candidate === body.name);
      if (body.name !== null && name === undefined)
        throw new Problem(422, 'unknown-attack', `Cannot start "${body.name}": there are ${attackNames.join(', ')}`);
      plant?.stopAttack();
      if (name !== undefined) plant?.startAttack(name);
      await record(caller?.name ?? '', name === undefined ? 'stopped the simulated attack' : `started the simulated attack ${name}`);
      hub.publish('plant', { id: name ?? '' });
      return view();
    }),
  ];
}

function viewPlant({ plant, samples, isCatchingUp }: PlantRunner): site.PlantView {
  const state = plant.state();
  return {
    isSimulated: true,
    speed: isCatchingUp() ? 60 : plant.speed,
    simulatedMs: plant.nowMs,
    values: samples().at(-1)?.values ?? {},
    states: {
      pump1: state.pumps.isP1Running,
      pump2: state.pumps.isP2Running,
      dosing: state.pumps.isDosing,
      ...Object.fromEntries(state.alarms.map((name) => [`alarm.${name}`, true])),
      ...Object.fromEntries(state.limitsBroken.map((name) => [`broken.${name}`, true])),
    },
    history: samples(),
    attack: state.attack === undefined ? null : `${state.attack.name} ${state.attack.phase}`,
    attacks: [...attackNames],
    note: { key: 'plant.simulated', with: {} },
  };
}
