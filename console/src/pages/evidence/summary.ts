// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { actionNames } from '../../../../src/model/response.ts';
import { useWords } from '../../app/words.ts';

/**
 * What a summary of the chain says, in parts that have words in both languages. Written by src/programs/site/evidence-items.ts;
 * a test runs what is written there through here.
 */
export type Summary =
  | { readonly kind: 'consented' | 'declined' | 'inForce'; readonly who: string; readonly action: string; readonly target: string }
  | { readonly kind: 'accepted'; readonly who: string; readonly observed: string }
  | { readonly kind: 'ended'; readonly action: string; readonly target: string; readonly state: string; readonly count: string }
  | { readonly kind: 'incident'; readonly stage: string; readonly cause: string; readonly percent: string; readonly origin: string }
  | { readonly kind: 'account'; readonly event: string; readonly name: string };

const actions = actionNames.join('|');
const decided = new RegExp(`^(\\S+) (consented to|declined) (${actions}) on (.+)$`);
const accepted = /^(\S+) accepted as normal: (.+)$/;
const inForce = new RegExp(`^(${actions}) on (.+) is in force$`);
const ended = new RegExp(`^(${actions}) on (.+) is ([a-z]+), (\\d+) packets stopped$`);
const staged = /^stage ([0-4]), ([a-z-]+) (\d+) %, origin (.+)$/;
const account = /^([a-z]+(?:-[a-z]+)+)(?: (\S+))?$/;

/** Takes a summary apart; null for what is language-free (findings) or not of a form known here: it is then shown as it was signed. */
export function readSummary(about: string, summary: string): Summary | null {
  if (about === 'account') {
    const match = account.exec(summary);
    return match === null ? null : { kind: 'account', event: match[1] ?? '', name: match[2] ?? '' };
  }
  if (about === 'incident') {
    const match = staged.exec(summary);
    return match === null ? null : { kind: 'incident', stage: match[1] ?? '', cause: match[2] ?? '', percent: match[3] ?? '', origin: match[4] ?? '' };
  }
  if (about === 'decision') {
    const normal = accepted.exec(summary);
    if (normal !== null) return { kind: 'accepted', who: normal[1] ?? '', observed: normal[2] ?? '' };
    const match = decided.exec(summary);
    const kind = match?.[2] === 'declined' ? 'declined' : 'consented';
    return match === null ? null : { kind, who: match[1] ?? '', action: match[3] ?? '', target: match[4] ?? '' };
  }
  if (about === 'action') {
    const match = inForce.exec(summary);
    return match === null ? null : { kind: 'inForce', who: '', action: match[1] ?? '', target: match[2] ?? '' };
  }
  if (about === 'result') {
    const match = ended.exec(summary);
    return match === null ? null : { kind: 'ended', action: match[1] ?? '', target: match[2] ?? '', state: match[3] ?? '', count: match[4] ?? '' };
  }
  return null;
}

/** The sentence of the reader for an entry; what was signed stands in its statement. */
export function useSummary(): (entry: { readonly about: string; readonly summary: string }) => string {
  const { say, name, tell } = useWords();
  return useCallback(
    (entry) => {
      const read = readSummary(entry.about, entry.summary);
      if (read === null) return entry.summary;
      if (read.kind === 'account') {
        const text = name('accountEvent', read.event, { name: read.name });
        return text === read.event ? entry.summary : text;
      }
      if (read.kind === 'incident') {
        const cause = tell({ key: `incident.cause.${read.cause}`, with: {} });
        return say('summary.incident', { ...read, cause, origin: read.origin === 'unknown' ? say('summary.unknown') : read.origin });
      }
      if (read.kind === 'accepted') return say('summary.accepted', { ...read });
      const action = name('actionName', read.action);
      if (read.kind === 'ended') return say('summary.ended', { ...read, action, state: name('responseState', read.state) });
      return say(`summary.${read.kind}`, { ...read, action });
    },
    [say, name, tell],
  );
}
