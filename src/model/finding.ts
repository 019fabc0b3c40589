// SPDX-License-Identifier: Apache-2.0
import { exactly, integer, list, nullable, number, object, oneOf, record, type Static, text, union } from '../base/schema.ts';

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/**
 * Words for a person in either language: a key of the catalogue (`src/platform/i18n`) and what is filled in.
 * Records carry these instead of sentences, so that each reader gets them in the own language.
 */
export const Words = object('Words', { key: text(), with: record(union(text(), number())) });
export type Words = Static<typeof Words>;

/**
 * Something seen that the norm does not hold. Equal input gives an equal id.
 * `observed`, `expected` are short, language-free descriptions; `words` is the sentence for people.
 */
export const Finding = object('Finding', {
  kind: exactly('finding'),
  id: text(),
  atMs: number({ description: 'Time of the first packet covered.' }),
  lastMs: number({ description: 'Time of the last packet covered so far.' }),
  from: list(text(), { description: 'What it was made of: capture or sensor name, norm version.' }),
  detector: text(),
  subject: text({ description: 'Who did it to whom: "10.0.0.66 > 10.0.0.10 modbus".' }),
  /** Addresses in the subject: actor first. */
  addresses: list(text()),
  service: text(),
  observed: text(),
  expected: text({ description: 'The learnt norm, in the same terms as `observed`.' }),
  support: integer({ description: 'How many observations the norm rests on.' }),
  score: number({ minimum: 0, maximum: 1 }),
  severity: oneOf(severities),
  technique: nullable(text({ description: 'ATT&CK for ICS technique, e.g. T0855; null where none fits.' })),
  /** Class of the operation that was seen (protocols/protocol.ts), or null. */
  operation: nullable(text()),
  words: Words,
  packets: list(integer(), { description: 'Numbers, counted from 1, of every packet the finding covers (at most 65,536; `packetCount` has all).' }),
  packetCount: integer(),
});
export type Finding = Static<typeof Finding>;
