// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { AssetNote } from '../../model/asset.ts';
import type { DeviceName } from '../../plant/network.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import type { PlantRunner } from './plant-runner.ts';
import type { Registry } from './registry.ts';
import type { Sensor } from './sensor.ts';

/** What the people of the demonstration site have said of their devices, as they would on a real site. */
const notes: Readonly<Partial<Record<DeviceName, AssetNote>>> = {
  plc: { label: '制御装置 PLC', zone: '制御 / Control', criticality: 'essential', isConfirmed: true },
  'field-switch': { label: 'ポンプ場スイッチ', zone: '制御 / Control', criticality: 'high', isConfirmed: true },
  hmi: { label: '操作端末 HMI', zone: '監視 / Operation', criticality: 'high', isConfirmed: true },
  engineering: { label: '保守端末 Engineering', zone: '監視 / Operation', criticality: 'normal', isConfirmed: true },
  historian: { label: '履歴サーバー Historian', zone: '情報 / Information', criticality: 'normal', isConfirmed: true },
  services: { label: '共用サーバー Services', zone: '情報 / Information', criticality: 'normal', isConfirmed: true },
  camera: { label: 'タンクカメラ Camera', zone: '監視 / Operation', criticality: 'low', isConfirmed: true },
};
/** The attack begins this long after the norm was learnt and the plant has caught up with the clock. */
const attackAfterMs = 20_000;

export interface DemonstrationParts {
  readonly plant: PlantRunner | undefined;
  readonly sensor: Sensor;
  readonly registry: Registry;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly log: Log;
}

/** The story of the demonstration, looked at again and again: its devices get their labels, and once per start a stranger appears. Nothing on a real site. */
export function createDemonstration(parts: DemonstrationParts): () => Promise<void> {
  const { plant, sensor, hub, clock, log } = parts;
  let readyMs: number | undefined;
  let isShown = false;
  return async () => {
    if (plant === undefined) return;
    await labelDevices(parts, plant);
    if (isShown || sensor.watcher.phase === 'learning' || plant.isCatchingUp()) return;
    readyMs ??= clock.nowMs();
    if (clock.nowMs() - readyMs < attackAfterMs) return;
    isShown = true;
    if (plant.plant.state().attack !== undefined) return;
    plant.plant.startAttack('setpoint');
    hub.publish('plant', { id: 'setpoint' });
    log.info('the simulated attack has begun', { attack: 'setpoint' });
  };
}

async function labelDevices({ registry }: DemonstrationParts, { plant }: PlantRunner): Promise<void> {
  for (const device of plant.devices()) {
    const view = registry.byAddress(device.mac);
    const note = notes[device.name];
    if (view !== undefined && note !== undefined && view.note.label === null && !view.note.isConfirmed) await registry.note(view.asset.id, note);
  }
}
