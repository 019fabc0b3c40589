// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../base/canonical-json.ts';
import type { Feature } from '../model/feature.ts';
import type { Severity, Words } from '../model/finding.ts';

/** What a detector says of a feature that its norm does not hold. The line adds ids, packets and addresses. */
export interface Judgement {
  readonly observed: string;
  readonly expected: string;
  readonly support: number;
  readonly score: number;
  readonly severity: Severity;
  readonly technique: string | null;
  readonly operation: string | null;
  readonly words: Words;
  /** Features with an equal key join the same finding. */
  readonly key: string;
}

/** One entry of a learnt norm, for people: on probation until confirmed by time or by a person. */
export interface NormEntry {
  readonly key: string;
  readonly text: string;
  readonly support: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Distinct windows of time (`windowMs` of the detector) in which it was seen. */
  readonly windows: number;
  readonly state: 'probation' | 'confirmed';
  /** Why a person should look at it although it was learnt; null when there is no reason. */
  readonly doubt: Words | null;
}

/** How far a norm has come, without listing it. */
export interface NormCounts {
  readonly entries: number;
  /** Entries that rest on one observation: f1 of the Good-Turing estimate. */
  readonly singletons: number;
  readonly onProbation: number;
  /** New observations that were not taken in because the norm is full (`entriesMax`): they will be judged as unknown. */
  readonly refused: number;
}

/** One layer of normality, learnt from nothing. Pure: no clock, no files. */
export interface Detector {
  readonly name: string;
  /** 0 addresses, 1 conversations, 2 functions: a lower layer speaks first. */
  readonly layer: 0 | 1 | 2;
  /** Takes the feature into the norm; answers true when it was new (for the novelty rate). */
  learn(feature: Feature): boolean;
  /** undefined = the norm holds it, or the feature is not for this detector. Does not change the norm. */
  judge(feature: Feature): Judgement | undefined;
  entries(): readonly NormEntry[];
  counts(): NormCounts;
  /** Key of the entry that holds (or would hold) the feature; undefined when the feature is not for this detector. */
  keyOf(feature: Feature): string | undefined;
  /** Takes one entry in as confirmed, or throws it out. */
  decide(key: string, verdict: 'confirm' | 'remove'): boolean;
  save(): Json;
  /** Throws a ShinraiError('norm', …) when the saved form is not one of ours. */
  load(saved: Json): void;
}
