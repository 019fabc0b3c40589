// SPDX-License-Identifier: Apache-2.0
import type { Flow } from '../../model/flow.ts';
import type { TrafficRule } from '../../model/response.ts';

/** True when the rule takes out the whole conversation; rules with functions take out single messages: {@link touchesFlow}. */
export function cutsFlow(rule: TrafficRule, flow: Flow): boolean {
  return rule.functions === null && touchesFlow(rule, flow);
}

/** True when the rule is about this conversation, in the direction in which it names client and server. */
export function touchesFlow(rule: TrafficRule, flow: Flow): boolean {
  if (rule.transport !== null && rule.transport !== flow.transport) return false;
  if (rule.serverPort !== null && rule.serverPort !== flow.serverPort) return false;
  if (rule.protocol !== null && rule.protocol !== flow.protocol) return false;
  if (rule.mac !== null && rule.clientAddress === null && rule.serverAddress === null)
    return rule.mac === flow.clientAddress || rule.mac === flow.serverAddress;
  // A rule for one address alone (isolation) means whatever that address takes part in.
  if (rule.serverAddress === null) return rule.clientAddress === null || rule.clientAddress === flow.clientAddress || rule.clientAddress === flow.serverAddress;
  if (rule.clientAddress === null) return rule.serverAddress === flow.serverAddress || rule.serverAddress === flow.clientAddress;
  if (rule.clientAddress === flow.clientAddress && rule.serverAddress === flow.serverAddress) return true;
  // Without a port the rule is about everything between the two, whoever began.
  return rule.serverPort === null && rule.functions === null && rule.clientAddress === flow.serverAddress && rule.serverAddress === flow.clientAddress;
}
