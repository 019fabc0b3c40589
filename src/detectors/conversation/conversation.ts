// SPDX-License-Identifier: Apache-2.0
import { appendTo } from '../../base/lists.ts';
import type { ConversationFeature, Feature } from '../../model/feature.ts';
import type { Words } from '../../model/finding.ts';
import type { Detector, Judgement, NormEntry } from '../detector.ts';
import { type Entry, Ledger, listSome } from '../ledger.ts';

interface Conversation {
  readonly client: string;
  readonly server: string;
  readonly service: string;
  readonly door: string;
  readonly isMulticast: boolean;
}

/** Scores of monitoring.md, section 4 (c), layer L1. */
const scores = { unknownPair: 1, reversedRole: 0.9, unknownService: 0.9, multicastFactor: 0.3 } as const;

/** Layer 1: which client talks to which server with which service. */
export function createConversationDetector(options: { readonly windowMs?: number; readonly entriesMax?: number } = {}): Detector {
  const ledger = new Ledger<Conversation>(options);
  let index = new PeerIndex();

  /** The door was learnt before its service was recognised: the recognised entry takes the place of the other. */
  const absorb = (recognised: Entry<Conversation>, unrecognised: Entry<Conversation>): void => {
    ledger.remove(unrecognised.key);
    index.remove(unrecognised);
    ledger.count(recognised, { atMs: unrecognised.firstMs, lastMs: unrecognised.lastMs, count: unrecognised.support });
  };
  const judge = (feature: Feature): Judgement | undefined => {
    if (feature.kind !== 'conversation' || ledger.entries.has(keyOf(feature))) return undefined;
    const pair = index.ofPair(feature.client, feature.server);
    if (pair.length === 0) return judgeUnknownPair(feature, index);
    return isSameDoor(feature, pair) ? undefined : judgeUnknownService(feature, pair);
  };

  return {
    name: 'conversation',
    layer: 1,
    judge,
    learn: (feature) => {
      if (feature.kind !== 'conversation') return false;
      const key = keyOf(feature);
      const atDoor = index.ofPair(feature.client, feature.server).filter((entry) => entry.what.door === feature.door);
      const entry = ledger.entries.get(key) ?? (feature.service === feature.door ? atDoor[0] : undefined);
      if (entry !== undefined) {
        ledger.count(entry, feature);
        return false;
      }
      const { client, server, service, door, isMulticast } = feature;
      const added = ledger.add(key, { client, server, service, door, isMulticast }, feature);
      if (added !== undefined) index.add(added);
      const unrecognised = atDoor.find(({ what }) => what.service === what.door);
      if (added !== undefined && unrecognised !== undefined) absorb(added, unrecognised);
      return true;
    },
    entries: () => ledger.sorted().map(describe),
    counts: () => ledger.counts(),
    keyOf: (feature) => (feature.kind === 'conversation' ? keyOf(feature) : undefined),
    decide: (key, verdict) => {
      if (verdict === 'confirm') return ledger.confirm(key);
      const removed = ledger.remove(key);
      if (removed !== undefined) index.remove(removed);
      return removed !== undefined;
    },
    save: () => ledger.save((what) => ({ ...what })),
    load: (saved) => {
      ledger.load(saved, (fields) => {
        const what = {
          client: fields.text('client'),
          server: fields.text('server'),
          service: fields.text('service'),
          door: fields.text('door'),
          isMulticast: fields.flag('isMulticast'),
        };
        return { key: keyOf(what), what };
      });
      index = PeerIndex.of(ledger.entries.values());
    },
  };
}

type Entries = readonly Entry<Conversation>[];

/** Named limit: entries that an expectation is drawn from, so that a flood of strangers to a busy server stays cheap to judge. */
const comparedMax = 256;

/** The entries by pair, by client and by server. */
class PeerIndex {
  readonly #byPair = new Map<string, Entry<Conversation>[]>();
  readonly #byClient = new Map<string, Entry<Conversation>[]>();
  readonly #byServer = new Map<string, Entry<Conversation>[]>();

  static of(entries: Iterable<Entry<Conversation>>): PeerIndex {
    const index = new PeerIndex();
    for (const entry of entries) index.add(entry);
    return index;
  }
  add(entry: Entry<Conversation>): void {
    appendTo(this.#byPair, sayPair(entry.what), entry);
    appendTo(this.#byClient, entry.what.client, entry);
    appendTo(this.#byServer, entry.what.server, entry);
  }
  remove(entry: Entry<Conversation>): void {
    drop(this.#byPair, sayPair(entry.what), entry);
    drop(this.#byClient, entry.what.client, entry);
    drop(this.#byServer, entry.what.server, entry);
  }
  ofPair(client: string, server: string): Entries {
    return this.#byPair.get(`${client} > ${server}`) ?? [];
  }
  isKnown(address: string): boolean {
    return this.#byClient.has(address) || this.#byServer.has(address);
  }
  /** Known, but only as one that others talk to: calls to groups make nobody a client. */
  onlyAnswers(address: string): boolean {
    return this.#byServer.has(address) && (this.#byClient.get(address) ?? []).every((entry) => entry.what.isMulticast);
  }
  /** What is known of the two: best the other clients of this service, else whatever the server or the client does. */
  around(feature: ConversationFeature): Entries {
    const ofServer = (this.#byServer.get(feature.server) ?? []).slice(0, comparedMax);
    const sameDoor = ofServer.filter((entry) => entry.what.door === feature.door || entry.what.service === feature.service);
    if (sameDoor.length > 0) return sameDoor;
    if (ofServer.length > 0) return ofServer;
    return (this.#byClient.get(feature.client) ?? []).slice(0, comparedMax);
  }
}

function drop<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const rest = (lists.get(key) ?? []).filter((item) => item !== value);
  if (rest.length === 0) lists.delete(key);
  else lists.set(key, rest);
}

type Named = Pick<ConversationFeature, 'client' | 'server' | 'service' | 'door'>;

function keyOf(feature: Named): string {
  return `${sayPair(feature)} ${sayService(feature)}`;
}
function sayPair(feature: Pick<Named, 'client' | 'server'>): string {
  return `${feature.client} > ${feature.server}`;
}
function sayService(feature: Pick<Named, 'service' | 'door'>): string {
  return feature.service === feature.door ? feature.door : `${feature.service}@${feature.door}`;
}

/**
 * A service is recognised from its first bytes, which are missing when a conversation was joined in its middle. So a known
 * door is enough while the content is not recognised on either side; two different recognised services at one door are not the same.
 */
function isSameDoor(feature: ConversationFeature, pair: Entries): boolean {
  let isUnrecognisedKnown = false;
  for (const entry of pair) {
    if (entry.what.door !== feature.door) continue;
    if (feature.service === feature.door) return true;
    if (entry.what.service !== entry.what.door) return false;
    isUnrecognisedKnown = true;
  }
  return isUnrecognisedKnown;
}

function judgeUnknownPair(feature: ConversationFeature, index: PeerIndex): Judgement {
  const reverse = index.ofPair(feature.server, feature.client);
  const around = reverse.length > 0 ? reverse : index.around(feature);
  const isReversed = reverse.length > 0;
  const facts = { client: feature.client, server: feature.server, service: sayService(feature), known: listSome(around.map((entry) => entry.key)) };
  const score = (isReversed ? scores.reversedRole : scores.unknownPair) * (feature.isMulticast ? scores.multicastFactor : 1);
  return {
    observed: `${sayPair(feature)} ${sayService(feature)}`,
    expected: facts.known,
    support: sumSupport(around),
    score,
    severity: feature.isMulticast ? 'low' : 'medium',
    technique: null,
    operation: null,
    words: { key: ruleOfUnknownPair(feature, index, isReversed), with: facts },
    // A new device calls dozens of groups at once: they are one finding.
    key: feature.isMulticast ? `groups ${feature.client}` : `pair ${sayPair(feature)}`,
  };
}

function ruleOfUnknownPair(feature: ConversationFeature, index: PeerIndex, isReversed: boolean): string {
  if (feature.isMulticast) return 'finding.new-multicast';
  if (isReversed) return 'finding.reversed-role';
  if (!index.isKnown(feature.client)) return 'finding.unknown-client';
  return index.onlyAnswers(feature.client) ? 'finding.new-role' : 'finding.new-pair';
}

function judgeUnknownService(feature: ConversationFeature, pair: Entries): Judgement {
  const known = listSome(pair.map((entry) => sayService(entry.what)));
  const support = sumSupport(pair);
  const facts = { client: feature.client, server: feature.server, service: sayService(feature), known, support };
  return {
    observed: `${sayPair(feature)} ${sayService(feature)}`,
    expected: `${sayPair(feature)} ${known}`,
    support,
    score: scores.unknownService * (feature.isMulticast ? scores.multicastFactor : 1),
    severity: feature.isMulticast ? 'low' : 'medium',
    technique: null,
    operation: null,
    words: { key: feature.isMulticast ? 'finding.new-multicast' : 'finding.new-service', with: facts },
    key: `service ${sayPair(feature)} ${feature.door}`,
  };
}

function sumSupport(entries: Entries): number {
  return entries.reduce((sum, entry) => sum + entry.support, 0);
}

function describe(entry: Entry<Conversation>): NormEntry {
  const doubt: Words | null = entry.support === 1 ? { key: 'norm.doubt.seen-once', with: { what: entry.key } } : null;
  return {
    key: entry.key,
    text: entry.key,
    support: entry.support,
    firstMs: entry.firstMs,
    lastMs: entry.lastMs,
    windows: entry.windows,
    state: entry.isConfirmed ? 'confirmed' : 'probation',
    doubt,
  };
}
