// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../../base/canonical-json.ts';
import { idOf } from '../../base/ids.ts';
import type { Judgement } from '../../detectors/detector.ts';
import type { Feature } from '../../model/feature.ts';
import { type Finding, type Severity, severities } from '../../model/finding.ts';
import type { FlowTable } from '../../model/flow.ts';
import { PacketList } from './packet-list.ts';
import { type Collective, type Judged, objectSweepTechniques, objectsSweepMin, portsSweepMin, sweepTechnique } from './sweep.ts';

/** Named limits of one finding: what is beyond is counted but not listed. */
export const addressesMax = 256;
export const observedMax = 4_096;
export const flowsMax = 8_192;
export const featuresMax = 256;

/** Many new things at once are hardly chance, however little each of them says. */
const sweepScore = 0.9;

/** Rows of flows that a finding covers: from which packet on, and how many numbers were taken from the flow. */
interface Covered {
  readonly fromPacket: number;
  taken: number;
}

/** A finding that may still grow. */
export class Draft {
  readonly key: string;
  readonly id: string;
  /** The first features, for a person who says that this is normal. */
  readonly features: { readonly detector: string; readonly feature: Feature }[] = [];
  atMs: number;
  lastMs: number;
  toldCount = 0;
  toldMs = Number.NEGATIVE_INFINITY;
  #score = 0;
  #severity: Severity = 'info';
  #technique: string | null = null;
  #operation: string | null = null;
  readonly #judged: Judged;
  readonly #collective: Collective | undefined;
  readonly #addresses: Set<string>;
  readonly #observed = new Set<string>();
  /** Where the server was tried, while the finding is of one pair. */
  readonly #doors = new Set<string>();
  readonly #flows = new Map<number, Covered>();
  readonly #packets = new PacketList();

  constructor(key: string, judged: Judged, collective: Collective | undefined) {
    this.key = key;
    this.#judged = judged;
    this.#collective = collective;
    this.atMs = judged.feature.atMs;
    this.lastMs = judged.feature.lastMs;
    this.#addresses = new Set(collective === undefined || collective.actor === '*' ? [] : [collective.actor]);
    const made: Json = { key, atMs: judged.feature.atMs, packet: judged.feature.packet };
    this.id = idOf('finding', made);
  }

  /** Takes another judged feature in. */
  add(judged: Judged, flows: FlowTable): void {
    const { feature, judgement } = judged;
    if (this.features.length < featuresMax) this.features.push({ detector: judged.detector.name, feature });
    this.atMs = Math.min(this.atMs, feature.atMs);
    this.lastMs = Math.max(this.lastMs, feature.lastMs);
    for (const address of addressesOf(feature)) if (this.#addresses.size < addressesMax) this.#addresses.add(address);
    if (this.#observed.size < observedMax) this.#observed.add(judgement.observed);
    if (feature.kind === 'conversation' && !feature.isMulticast && this.#doors.size < observedMax) this.#doors.add(feature.door);
    this.#weigh(judgement);
    if (feature.kind === 'function') this.#packets.add(judged.packets);
    else this.#cover(feature, flows);
  }

  #weigh(judgement: Judgement): void {
    this.#score = Math.max(this.#score, judgement.score);
    if (severities.indexOf(judgement.severity) < severities.indexOf(this.#severity)) return;
    this.#severity = judgement.severity;
    this.#technique = judgement.technique ?? this.#technique;
    this.#operation = judgement.operation ?? this.#operation;
  }

  /** A conversation is covered whole; a binding from the packet that showed it (its flow may be older and have been well until then). */
  #cover(feature: Feature, flows: FlowTable): void {
    if (feature.packet > 0) this.#packets.add([feature.packet]);
    if (this.#flows.has(feature.flow) || this.#flows.size >= flowsMax) return;
    // Counted again after an earlier finding was closed: only what came since is new.
    const taken = feature.packet > 0 ? 0 : Math.max(0, flows.packetNumbers(feature.flow).length - feature.count);
    this.#flows.set(feature.flow, { fromPacket: feature.kind === 'binding' ? feature.packet : 0, taken });
  }

  /** Takes in what its flows have carried since the last time. */
  gather(flows: FlowTable): void {
    for (const [flow, covered] of this.#flows) {
      const numbers = flows.packetNumbers(flow);
      if (numbers.length === covered.taken) continue;
      if (numbers.length < covered.taken) {
        this.#flows.delete(flow); // the row was given to another conversation
        continue;
      }
      const fresh = numbers.slice(covered.taken).filter((packet) => packet >= covered.fromPacket);
      covered.taken = numbers.length;
      this.#packets.add(fresh);
      this.lastMs = Math.max(this.lastMs, flows.lastMs(flow));
    }
  }

  /** Nobody is woken up for it: when it comes again within a day it is still the same finding. */
  get isMinor(): boolean {
    return severities.indexOf(this.#saySeverity()) <= severities.indexOf('low');
  }

  get packetCount(): number {
    return this.#packets.count;
  }

  /** The finding as it stands. */
  write(from: readonly string[]): Finding {
    const { feature, judgement, detector } = this.#judged;
    const collective = this.#collective;
    const packets = this.#packets.sorted();
    return {
      kind: 'finding',
      id: this.id,
      atMs: this.atMs,
      lastMs: this.lastMs,
      from,
      detector: detector.name,
      subject: collective?.subject ?? subjectOf(feature),
      addresses: [...this.#addresses],
      service: collective?.service ?? serviceOf(feature),
      observed: sayObserved(this.#observed),
      expected: judgement.expected,
      support: judgement.support,
      score: collective !== undefined || this.#isObjectSweep || this.#isPortSweep ? Math.max(this.#score, sweepScore) : this.#score,
      severity: this.#saySeverity(),
      technique: this.#sayTechnique(),
      operation: this.#operation,
      words: this.#sayWords(),
      packets,
      packetCount: this.#packets.count,
    };
  }

  /** One function on very many numbered objects: a search for points. Names (of hosts, pages) are many for everybody who works. */
  get #isObjectSweep(): boolean {
    const { feature } = this.#judged;
    return feature.kind === 'function' && feature.objectFirst >= 0 && this.#observed.size >= objectsSweepMin;
  }

  /** One client at very many ports of one server. */
  get #isPortSweep(): boolean {
    return this.#collective === undefined && this.#doors.size >= portsSweepMin;
  }

  #sayWords(): Finding['words'] {
    const { judgement } = this.#judged;
    const facts = { count: this.#observed.size, examples: sayObserved(this.#observed) };
    const collective = this.#collective;
    if (collective !== undefined) return { key: collective.wordsKey, with: { actor: collective.actor, service: collective.service, ...facts } };
    if (this.#isPortSweep)
      return { key: 'finding.sweep', with: { actor: judgement.words.with['client'] ?? '', service: '*', ...facts, count: this.#doors.size } };
    return this.#isObjectSweep ? { key: 'finding.object-sweep', with: { ...judgement.words.with, ...facts } } : judgement.words;
  }

  #saySeverity(): Severity {
    const least = this.#collective?.severity ?? (this.#isObjectSweep || this.#isPortSweep ? 'high' : 'info');
    return severities.indexOf(this.#severity) > severities.indexOf(least) ? this.#severity : least;
  }

  #sayTechnique(): string | null {
    if (this.#isPortSweep) return sweepTechnique;
    const ofSweep = this.#isObjectSweep ? objectSweepTechniques[this.#operation ?? ''] : undefined;
    return this.#collective?.technique ?? ofSweep ?? this.#technique;
  }
}

function addressesOf(feature: Feature): readonly string[] {
  return feature.kind === 'binding' ? [feature.address, feature.mac] : [feature.client, feature.server];
}

function subjectOf(feature: Feature): string {
  if (feature.kind === 'binding') return `${feature.address} at ${feature.mac}`;
  return `${feature.client} > ${feature.server} ${feature.service}`;
}

function serviceOf(feature: Feature): string {
  return feature.kind === 'binding' ? '-' : feature.service;
}

function sayObserved(observed: ReadonlySet<string>): string {
  const shown = [...observed].slice(0, 3).join('; ');
  return observed.size > 3 ? `${shown} … (${observed.size})` : shown;
}
