// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../base/bytes.ts';
import { formatCheckpoint, isOrigin, parseCheckpoint } from './checkpoint.ts';
import { parseNote } from './signed-note.ts';

/** The example of C2SP tlog-checkpoint; its public key is not published. */
const spec =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

test('the example of the specification is read, and written again byte for byte', () => {
  const note = parseNote(toUtf8(spec));
  assert.ok(note.ok);
  const read = parseCheckpoint(note.value.text);
  assert.ok(read.ok);
  assert.equal(read.value.origin, 'example.com/behind-the-sofa');
  assert.equal(read.value.size, 20_852_163);
  assert.equal(formatCheckpoint(read.value), note.value.text);
});

test('extension lines are passed over', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  assert.equal(parseCheckpoint(`log\n0\n${root}\nmore\nand more\n`).ok, true);
});

const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const refusals: readonly [string, string, number, RegExp][] = [
  ['no last newline', `log\n1\n${root}`, 50, /end with a newline/],
  ['no origin', `\n1\n${root}\n`, 0, /no origin/],
  ['a leading zero', `log\n01\n${root}\n`, 4, /size "01"/],
  ['a negative size', `log\n-1\n${root}\n`, 4, /size "-1"/],
  ['a size in other digits', `log\n１\n${root}\n`, 4, /size/],
  ['a size above 2^53', `log\n9007199254740992\n${root}\n`, 4, /2\^53/],
  ['no root', 'log\n1\n', 6, /root/],
  ['a root of 31 bytes', `log\n1\n${Buffer.alloc(31).toString('base64')}\n`, 6, /not 32 bytes/],
  ['an empty extension line', `log\n1\n${root}\nmore\n\nmore\n`, 51, /empty extension/],
];
for (const [name, text, offset, reason] of refusals) {
  test(`a checkpoint is refused for ${name}`, () => {
    const read = parseCheckpoint(text);
    assert.ok(!read.ok);
    assert.match(read.reason, reason);
    assert.equal(read.offset, offset);
  });
}

test('no checkpoint of ours can begin like the signed form of an envelope', () => {
  assert.equal(isOrigin('DSSEv1 28 x'), false);
  assert.equal(isOrigin('plant.example/evidence'), true);
  assert.equal(isOrigin('plant+1'), false);
  assert.equal(isOrigin(''), false);
});
