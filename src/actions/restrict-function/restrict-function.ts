// SPDX-License-Identifier: Apache-2.0
import type { TrafficRule } from '../../model/response.ts';
import { type ActionKind, findingsOfOrigin, nameTargets } from '../action.ts';

/** Takes out only the functions that act upon the process, between the origin and its targets; reading goes on. */
export const restrictFunction: ActionKind = {
  name: 'restrict-function',
  openc2: 'restrict',
  burden: 0.05,
  propose: (context) => {
    const { origin } = context.incident;
    if (origin === null) return undefined;
    const rules = new Map<string, TrafficRule>();
    for (const finding of findingsOfOrigin(context)) {
      const functions = context.actingFunctionsOf(finding.service);
      if (functions.length === 0) continue;
      for (const target of finding.addresses.slice(1)) {
        const place = context.portOf(target, finding.service);
        if (place === undefined) continue;
        rules.set(`${target} ${finding.service}`, {
          clientAddress: origin,
          serverAddress: target,
          transport: place.transport,
          serverPort: place.port,
          protocol: finding.service,
          functions,
          mac: null,
        });
      }
    }
    if (rules.size === 0) return undefined;
    return {
      name: 'restrict-function',
      target: `${origin} > ${nameTargets([...rules.values()].map((rule) => rule.serverAddress ?? '*'))}`,
      rules: [...rules.values()],
      limitMs: context.limitMs,
    };
  },
  why: (action) => ({ key: 'response.why.restrict-function', with: { target: action.target, protocol: action.rules[0]?.protocol ?? '' } }),
};
