// SPDX-License-Identifier: Apache-2.0
import { isIpAddress } from '../../model/address.ts';
import type { TrafficRule } from '../../model/response.ts';
import { type ActionKind, findingsOfOrigin, nameTargets } from '../action.ts';

const rulesMax = 64;
const acting: readonly string[] = ['write', 'program', 'mode', 'stop-start', 'firmware'];

/**
 * Takes everything between the origin and its targets off the wire: the targets that it acts upon, or all while it acts upon none.
 * Not one port alone: whoever is refused at one door tries the next.
 */
export const denyFlow: ActionKind = {
  name: 'deny-flow',
  openc2: 'deny',
  burden: 0.1,
  propose: (context) => {
    const { origin } = context.incident;
    if (origin === null || !isIpAddress(origin)) return undefined;
    const findings = findingsOfOrigin(context);
    const graver = findings.filter((finding) => finding.operation !== null && acting.includes(finding.operation));
    const targets = [...new Set((graver.length > 0 ? graver : findings).flatMap((finding) => finding.addresses.slice(1)))].filter(isIpAddress);
    if (targets.length === 0 || targets.length > rulesMax) return undefined;
    const rules = targets.map(
      (target): TrafficRule => ({
        clientAddress: origin,
        serverAddress: target,
        transport: null,
        serverPort: null,
        protocol: null,
        functions: null,
        mac: null,
      }),
    );
    return { name: 'deny-flow', target: `${origin} > ${nameTargets(targets)}`, rules, limitMs: context.limitMs };
  },
  why: (action) => ({ key: 'response.why.deny-flow', with: { target: action.target } }),
};
