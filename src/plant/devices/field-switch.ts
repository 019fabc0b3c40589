// SPDX-License-Identifier: Apache-2.0
import { concatBytes, toUtf8 } from '../../base/bytes.ts';
import { createFrame, etherTypes, writeMac } from '../wire/frames.ts';
import type { Schedule } from '../wire/schedule.ts';

const periodMs = 30_000; // IEEE 802.1AB-2016, 9.2.5.7: msgTxInterval
const lldpMac = 0x0180_c200_000e;

/** The small switch in the pump house: has no IP address and says who it is by LLDP. Source: IEEE 802.1AB-2016, section 8. */
export function runFieldSwitch(mac: number, schedule: Schedule, transmit: (frame: Uint8Array) => void): void {
  const announce = (): void => {
    schedule.after(periodMs, announce);
    const address = new Uint8Array(6);
    writeMac(address, 0, mac);
    const unit = concatBytes([
      item(1, concatBytes([Uint8Array.of(4), address])),
      item(2, concatBytes([Uint8Array.of(7), toUtf8('port-1')])),
      item(3, Uint8Array.of(0, 120)),
      item(5, toUtf8('pump-house')),
      item(6, toUtf8('Simulated switch of the Shinrai plant')),
      item(7, Uint8Array.of(0, 4, 0, 4)), // A bridge, and on.
      item(0, new Uint8Array(0)),
    ]);
    const frame = createFrame(lldpMac, mac, etherTypes.lldp, unit.length);
    frame.set(unit, 14);
    transmit(frame);
  };
  schedule.after(1_500, announce);
}

function item(kind: number, value: Uint8Array): Uint8Array {
  const head = (kind << 9) | value.length;
  return concatBytes([Uint8Array.of(head >>> 8, head & 0xff), value]);
}
