// SPDX-License-Identifier: Apache-2.0
import type { BindingFeature, ConversationFeature, FunctionFeature } from '../model/feature.ts';

/** Features for tests: a small plant in which 10.0.0.5 polls 10.0.0.9. Every part can be replaced. */
export function sampleBinding(parts: Partial<BindingFeature> = {}): BindingFeature {
  return {
    kind: 'binding',
    packet: 1,
    atMs: 1000,
    lastMs: 1000,
    count: 1,
    flow: 0,
    address: '10.0.0.5',
    mac: '00:00:5e:00:53:05',
    vlan: 0,
    isClaim: false,
    ...parts,
  };
}

/** A conversation of the small plant: Modbus from 10.0.0.5 to 10.0.0.9. */
export function sampleConversation(parts: Partial<ConversationFeature> = {}): ConversationFeature {
  return {
    kind: 'conversation',
    packet: 1,
    atMs: 1000,
    lastMs: 1000,
    count: 1,
    flow: 0,
    client: '10.0.0.5',
    server: '10.0.0.9',
    service: 'modbus',
    door: 'tcp/502',
    isMulticast: false,
    ...parts,
  };
}

/** A request of the small plant: ten holding registers from 0 on of unit 1. */
export function sampleFunction(parts: Partial<FunctionFeature> = {}): FunctionFeature {
  return {
    kind: 'function',
    packet: 1,
    atMs: 1000,
    lastMs: 1000,
    count: 1,
    flow: 0,
    client: '10.0.0.5',
    server: '10.0.0.9',
    service: 'modbus',
    fromClient: true,
    messageKind: 'request',
    unit: 1,
    functionName: 'read-holding-registers',
    object: 'holding-register',
    objectFirst: 0,
    objectCount: 10,
    status: 'ok',
    isMulticast: false,
    ...parts,
  };
}
