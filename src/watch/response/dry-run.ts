// SPDX-License-Identifier: Apache-2.0
import type { Gathered } from '../../line.ts';
import type { Flow } from '../../model/flow.ts';
import type { PacketBatch } from '../../model/packet.ts';
import type { Action, DryRun, TrafficRule } from '../../model/response.ts';
import { cutsFlow, touchesFlow } from './rule-match.ts';

/** What the dry run knows of the site. */
export interface SiteKnowledge {
  /** Is this conversation in the learnt norm? */
  readonly isNormal: (flow: Flow) => boolean;
  /** Does it serve something that people called essential? */
  readonly isEssential: (address: string) => boolean;
}

/** Conversations and messages of the last minutes: made once, then any number of actions are tried on it. */
export interface Rehearsal {
  readonly windowMs: number;
  readonly packets: number;
  readonly flows: readonly Flow[];
  /** For each flow (same index): packets that carried a function, by `protocol function`. */
  readonly functionPackets: readonly ReadonlyMap<string, number>[];
  readonly dropped: number;
}

/**
 * Reads the kept packets of the last minutes through a fresh `gather` (the same stations as the live line).
 * The caller gives the batches in order; the answer holds no packet bytes.
 */
export async function rehearse(batches: AsyncIterable<PacketBatch>, gather: (batch: PacketBatch) => Gathered, dropped: number): Promise<Rehearsal> {
  let packets = 0;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  let flows: Gathered['flows'] | undefined;
  const seen = new Map<number, Map<string, number>>();
  for await (const batch of batches) {
    if (batch.count === 0) continue;
    const gathered = gather(batch);
    flows = gathered.flows;
    packets += batch.count;
    firstMs = Math.min(firstMs, batch.atMs[0] ?? firstMs);
    lastMs = Math.max(lastMs, batch.atMs[batch.count - 1] ?? lastMs);
    countFunctions(gathered, seen);
  }
  const rows = Array.from({ length: flows?.count ?? 0 }, (_, flow) => flow);
  return {
    windowMs: packets === 0 ? 0 : lastMs - firstMs,
    packets,
    flows: rows.map((flow) => (flows as Gathered['flows']).read(flow)), // rows is empty when flows is undefined
    functionPackets: rows.map((flow) => seen.get(flow) ?? new Map()),
    dropped,
  };
}

function countFunctions(gathered: Gathered, seen: Map<number, Map<string, number>>): void {
  for (let index = 0; index < gathered.messages.count; index += 1) {
    const row = gathered.messages.rows[index];
    if (row === undefined || !row.fromClient) continue;
    const ofFlow = seen.get(row.flow) ?? new Map<string, number>();
    const key = `${row.protocol} ${row.functionName}`;
    ofFlow.set(key, (ofFlow.get(key) ?? 0) + 1);
    seen.set(row.flow, ofFlow);
  }
}

const conversationsMax = 50;

/** What the action would have cut in the rehearsed window. */
export function dryRun(action: Action, rehearsal: Rehearsal, site: SiteKnowledge): DryRun {
  let packetsCut = 0;
  let normalPacketsCut = 0;
  const cut = new Map<string, DryRun['conversations'][number]>();
  for (const [index, flow] of rehearsal.flows.entries()) {
    const packets = packetsOf(action.rules, flow, rehearsal.functionPackets[index] ?? new Map());
    if (packets === 0) continue;
    const isNormal = site.isNormal(flow);
    packetsCut += packets;
    if (isNormal) normalPacketsCut += packets;
    const subject = `${flow.clientAddress} > ${flow.serverAddress}`;
    const known = cut.get(`${subject} ${flow.protocol}`);
    cut.set(`${subject} ${flow.protocol}`, {
      subject,
      service: flow.protocol,
      packets: packets + (known?.packets ?? 0),
      isNormal: isNormal || (known?.isNormal ?? false),
      isEssential: site.isEssential(flow.serverAddress) || site.isEssential(flow.clientAddress),
    });
  }
  const conversations = [...cut.values()].sort((a, b) => b.packets - a.packets).slice(0, conversationsMax);
  return {
    windowMs: rehearsal.windowMs,
    packets: rehearsal.packets,
    packetsCut,
    normalPacketsCut,
    conversations,
    caveats: caveatsOf(action, rehearsal, cut.size),
  };
}

function packetsOf(rules: readonly TrafficRule[], flow: Flow, functions: ReadonlyMap<string, number>): number {
  if (rules.some((rule) => cutsFlow(rule, flow))) return flow.packets;
  const names = new Set(rules.filter((rule) => touchesFlow(rule, flow)).flatMap((rule) => (rule.functions ?? []).map((name) => `${flow.protocol} ${name}`)));
  let packets = 0;
  for (const name of names) packets += functions.get(name) ?? 0;
  return packets;
}

const windowShortMs = 60_000;

function caveatsOf(action: Action, rehearsal: Rehearsal, conversations: number): DryRun['caveats'] {
  return [
    // Conversations are known by IP addresses: what else a hardware address carries is not in them.
    ...(action.rules.some((rule) => rule.mac !== null) ? [{ key: 'response.caveat.hardware', with: {} }] : []),
    ...(rehearsal.dropped > 0 ? [{ key: 'response.caveat.dropped', with: { count: rehearsal.dropped } }] : []),
    ...(rehearsal.windowMs < windowShortMs ? [{ key: 'response.caveat.short', with: { seconds: Math.round(rehearsal.windowMs / 1000) } }] : []),
    ...(conversations > conversationsMax ? [{ key: 'response.caveat.more', with: { count: conversations - conversationsMax } }] : []),
  ];
}
