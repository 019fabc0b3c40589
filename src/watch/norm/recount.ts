// SPDX-License-Identifier: Apache-2.0
import type { BindingFeature, ConversationFeature, Feature } from '../../model/feature.ts';
import type { Binding, FlowTable } from '../../model/flow.ts';
import { collapseServer, doorOf } from './door.ts';

/** How often conversations are counted again: not before this time, nor for fewer packets than this a flow, so that reading the table costs little. */
const recountMs = 60_000;
const recountPacketsPerFlow = 4;

export interface Recounter {
  /** The flow's row now stands for a new conversation: its feature. */
  open(flow: number): ConversationFeature;
  /** The conversation's service was recognised: its feature, which counts the packets since the last one. */
  identify(flow: number): ConversationFeature;
  /** An address was seen behind a hardware address for the first time: its feature. */
  bind(binding: Binding): BindingFeature;
  /** Adds features for what went on in conversations that are long known, when it is time (or always at the end). */
  recount(features: Feature[], packets: number, atMs: number, isEnd: boolean): void;
}

interface Bound {
  readonly feature: BindingFeature;
  /** Two hardware addresses were seen: packets of the address cannot be told apart any more. */
  hasRival: boolean;
  packets: number;
}

/**
 * Conversations and bindings are told once, when they begin; but an entry of the norm rests on how often and how long something is
 * seen. So they are counted again from the flow table now and then.
 */
export function createRecounter(flows: FlowTable): Recounter {
  /** Packets of each flow that features have told of. */
  const told: number[] = [];
  const boundOf = new Map<string, Bound>();
  let packetsSince = 0;
  let lastMs = Number.NEGATIVE_INFINITY;

  const conversation = (flow: number, packet: number, isOpened: boolean): ConversationFeature => {
    const packets = flows.packets(flow);
    const lastMs = flows.lastMs(flow);
    const count = isOpened ? packets : Math.max(1, packets - (told[flow] ?? 0));
    told[flow] = packets;
    const service = flows.service(flow);
    const door = doorOf(flows.transport(flow), flows.serverPort(flow), service);
    return {
      kind: 'conversation',
      packet,
      atMs: isOpened || packet > 0 ? flows.firstMs(flow) : lastMs,
      lastMs,
      count,
      flow,
      client: flows.clientAddress(flow),
      server: collapseServer(flows.serverAddress(flow)),
      service: isRecognised(flows, flow, service) ? service : door,
      door,
      isMulticast: flows.isMulticast(flow),
    };
  };
  const firstPacket = (flow: number): number => flows.packetNumbers(flow)[0] ?? 0;

  return {
    open: (flow) => conversation(flow, firstPacket(flow), true),
    identify: (flow) => conversation(flow, firstPacket(flow), false),
    bind: (binding) => {
      const { address, mac, vlan, packet, atMs, flow, isClaim } = binding;
      const feature: BindingFeature = { kind: 'binding', address, mac, vlan, packet, atMs, lastMs: atMs, count: 1, flow, isClaim };
      const bound = boundOf.get(address);
      if (bound === undefined) boundOf.set(address, { feature, hasRival: false, packets: 0 });
      else if (bound.feature.mac !== mac || bound.feature.vlan !== vlan) bound.hasRival = true;
      return feature;
    },
    recount: (features, packets, atMs, isEnd) => {
      packetsSince += packets;
      if (lastMs === Number.NEGATIVE_INFINITY) lastMs = atMs;
      const isTime = atMs - lastMs >= recountMs && packetsSince >= flows.count * recountPacketsPerFlow;
      if (!isTime && !isEnd) return;
      packetsSince = 0;
      lastMs = atMs;
      for (let flow = 0; flow < flows.count; flow += 1) {
        const before = told[flow];
        if (before === undefined) continue;
        const fresh = flows.packets(flow) - before;
        if (fresh <= 0) continue;
        const feature = conversation(flow, 0, false);
        features.push(feature);
        for (const address of [feature.client, feature.server]) {
          const bound = boundOf.get(address);
          if (bound !== undefined) bound.packets += fresh;
        }
      }
      for (const bound of boundOf.values()) {
        if (bound.packets > 0 && !bound.hasRival) features.push({ ...bound.feature, packet: 0, atMs, lastMs: atMs, count: bound.packets });
        bound.packets = 0;
      }
    },
  };
}

function isRecognised(flows: FlowTable, flow: number, service: string): boolean {
  return service !== `${flows.transport(flow)}/${flows.serverPort(flow)}`;
}
