// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needsShared, sharedPath } from '../shared.ts';
import { readMessages } from './captured-messages.ts';

/**
 * JA4 judged by nDPI's results. Two letters are its own way and not compared: it takes the first two letters of the
 * application protocol (`ht`, an early draft; the specification says first and last), and it writes `d` where it learnt a
 * name elsewhere although the hello has none.
 */
const results = 'ot-traffic/nDPI/result';
const comparable = (ja4: string): string => `${ja4.slice(0, 3)}-${ja4.slice(4, 8)}${ja4.slice(10)}`;

test('the fingerprints of TLS clients over TCP are those of nDPI, in every capture that has one', { skip: needsShared(results) }, async () => {
  const folder = sharedPath(results) as string; // needsShared has seen it
  let compared = 0;
  for (const file of readdirSync(folder)) {
    const theirs = [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\[JA4: (t[^\]]+)\]/g)].map((match) => comparable(match[1] ?? ''));
    if (theirs.length === 0) continue;
    const capture = sharedPath(`ot-traffic/nDPI/pcap/${file.replace(/\.out$/, '')}`);
    assert.ok(capture !== undefined, file);
    const texts = (await readMessages(capture)).flatMap((message) => message.texts);
    const ours = texts.flatMap((text) => (text.startsWith('ja4=') ? [comparable(text.slice(4))] : []));
    assert.deepEqual([...new Set(theirs)].toSorted(), [...new Set(ours)].toSorted(), file);
    compared += theirs.length;
  }
  assert.ok(compared >= 15, `${compared} fingerprints`);
});
