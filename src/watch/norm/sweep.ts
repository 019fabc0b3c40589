// SPDX-License-Identifier: Apache-2.0
import type { Detector, Judgement } from '../../detectors/detector.ts';
import type { Feature } from '../../model/feature.ts';
import type { Severity } from '../../model/finding.ts';

/** A feature that the norm does not hold, with what its detector says of it. */
export interface Judged {
  readonly detector: Detector;
  readonly feature: Feature;
  readonly judgement: Judgement;
  /** Packets of the feature that the flow does not tell. */
  readonly packets: readonly number[];
}

/** What is said of many findings together. */
export interface Collective {
  readonly key: string;
  readonly wordsKey: string;
  readonly subject: string;
  readonly actor: string;
  readonly service: string;
  readonly technique: string | null;
  readonly severity: Severity;
}

/** Where a judged feature belongs: its own finding, or a collective one, into which `earlier` ones of the same kind enter too. */
export type Place =
  | { readonly kind: 'own'; readonly key: string }
  | { readonly kind: 'collective'; readonly collective: Collective; readonly earlier: readonly Judged[] }
  /** Not worth a word unless many more like it come. */
  | { readonly kind: 'wait' };

/** Named limits: so many different findings of one actor within this time are one; actors that are watched at the same time. */
export const sweepTargetsMin = 5;
/** So many addresses asked for by ARP that were new for the asker. One alone is a matter of course: whoever will talk to it is told by layer 1. */
export const askedMin = 16;
/** So many different findings of one kind at the whole site, whoever the actors are (invented senders, a site that changed): they are one. */
export const floodMin = 64;
export const sweepWindowMs = 60_000;
export const sweepActorsMax = 4_096;

/** One function on this many numbered objects that are new is a search for points (registers). */
export const objectsSweepMin = 32;
/** T0846 Remote System Discovery, T0861 Point & Tag Identification. */
export const objectSweepTechniques: Readonly<Record<string, string>> = { discovery: 'T0846', read: 'T0861' };

/** So many ports that one client tried at one server with which it never talked are a search for services (a sign-in to a Windows domain needs seven). */
export const portsSweepMin = 8;
/** Remote System Discovery. */
export const sweepTechnique = 'T0846';

export interface SweepWatch {
  /** Where the judged feature belongs; `isOpen` answers whether a finding of that key may still grow. */
  place(judged: Judged, isOpen: (key: string) => boolean): Place;
}

interface Group {
  recent: Judged[];
  isSweeping: boolean;
  lastMs: number;
}

/**
 * A scan asks many targets the same thing: one finding, not one for each target. The first few findings of an actor stand
 * for themselves (nobody waits for the fifth); from `sweepTargetsMin` different ones within `sweepWindowMs` on they are one.
 */
export function createSweepWatch(idleMs: number): SweepWatch {
  const groups = new Map<string, Group>();
  /** The collective finding that the judged feature is part of, or undefined while there are fewer than `targetsMin` like it. */
  const join = (judged: Judged, collective: Collective, targetsMin: number): Place | undefined => {
    const group = groupOf(groups, collective.key);
    const { atMs } = judged.feature;
    if (group.isSweeping && atMs - group.lastMs > idleMs) group.isSweeping = false;
    group.lastMs = Math.max(group.lastMs, atMs);
    if (group.isSweeping) return { kind: 'collective', collective, earlier: [] };
    const earlier = group.recent.filter((other) => atMs - other.feature.atMs <= sweepWindowMs && whatOf(other) !== whatOf(judged));
    group.recent = [...earlier, judged];
    if (group.recent.length < targetsMin) return undefined;
    group.isSweeping = true;
    group.recent = [];
    return { kind: 'collective', collective, earlier };
  };
  return {
    place: (judged, isOpen) => {
      const key = `${judged.detector.name} ${judged.judgement.key}`;
      const collective = collectiveOf(judged);
      const isAsking = judged.feature.kind === 'function' && judged.feature.service === 'arp';
      if (collective === undefined || (!isAsking && isOpen(key))) return { kind: 'own', key };
      if (isAsking) return join(judged, collective, askedMin) ?? { kind: 'wait' };
      return join(judged, collective, sweepTargetsMin) ?? join(judged, floodOf(judged), floodMin) ?? { kind: 'own', key };
    },
  };
}

/** What makes two judged features different targets. */
function whatOf({ feature, judgement }: Judged): string {
  return feature.kind === 'function' && feature.service === 'arp' ? judgement.observed : judgement.key;
}

/** An attacker may invent actors without end: the one that was silent longest is forgotten, which costs a finding more, not one less. */
function groupOf(groups: Map<string, Group>, key: string): Group {
  let group = groups.get(key);
  if (group === undefined) {
    if (groups.size >= sweepActorsMax) groups.delete(groups.keys().next().value as string); // there are sweepActorsMax keys
    group = { recent: [], isSweeping: false, lastMs: Number.NEGATIVE_INFINITY };
  } else groups.delete(key);
  groups.set(key, group); // the latest last
  return group;
}

/** What the feature would be part of, if there are many like it. */
function collectiveOf({ feature, judgement }: Judged): Collective | undefined {
  switch (feature.kind) {
    case 'conversation': {
      if (feature.isMulticast) return undefined; // the detector's key already holds all groups of a client together
      const isRecognised = feature.service !== feature.door;
      const service = isRecognised ? feature.service : '*';
      return collect('sweep', `${feature.client} > * ${service}`, feature.client, service, sweepTechnique, 'high');
    }
    case 'binding':
      return collect(
        judgement.technique === null ? 'many-bindings' : 'many-claims', // T0830: known addresses in other hands
        `* ${judgement.words.key}`,
        feature.address,
        '-',
        judgement.technique,
        judgement.severity,
      );
    case 'function': {
      if (feature.service === 'arp') return collect('sweep', `${feature.client} > * arp`, feature.client, 'arp', sweepTechnique, 'high');
      const subject = `${feature.client} > * ${feature.service} ${judgement.operation ?? '*'}`;
      return collect('function-sweep', subject, feature.client, feature.service, judgement.technique, judgement.severity);
    }
  }
}

function floodOf({ detector, judgement }: Judged): Collective {
  return collect('flood', `* ${detector.name} ${judgement.words.key}`, '*', '*', judgement.technique, judgement.severity);
}

function collect(word: string, subject: string, actor: string, service: string, technique: string | null, severity: Severity): Collective {
  return { key: `${word} ${subject}`, wordsKey: `finding.${word}`, subject, actor, service, technique, severity };
}
