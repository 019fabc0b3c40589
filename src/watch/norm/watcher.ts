// SPDX-License-Identifier: Apache-2.0

import { accept, type Read } from '../../base/errors.ts';
import type { Detector, NormEntry } from '../../detectors/detector.ts';
import type { FlowTable, Sightings } from '../../model/flow.ts';
import type { MessageBatch } from '../../model/message.ts';
import { createFindingBook, type FindingBook, type Told } from './finding-book.ts';
import { confirmSeasoned, createLearner, type Learner, type LearningRule, learningDefaults } from './learner.ts';
import { createMeasurer, type Measured, type Measurer, type Moment } from './measure.ts';
import { loadNorm, type NormOrigin, nameNorm, saveNorm } from './norm.ts';
import type { NormState } from './routes.ts';

export interface WatcherOptions {
  readonly detectors: readonly Detector[];
  readonly flows: FlowTable;
  /** Name of the capture or sensor: stands in the findings' `from` and in the norm. */
  readonly source: string;
  readonly learning?: LearningRule;
  /** A finding that was silent for this time is closed; the same again opens another one. Default ten minutes. */
  readonly incidentWindowMs?: number;
}

/** An entry of the norm with the detector that holds it. */
export interface HeldEntry extends NormEntry {
  readonly detector: string;
}

/**
 * The norm of one site at work: learns until the measured novelty is low, then judges. Driven by the capture's own time,
 * never by a clock, so that a capture judged twice gives the same findings. Not safe for use from two callers at the same time.
 */
export interface Watcher {
  /** Features of a batch that `flows` has already taken in; valid until the next call. */
  measure(messages: MessageBatch, sightings: Sightings, moment: Moment): Measured;
  /** Learns from the features or judges them, by phase. While learning nothing is alarmed: both lists are empty. */
  detect(measured: Measured): Told;
  /** End of the capture: counts what is left, and tells all findings that have grown since they were last told. */
  finish(): Told;
  readonly phase: 'learning' | 'watching';
  /** Ends learning now, whatever the measured novelty (end of the files of `shinrai learn`, or a person's word). */
  endLearning(): void;
  /** Learns on from the norm as it is. Open findings are dropped. */
  resumeLearning(): void;
  state(): NormState;
  entries(): readonly HeldEntry[];
  /** What was learnt with a doubt: for a person to confirm or take out. */
  doubts(): readonly HeldEntry[];
  /** False when there is no such entry. */
  decide(detector: string, key: string, verdict: 'confirm' | 'remove'): boolean;
  /** A person says that a finding is normal: what it covers enters the norm as confirmed. False when it is neither open nor among the last closed. */
  accept(findingId: string): boolean;
  save(): string;
  /** Takes a saved norm and judges by it from now on; refused as a whole when the text is not one of ours. */
  load(text: string): Read<NormOrigin>;
}

const incidentWindowMsDefault = 600_000;
/** While learning, entries are looked at for confirmation this often. */
const confirmEveryMs = 300_000;
const nothing: Told = { opened: [], grown: [] };

/**
 * A watcher that begins with learning from the norm that the detectors hold (mostly none); `load` makes it judge at once.
 * The caller keeps packet numbers in the flow table (`keepPackets`), or findings of the first two layers name only their first packets.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  return new NormWatcher(options);
}

class NormWatcher implements Watcher {
  phase: 'learning' | 'watching' = 'learning';
  readonly #detectors: readonly Detector[];
  readonly #source: string;
  readonly #rule: LearningRule;
  readonly #measurer: Measurer;
  readonly #book: FindingBook;
  #learner: Learner;
  #origin: NormOrigin;
  #from: readonly string[];
  /** Changes with the norm: what was held before must be judged again. */
  #epoch = 0;
  #nowMs = 0;
  #confirmedMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatcherOptions) {
    this.#detectors = options.detectors;
    this.#source = options.source;
    this.#rule = options.learning ?? learningDefaults;
    this.#measurer = createMeasurer(options.flows);
    this.#book = createFindingBook(options.flows, options.incidentWindowMs ?? incidentWindowMsDefault);
    this.#learner = createLearner(this.#rule, () => this.#singletons());
    this.#origin = { from: [options.source], packets: 0, startedMs: 0, endedMs: 0, noveltyRate: 1 };
    this.#from = [options.source];
  }

  measure(messages: MessageBatch, sightings: Sightings, moment: Moment): Measured {
    return this.#measurer.measure(messages, sightings, moment, this.#epoch);
  }

  detect(measured: Measured): Told {
    this.#nowMs = measured.moment.atMs;
    if (this.phase === 'learning') {
      this.#learn(measured);
      if (this.#learner.progress().isSettled) this.endLearning();
      return nothing;
    }
    this.#judge(measured);
    return this.#book.tell(this.#nowMs, this.#from, false);
  }

  finish(): Told {
    const measured = this.#measurer.finish({ packets: 0, atMs: this.#nowMs });
    if (this.phase === 'learning') {
      this.#learn(measured);
      return nothing;
    }
    this.#judge(measured);
    return this.#book.tell(this.#nowMs, this.#from, true);
  }

  endLearning(): void {
    if (this.phase === 'watching') return;
    confirmSeasoned(this.#detectors);
    this.#origin = this.#originNow();
    this.phase = 'watching';
    this.#changeNorm();
  }

  resumeLearning(): void {
    if (this.phase === 'learning') return;
    const { from, packets } = this.#origin;
    this.#learner = createLearner(this.#rule, () => this.#singletons(), packets);
    this.#origin = { ...this.#origin, from: [...new Set([...from, this.#source])] };
    this.phase = 'learning';
    this.#book.drop();
    this.#epoch += 1;
  }

  state(): NormState {
    const { startedMs, endedMs, packets, noveltyRate } = this.#originNow();
    const counts = this.#detectors.map((detector) => detector.counts());
    const isWatching = this.phase === 'watching';
    return {
      phase: this.phase,
      startedMs,
      endedMs: isWatching ? endedMs : null,
      packets,
      noveltyRate,
      noveltyTarget: this.#rule.noveltyMax,
      progress: isWatching ? 1 : this.#learner.progress().share,
      entries: counts.reduce((sum, { entries }) => sum + entries, 0),
      onProbation: counts.reduce((sum, { onProbation }) => sum + onProbation, 0),
    };
  }

  entries(): readonly HeldEntry[] {
    return this.#detectors.flatMap((detector) => detector.entries().map((entry) => ({ ...entry, detector: detector.name })));
  }

  doubts(): readonly HeldEntry[] {
    return this.entries().filter((entry) => entry.doubt !== null && entry.state === 'probation');
  }

  decide(name: string, key: string, verdict: 'confirm' | 'remove'): boolean {
    const isDone = this.#detectors.find((detector) => detector.name === name)?.decide(key, verdict) ?? false;
    if (isDone) this.#changeNorm();
    return isDone;
  }

  accept(findingId: string): boolean {
    const features = this.#book.take(findingId);
    if (features === undefined) return false;
    for (const { detector: name, feature } of features) {
      const detector = this.#detectors.find((each) => each.name === name);
      const key = detector?.keyOf(feature);
      detector?.learn(feature);
      if (key !== undefined) detector?.decide(key, 'confirm');
    }
    this.#changeNorm();
    return true;
  }

  save(): string {
    return saveNorm(this.#detectors, this.#originNow());
  }

  load(text: string): Read<NormOrigin> {
    const read = loadNorm(text, this.#detectors);
    if (!read.ok) return read;
    this.#origin = read.value;
    this.phase = 'watching';
    this.#book.drop();
    this.#changeNorm();
    return accept(read.value);
  }

  #learn(measured: Measured): void {
    let hasNew = false;
    for (const feature of measured.features) for (const detector of this.#detectors) if (detector.learn(feature)) hasNew = true;
    this.#learner.observe(measured.moment.packets, measured.moment.atMs, hasNew);
    if (this.#nowMs - this.#confirmedMs < confirmEveryMs) return;
    this.#confirmedMs = this.#nowMs;
    confirmSeasoned(this.#detectors);
  }

  /** Judges, and never learns: after learning only a person lets something new into the norm. */
  #judge(measured: Measured): void {
    for (const [index, feature] of measured.features.entries()) {
      let isHeld = true;
      for (const detector of this.#detectors) {
        const judgement = detector.judge(feature);
        if (judgement === undefined) continue;
        isHeld = false;
        this.#book.enter({ detector, feature, judgement, packets: measured.packetsOf(index) });
      }
      if (isHeld) measured.hold(index);
    }
  }

  #changeNorm(): void {
    this.#epoch += 1;
    this.#from = [this.#source, nameNorm(this.save())];
  }

  #singletons(): number {
    return this.#detectors.reduce((sum, detector) => sum + detector.counts().singletons, 0);
  }

  #originNow(): NormOrigin {
    if (this.phase === 'watching') return this.#origin;
    const { packets, startedMs, lastMs, noveltyRate } = this.#learner.progress();
    const isFirst = this.#origin.packets === 0;
    const known = Number.isNaN(startedMs) ? this.#origin : { startedMs, endedMs: lastMs };
    return { from: this.#origin.from, packets, startedMs: isFirst ? known.startedMs : this.#origin.startedMs, endedMs: known.endedMs, noveltyRate };
  }
}
