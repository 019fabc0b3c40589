// SPDX-License-Identifier: Apache-2.0
import type { Feature, FunctionFeature } from '../../model/feature.ts';
import type { FlowTable, Sightings } from '../../model/flow.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { createMessageMemo, type MemoRow, type MessageMemo } from './memo.ts';
import { createRecounter } from './recount.ts';

/** Where the capture stands at the end of a batch. */
export interface Moment {
  /** Packets in this batch. */
  readonly packets: number;
  /** Time of its last packet. */
  readonly atMs: number;
}

/** Features of one batch; valid until the next batch is measured. */
export interface Measured {
  readonly features: readonly Feature[];
  readonly moment: Moment;
  /** Numbers of the packets whose messages the feature stands for, in order; empty for bindings and conversations: the flow knows theirs. */
  packetsOf(index: number): readonly number[];
  /** The norm holds this feature: equal messages of its flow are left out until the epoch changes. */
  hold(index: number): void;
}

export interface Measurer {
  /**
   * Features of one batch, bindings and conversations before functions. `epoch` changes whenever what was held has to be told again.
   * The caller must have given the flow table the same batch.
   */
  measure(messages: MessageBatch, sightings: Sightings, moment: Moment, epoch: number): Measured;
  /** What has not been told yet: packets of conversations since they were last counted. */
  finish(moment: Moment): Measured;
}

/** Turns what a batch of packets brought into features: the only thing detectors see. */
export function createMeasurer(flows: FlowTable): Measurer {
  const memo = createMessageMemo();
  const recounter = createRecounter(flows);
  let batch = 0;
  /** For each row of the batch the next equal one, -1 at the end. Used again for each batch. */
  let chain = new Int32Array(4096);
  return {
    measure: (messages, sightings, moment, epoch) => {
      batch += 1;
      const features: Feature[] = sightings.bindings.map((binding) => recounter.bind(binding));
      for (const flow of sightings.opened) {
        memo.forget(flow);
        if (!isAddressResolution(flows, flow)) features.push(recounter.open(flow));
      }
      const opened = new Set(sightings.opened);
      for (const flow of sightings.identified) if (!opened.has(flow) && !isAddressResolution(flows, flow)) features.push(recounter.identify(flow));
      recounter.recount(features, moment.packets, moment.atMs, false);
      if (chain.length < messages.count) chain = new Int32Array(messages.count * 2);
      const groups = groupMessages(messages, flows, memo, batch, epoch, chain);
      const base = features.length;
      for (const group of groups) features.push(measureFunction(group, messages, flows));
      return {
        features,
        moment,
        packetsOf: (index) => packetsOfGroup(groups[index - base], messages, chain),
        hold: (index) => {
          const group = groups[index - base];
          if (group !== undefined) group.memo.heldEpoch = epoch;
        },
      };
    },
    finish: (moment) => {
      const features: Feature[] = [];
      recounter.recount(features, moment.packets, moment.atMs, true);
      return { features, moment, packetsOf: () => [], hold: () => {} };
    },
  };
}

function isAddressResolution(flows: FlowTable, flow: number): boolean {
  const service = flows.service(flow);
  return service === 'arp' || service === 'ethernet/0x0806';
}

/** Equal messages of one flow in one batch: a chain through the rows of the batch. */
interface Group {
  readonly memo: MemoRow;
  readonly first: number;
  last: number;
  count: number;
}

function groupMessages(messages: MessageBatch, flows: FlowTable, memo: MessageMemo, batch: number, epoch: number, chain: Int32Array): readonly Group[] {
  const list: Group[] = [];
  for (let index = 0; index < messages.count; index += 1) {
    const message = messages.rows[index] as MessageRow; // rows below count are filled
    if (message.protocol === 'unknown' || (message.protocol === 'arp' && !asksEveryone(message, flows))) continue;
    const row = memo.find(message);
    if (row.heldEpoch === epoch) continue;
    chain[index] = -1;
    if (row.batch === batch) {
      const group = list[row.group] as Group; // a row of this batch names one of its groups
      chain[group.last] = index;
      group.last = index;
      group.count += 1;
      continue;
    }
    row.batch = batch;
    row.group = list.length;
    list.push({ memo: row, first: index, last: index, count: 1 });
  }
  return list;
}

/**
 * Address resolution follows from every conversation and says nothing of its own, but for two things: who claims an address (a binding,
 * layer 0) and who asks everyone for an address (how a network is scanned).
 */
function asksEveryone(message: MessageRow, flows: FlowTable): boolean {
  return message.functionName === 'request' && flows.isMulticast(message.flow);
}

function packetsOfGroup(group: Group | undefined, messages: MessageBatch, next: Int32Array): readonly number[] {
  const packets: number[] = [];
  // `!`: the chain leads through filled rows only.
  for (let index = group?.first ?? -1; index >= 0; index = next[index]!) packets.push(messages.rows[index]!.packet);
  return packets;
}

/** Texts from the wire are made well-formed here, so that everything behind can write them as JSON. */
function measureFunction(group: Group, messages: MessageBatch, flows: FlowTable): FunctionFeature {
  const first = messages.rows[group.first] as MessageRow; // groups name filled rows
  const last = messages.rows[group.last] as MessageRow; // likewise
  return {
    kind: 'function',
    packet: first.packet,
    atMs: first.atMs,
    lastMs: last.atMs,
    count: group.count,
    flow: first.flow,
    client: flows.clientAddress(first.flow),
    server: flows.serverAddress(first.flow),
    service: first.protocol,
    fromClient: first.fromClient,
    messageKind: first.kind,
    unit: first.unit,
    functionName: first.functionName.toWellFormed(),
    object: first.object.toWellFormed(),
    objectFirst: first.objectFirst,
    objectCount: first.objectCount,
    status: first.status.toWellFormed(),
    isMulticast: flows.isMulticast(first.flow),
  };
}
