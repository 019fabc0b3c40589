// SPDX-License-Identifier: Apache-2.0
import type { FunctionFeature } from '../../model/feature.ts';
import type { Severity, Words } from '../../model/finding.ts';
import { formatObject } from '../../model/message.ts';
import type { Detector, Judgement, NormEntry } from '../detector.ts';
import { type Entry, Fields, Ledger, listSome } from '../ledger.ts';
import { FunctionObjects, loadObjects } from './objects.ts';

/** What a protocol says of one of its functions: class (`read`, `write`, `stop-start` …) and ATT&CK for ICS technique. */
export type OperationOf = (protocol: string, functionName: string) => { readonly class: string; readonly technique?: string | undefined } | undefined;

interface Use {
  readonly client: string;
  readonly server: string;
  readonly service: string;
  readonly unit: number;
  readonly functionName: string;
  /** Ways in which it was seen: `request client`, `response server` … */
  readonly ways: Set<string>;
  readonly statuses: Set<string>;
  readonly objects: FunctionObjects;
}

/** Scores of monitoring.md, section 4 (c), layers L2 and L3. */
const scores = {
  unknownFunction: 0.95,
  unknownRange: 0.8,
  unknownWay: 0.7,
  unknownName: 0.6,
  unknownStatus: 0.6,
  unreadable: 0.5,
  multicastFactor: 0.3,
} as const;
/** Classes of operations that change the process (write) or its control (the others). */
const changing: Readonly<Record<string, Severity>> = { write: 'high', program: 'critical', mode: 'critical', 'stop-start': 'critical', firmware: 'critical' };
/** Function of messages that stand for bytes nobody could read (protocols/protocol.ts): a fault or a lost packet more often than an attack. */
const unreadable = 'unreadable';
/** Statuses kept of one function; more than a protocol's table of errors would be an attacker's invention. */
const statusesMax = 64;

/** Layer 2: which function a client asks of which unit, on which objects, with which outcome. */
export function createFunctionDetector(options: { readonly operationOf: OperationOf; readonly windowMs?: number; readonly entriesMax?: number }): Detector {
  const ledger = new Ledger<Use>(options);
  let index = indexUses([]);
  const isChanging = (use: Pick<Use, 'service' | 'functionName'>): boolean =>
    changing[options.operationOf(use.service, use.functionName)?.class ?? ''] !== undefined;

  return {
    name: 'function',
    layer: 2,
    judge: (feature) => {
      if (feature.kind !== 'function') return undefined;
      const entry = ledger.entries.get(keyOf(feature));
      const judgement =
        entry === undefined
          ? judgeUnknownFunction(feature, index.get(sayPeers(feature)) ?? [], options.operationOf)
          : judgeUse(feature, entry, options.operationOf);
      // What is said to a group changes no device's control: anyone may say it, and many do when they start.
      if (judgement === undefined || !feature.isMulticast || changing[judgement.operation ?? ''] !== undefined) return judgement;
      return { ...judgement, score: judgement.score * scores.multicastFactor, severity: 'low' };
    },
    learn: (feature) => {
      if (feature.kind !== 'function') return false;
      const key = keyOf(feature);
      const entry = ledger.entries.get(key);
      if (entry !== undefined) {
        ledger.count(entry, feature);
        return learnUse(entry.what, feature, !isChanging(feature));
      }
      const { client, server, service, unit, functionName } = feature;
      const what: Use = { client, server, service, unit, functionName, ways: new Set(), statuses: new Set(), objects: new FunctionObjects() };
      learnUse(what, feature, !isChanging(feature));
      const added = ledger.add(key, what, feature);
      if (added !== undefined) addTo(index, added);
      return true;
    },
    entries: () => ledger.sorted().map((entry) => describe(entry, isChanging(entry.what))),
    counts: () => ledger.counts(),
    keyOf: (feature) => (feature.kind === 'function' ? keyOf(feature) : undefined),
    decide: (key, verdict) => {
      if (verdict === 'confirm') return ledger.confirm(key);
      const isRemoved = ledger.remove(key) !== undefined;
      index = indexUses(ledger.entries.values());
      return isRemoved;
    },
    save: () =>
      ledger.save(({ ways, statuses, objects, ...named }) => ({ ...named, ways: [...ways].sort(), statuses: [...statuses].sort(), objects: objects.save() })),
    load: (saved) => {
      ledger.load(saved, readUse);
      index = indexUses(ledger.entries.values());
    },
  };
}

type Index = Map<string, Entry<Use>[]>;
type Named = Pick<Use, 'client' | 'server' | 'service' | 'unit' | 'functionName'>;

function indexUses(entries: Iterable<Entry<Use>>): Index {
  const index: Index = new Map();
  for (const entry of entries) addTo(index, entry);
  return index;
}
function addTo(index: Index, entry: Entry<Use>): void {
  const list = index.get(sayPeers(entry.what));
  if (list === undefined) index.set(sayPeers(entry.what), [entry]);
  else list.push(entry);
}

function sayPeers(use: Pick<Named, 'client' | 'server' | 'service'>): string {
  return `${use.client} > ${use.server} ${use.service}`;
}
function sayFunction(use: Pick<Named, 'unit' | 'functionName'>): string {
  return use.unit < 0 ? use.functionName : `unit ${use.unit} ${use.functionName}`;
}
function keyOf(use: Named): string {
  return `${sayPeers(use)} ${sayFunction(use)}`;
}
function wayOf(feature: FunctionFeature): string {
  return `${feature.messageKind} ${feature.fromClient ? 'client' : 'server'}`;
}

function learnUse(use: Use, feature: FunctionFeature, closesGaps: boolean): boolean {
  const sizeBefore = use.ways.size + use.statuses.size;
  use.ways.add(wayOf(feature));
  if (use.statuses.size < statusesMax) use.statuses.add(feature.status);
  const isNewObject = use.objects.learn(feature.object, feature.objectFirst, feature.objectCount, feature.count, closesGaps);
  return isNewObject || use.ways.size + use.statuses.size > sizeBefore;
}

function judgeUnknownFunction(feature: FunctionFeature, known: readonly Entry<Use>[], operationOf: OperationOf): Judgement {
  const functions = listSome(
    known.map((entry) => sayFunction(entry.what)),
    4,
  );
  const support = known.reduce((sum, entry) => sum + entry.support, 0);
  const operation = operationOf(feature.service, feature.functionName);
  const isUnreadable = feature.functionName === unreadable;
  const isChanging = changing[operation?.class ?? ''] !== undefined;
  return {
    observed: sayObserved(feature),
    expected: `${sayPeers(feature)} ${functions}`,
    support,
    score: isUnreadable ? scores.unreadable : scores.unknownFunction,
    severity: changing[operation?.class ?? ''] ?? (isUnreadable ? 'low' : 'medium'),
    technique: operation?.technique ?? null,
    operation: operation?.class ?? null,
    words: {
      key: isUnreadable ? 'finding.unreadable' : `finding.${known.length === 0 ? 'first' : 'new'}-${isChanging ? 'command' : 'function'}`,
      with: { ...sayFacts(feature), known: functions, support },
    },
    key: `function ${sayPeers(feature)} ${feature.functionName}`,
  };
}

function judgeUse(feature: FunctionFeature, entry: Entry<Use>, operationOf: OperationOf): Judgement | undefined {
  const { what } = entry;
  const operation = operationOf(feature.service, feature.functionName);
  const severity = changing[operation?.class ?? ''];
  const shared = { observed: sayObserved(feature), support: entry.support, operation: operation?.class ?? null };
  const judged = (part: string, score: number, expected: string, least: Severity, technique: string | null): Judgement => ({
    ...shared,
    expected: `${entry.key} ${expected}`,
    score,
    severity: severity ?? least,
    technique,
    words: { key: `finding.new-${part}`, with: { ...sayFacts(feature), known: expected, support: entry.support } } satisfies Words,
    key: `${part} ${sayPeers(feature)} ${feature.functionName}`,
  });
  if (!what.objects.holds(feature.object, feature.objectFirst, feature.objectCount)) {
    const score = feature.objectFirst < 0 ? scores.unknownName : scores.unknownRange;
    return judged('object', score, what.objects.say(), feature.objectFirst < 0 ? 'low' : 'medium', operation?.technique ?? null);
  }
  // An answer to what is asked anyway is no news, and neither is the question to a known answer (a mirror port may have shown one side only).
  if (!what.ways.has(wayOf(feature)) && wayOf(feature) !== 'response server' && wayOf(feature) !== 'request client') {
    return judged('way', scores.unknownWay, listSome([...what.ways].sort(), 6), 'medium', null);
  }
  if (feature.status !== 'ok' && !what.statuses.has(feature.status)) {
    return {
      ...judged('error', scores.unknownStatus, listSome([...what.statuses].sort(), 6), 'low', null),
      severity: severity === undefined ? 'low' : 'medium',
    };
  }
  return undefined;
}

function sayObserved(feature: FunctionFeature): string {
  const object = formatObject(feature);
  const status = feature.status === 'ok' ? '' : ` ${feature.status}`;
  return `${sayPeers(feature)} ${sayFunction(feature)}${object === null ? '' : ` ${object}`}${status}`;
}

function sayFacts(feature: FunctionFeature): Record<string, string | number> {
  return {
    client: feature.client,
    server: feature.server,
    service: feature.service,
    function: sayFunction(feature),
    object: formatObject(feature) ?? '-',
    status: feature.status,
    way: wayOf(feature),
  };
}

function readUse(fields: Fields): { readonly key: string; readonly what: Use } {
  const what: Use = {
    client: fields.text('client'),
    server: fields.text('server'),
    service: fields.text('service'),
    unit: fields.count('unit', -1),
    functionName: fields.text('functionName'),
    ways: new Set(fields.texts('ways', 6)),
    statuses: new Set(fields.texts('statuses', statusesMax)),
    objects: loadObjects(fields.inner('objects'), (saved) => new Fields(saved, 'objects')),
  };
  return { key: keyOf(what), what };
}

function describe(entry: Entry<Use>, isChanging: boolean): NormEntry {
  const { what } = entry;
  const facts = { what: entry.key, count: entry.support };
  let doubt: Words | null = null;
  if (isChanging && entry.windows < 2) doubt = { key: 'norm.doubt.rare-command', with: facts };
  else if (what.objects.isCoarse) doubt = { key: 'norm.doubt.coarse', with: facts };
  return {
    key: entry.key,
    text: `${entry.key} ${what.objects.say()}`,
    support: entry.support,
    firstMs: entry.firstMs,
    lastMs: entry.lastMs,
    windows: entry.windows,
    state: entry.isConfirmed ? 'confirmed' : 'probation',
    doubt,
  };
}
