// SPDX-License-Identifier: Apache-2.0
import type { ActionContext } from '../../actions/action.ts';
import type { Detector } from '../../detectors/detector.ts';
import type { Flow, FlowTable } from '../../model/flow.ts';
import { findOperation, protocols } from '../../protocols/index.ts';
import type { OperationClass } from '../../protocols/protocol.ts';
import { featureOfFlow } from '../../watch/norm/door.ts';
import type { Traffic } from '../../watch/traffic/traffic.ts';
import type { Registry } from './registry.ts';
import type { Sensor } from './sensor.ts';

/** Classes of operations that act upon the process; the others look, or keep a conversation going. */
const actingClasses: readonly OperationClass[] = ['write', 'program', 'mode', 'stop-start', 'firmware'];

/** Names of a protocol's functions that act upon the process: what a restriction takes out. */
export function actingFunctionsOf(protocol: string): readonly string[] {
  const found = protocols.find((candidate) => candidate.name === protocol);
  return (found?.operations ?? [])
    .filter((operation) => operation.code !== undefined && actingClasses.includes(operation.class))
    .map((operation) => operation.name);
}

/** Number on the wire of a function by its name. */
export function functionCodeOf(protocol: string, name: string): number | undefined {
  return findOperation(protocol, name)?.code;
}

/** Where the function code stands behind the TCP header, for protocols in which that is fixed. Source: Modbus TCP Implementation Guide V1.0b, section 3.1.3. */
export function functionOffsetBytes(protocol: string): number | undefined {
  return protocol === 'modbus' ? 7 : undefined;
}

const flowsLookedAtMax = 100_000;

/** Port and transport on which a server was seen to offer a service, newest conversations first. */
export function findPort(flows: FlowTable, address: string, service: string): ReturnType<ActionContext['portOf']> {
  for (let flow = flows.count - 1; flow >= Math.max(0, flows.count - flowsLookedAtMax); flow -= 1) {
    if (flows.serverAddress(flow) !== address || flows.service(flow) !== service) continue;
    const transport = flows.transport(flow);
    if (transport === 'tcp' || transport === 'udp') return { transport, port: flows.serverPort(flow) };
  }
  return undefined;
}

/** Hardware address last seen behind an address. */
export function findMac(traffic: Traffic, address: string): string | undefined {
  return traffic.bindings.findLast((binding) => binding.address === address)?.mac;
}

/** Does the learnt norm hold this conversation? Asks the detector of conversations, and changes nothing. */
export function isInNorm(detectors: readonly Detector[], flow: Flow): boolean {
  const conversation = detectors.find((detector) => detector.name === 'conversation');
  const service = flow.protocol === 'unknown' && flow.serverPort !== null ? `${flow.transport}/${flow.serverPort}` : flow.protocol;
  return conversation !== undefined && conversation.judge(featureOfFlow(flow, service)) === undefined;
}

/** What the centre knows of a site: asked of the sensor's traffic and norm, and of what people said of devices. */
export interface Knowledge {
  isNormal(flow: Flow): boolean;
  isEssential(address: string): boolean;
  macOf(address: string): string | undefined;
  actingFunctionsOf(protocol: string): readonly string[];
  portOf: ActionContext['portOf'];
}

/** Joins the questions with who can answer them. */
export function createKnowledge(sensor: Sensor, registry: Registry): Knowledge {
  return {
    isNormal: (flow) => isInNorm(sensor.detectors, flow),
    isEssential: (address) => registry.byAddress(address)?.note.criticality === 'essential',
    macOf: (address) => findMac(sensor.traffic, address),
    actingFunctionsOf,
    portOf: (address, service) => findPort(sensor.traffic.flows, address, service),
  };
}
