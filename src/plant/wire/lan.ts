// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../base/random.ts';
import { broadcastMac } from './addresses.ts';
import { Host } from './host.ts';
import type { Schedule } from './schedule.ts';
import type { Switch } from './switch.ts';

export interface HostCable {
  readonly host: Host;
  /** Pulls the cable: nothing is sent or received any more, connections end without a word. */
  unplug(): void;
}

/** Puts a new host on a free port of the switch. Its interface takes frames to itself and to all. `address` 0 = none yet (DHCP). */
export function plugHost(
  lan: { readonly schedule: Schedule; readonly switch: Switch },
  device: { readonly name: string; readonly mac: number; readonly address: number; readonly ttl: number; readonly random: Random },
): HostCable {
  const port = lan.switch.plug((frame) => {
    if (frame.destinationMac === host.mac || frame.destinationMac === broadcastMac) host.receive(frame);
  });
  const host = new Host({
    ...device,
    schedule: lan.schedule,
    transmit: (frame) => port.send(frame, 0.015 + device.random.next() * 0.045), // What a driver and a network card take.
  });
  const unplug = (): void => {
    port.unplug();
    host.tcp.vanish();
    host.forgetNeighbours();
  };
  return { host, unplug };
}
