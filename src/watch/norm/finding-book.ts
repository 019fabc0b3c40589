// SPDX-License-Identifier: Apache-2.0
import { assert } from '../../base/errors.ts';
import type { Feature } from '../../model/feature.ts';
import type { Finding } from '../../model/finding.ts';
import type { FlowTable } from '../../model/flow.ts';
import { Draft } from './draft.ts';
import { createSweepWatch, type Judged, type SweepWatch } from './sweep.ts';

/** Findings that are new, and findings told before that have grown since (same id, more packets). In order of their opening. */
export interface Told {
  readonly opened: readonly Finding[];
  readonly grown: readonly Finding[];
}

/** A growing finding is told again at most this often (time of the capture). */
const growthMs = 2_000;
/** A finding of low severity goes on growing when it comes again within this time. */
const minorWindowMs = 86_400_000;
/** Named limit: findings that may grow at the same time; beyond it the one that was silent longest is closed. */
export const openMax = 4_096;

/** What a finding was made of: its first features with the detectors that judged them. */
type Features = readonly { readonly detector: string; readonly feature: Feature }[];
/** Named limit: closed findings that a person may still say are normal. */
export const closedMax = 1_024;

export interface FindingBook {
  /** Puts a judged feature into the open finding it belongs to, or opens one. */
  enter(judged: Judged): void;
  /** What to tell at the end of a batch; with `isEnd` everything that has grown. Closes what was silent for the incident window. */
  tell(atMs: number, from: readonly string[], isEnd: boolean): Told;
  /** Closes a finding without another word and answers its features; undefined when it is not open and not among the last closed. */
  take(id: string): Features | undefined;
  drop(): void;
}

/** Groups judgements into findings: the same detector, key and subject within the incident window is one finding that grows. */
export function createFindingBook(flows: FlowTable, incidentWindowMs: number): FindingBook {
  return new DraftBook(flows, incidentWindowMs);
}

class DraftBook implements FindingBook {
  readonly #flows: FlowTable;
  readonly #incidentWindowMs: number;
  readonly #drafts = new Map<string, Draft>();
  readonly #closed = new Map<string, Features>();
  #sweeps: SweepWatch;
  #fresh: Draft[] = [];
  #closing: Draft[] = [];

  constructor(flows: FlowTable, incidentWindowMs: number) {
    this.#flows = flows;
    this.#incidentWindowMs = incidentWindowMs;
    this.#sweeps = createSweepWatch(incidentWindowMs);
  }

  enter(judged: Judged): void {
    const { atMs } = judged.feature;
    const place = this.#sweeps.place(judged, (key) => this.#openDraft(key, atMs) !== undefined);
    if (place.kind === 'wait') return;
    const isCollective = place.kind === 'collective';
    const key = isCollective ? `${judged.detector.name} ${place.collective.key}` : place.key;
    const draft = this.#openDraft(key, atMs) ?? this.#open(new Draft(key, judged, isCollective ? place.collective : undefined));
    if (isCollective) for (const earlier of place.earlier) draft.add(earlier, this.#flows);
    draft.add(judged, this.#flows);
  }

  tell(atMs: number, from: readonly string[], isEnd: boolean): Told {
    const opened: Finding[] = [];
    const grown: Finding[] = [];
    for (const draft of this.#fresh) {
      draft.gather(this.#flows);
      opened.push(tellDraft(draft, atMs, from));
    }
    this.#fresh = [];
    for (const draft of this.#drafts.values()) {
      if (!isEnd && !this.#isSilent(draft, atMs) && atMs - draft.toldMs < growthMs) continue;
      draft.gather(this.#flows);
      if (draft.packetCount > draft.toldCount) grown.push(tellDraft(draft, atMs, from));
      if (this.#isSilent(draft, atMs)) this.#close(draft);
    }
    for (const draft of this.#closing) if (draft.packetCount > draft.toldCount) grown.push(tellDraft(draft, atMs, from));
    this.#closing = [];
    return { opened, grown };
  }

  take(id: string): Features | undefined {
    for (const draft of this.#drafts.values()) if (draft.id === id) this.#close(draft);
    const features = this.#closed.get(id);
    this.#closed.delete(id);
    return features;
  }

  drop(): void {
    this.#drafts.clear();
    this.#closed.clear();
    this.#fresh = [];
    this.#closing = [];
    this.#sweeps = createSweepWatch(this.#incidentWindowMs);
  }

  #openDraft(key: string, atMs: number): Draft | undefined {
    const draft = this.#drafts.get(key);
    if (draft === undefined || !this.#isSilent(draft, atMs)) return draft;
    this.#close(draft);
    this.#closing.push(draft);
    return undefined;
  }

  #open(draft: Draft): Draft {
    if (this.#drafts.size >= openMax) {
      const silent = findSilent(this.#drafts);
      this.#close(silent);
      this.#closing.push(silent);
    }
    this.#drafts.set(draft.key, draft);
    this.#fresh.push(draft);
    return draft;
  }

  #close(draft: Draft): void {
    this.#drafts.delete(draft.key);
    this.#closed.set(draft.id, draft.features);
    if (this.#closed.size > closedMax) this.#closed.delete(this.#closed.keys().next().value as string); // there are more than closedMax keys
  }

  #isSilent(draft: Draft, atMs: number): boolean {
    return atMs - draft.lastMs > (draft.isMinor ? Math.max(this.#incidentWindowMs, minorWindowMs) : this.#incidentWindowMs);
  }
}

function tellDraft(draft: Draft, atMs: number, from: readonly string[]): Finding {
  draft.toldCount = draft.packetCount;
  draft.toldMs = atMs;
  return draft.write(from);
}

function findSilent(drafts: ReadonlyMap<string, Draft>): Draft {
  let silent: Draft | undefined;
  for (const draft of drafts.values()) if (silent === undefined || draft.lastMs < silent.lastMs) silent = draft;
  assert(silent !== undefined, 'a full book holds findings');
  return silent;
}
