// SPDX-License-Identifier: Apache-2.0
import { isHardwareAddress } from '../../model/address.ts';
import type { TrafficRule } from '../../model/response.ts';
import type { ActionKind } from '../action.ts';

const anything: Omit<TrafficRule, 'clientAddress' | 'serverAddress' | 'mac'> = { transport: null, serverPort: null, protocol: null, functions: null };

/** Takes everything of one device off the wire, in both directions, by its hardware address where that is known. */
export const isolateDevice: ActionKind = {
  name: 'isolate-device',
  openc2: 'contain',
  burden: 0.3,
  propose: ({ incident, limitMs, macOf }) => {
    const { origin } = incident;
    if (origin === null) return undefined;
    // Who took another's address is known by its hardware address alone: the IP address is the victim's.
    if (isHardwareAddress(origin))
      return { name: 'isolate-device', target: origin, rules: [{ ...anything, clientAddress: null, serverAddress: null, mac: origin }], limitMs };
    const mac = macOf(origin);
    const rules: readonly TrafficRule[] = [
      { ...anything, clientAddress: origin, serverAddress: null, mac: null },
      { ...anything, clientAddress: null, serverAddress: origin, mac: null },
      ...(mac === undefined ? [] : [{ ...anything, clientAddress: null, serverAddress: null, mac }]),
    ];
    return { name: 'isolate-device', target: origin, rules, limitMs };
  },
  why: (action) => ({ key: 'response.why.isolate-device', with: { target: action.target } }),
};
