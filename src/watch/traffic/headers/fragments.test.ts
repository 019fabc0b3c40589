// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, fromUtf8, toUtf8, writeUint16 } from '../../../base/bytes.ts';
import { createRandom } from '../../../base/random.ts';
import { linkTypes } from '../../../model/packet.ts';
import { hexBytes, ipv4, ipv6 } from '../fixtures/packets.ts';
import { Fragments } from './fragments.ts';
import { Frame } from './frame.ts';
import { decodeFrame } from './link-header.ts';

interface Piece {
  readonly text: string;
  readonly offset: number;
  readonly more: boolean;
  readonly id?: number;
}

function add(fragments: Fragments, piece: Piece, options: { family?: 4 | 6; atMs?: number; cut?: number } = {}): string | undefined {
  const { text, offset, more, id = 1 } = piece;
  const header = hexBytes('1100000000000000');
  writeUint16(header, 2, offset | (more ? 1 : 0));
  writeUint16(header, 6, id);
  const packet = options.family === 6 ? ipv6(concatBytes([header, toUtf8(text)]), { protocol: 44 }) : ipv4(toUtf8(text), { protocol: 17, id, offset, more });
  const bytes = packet.subarray(0, packet.length - (options.cut ?? 0));
  const frame = new Frame();
  decodeFrame(frame, bytes, 0, bytes.length, packet.length, linkTypes.rawIp);
  assert.ok(frame.isFragment);
  const whole = fragments.add(frame, bytes, options.atMs ?? 0);
  return whole === undefined ? undefined : fromUtf8(whole);
}

test('a datagram is whole when its last missing piece comes, in any order', () => {
  const fragments = new Fragments();
  assert.equal(add(fragments, { text: 'last', offset: 16, more: false }), undefined);
  assert.equal(add(fragments, { text: 'AAAAAAAA', offset: 0, more: true }), undefined);
  assert.equal(add(fragments, { text: 'BBBBBBBB', offset: 8, more: true }), 'AAAAAAAABBBBBBBBlast');
  assert.equal(fragments.completed, 1);
});

test('datagrams with different identifications do not mix', () => {
  const fragments = new Fragments();
  add(fragments, { text: 'AAAAAAAA', offset: 0, more: true, id: 1 });
  add(fragments, { text: 'BBBBBBBB', offset: 0, more: true, id: 2 });
  assert.equal(add(fragments, { text: 'two', offset: 8, more: false, id: 2 }), 'BBBBBBBBtwo');
  assert.equal(add(fragments, { text: 'one', offset: 8, more: false, id: 1 }), 'AAAAAAAAone');
});

test('of two overlapping IPv4 fragments the bytes that came first stay', () => {
  const fragments = new Fragments();
  add(fragments, { text: 'AAAAAAAAAAAAAAAA', offset: 0, more: true });
  assert.equal(add(fragments, { text: 'BBBBBBBBend', offset: 8, more: false }), 'AAAAAAAAAAAAAAAAend');
});

test('an IPv6 datagram with overlapping fragments is dropped, an exact copy of a fragment is not', () => {
  const fragments = new Fragments();
  add(fragments, { text: 'AAAAAAAAAAAAAAAA', offset: 0, more: true }, { family: 6 });
  assert.equal(add(fragments, { text: 'BBBBBBBBend', offset: 8, more: false }, { family: 6 }), undefined);
  assert.equal(fragments.refused, 1);
  add(fragments, { text: 'AAAAAAAA', offset: 0, more: true, id: 3 }, { family: 6 });
  add(fragments, { text: 'AAAAAAAA', offset: 0, more: true, id: 3 }, { family: 6 });
  assert.equal(add(fragments, { text: 'end', offset: 8, more: false, id: 3 }, { family: 6 }), 'AAAAAAAAend');
});

const refused: readonly (readonly [string, readonly Piece[], number?])[] = [
  ['an inner fragment whose size is no multiple of 8', [{ text: 'AAAAA', offset: 0, more: true }]],
  ['an empty fragment', [{ text: '', offset: 8, more: true }]],
  ['a fragment beyond 65,535 bytes', [{ text: 'A'.repeat(24), offset: 65_528, more: false }]],
  [
    'two last fragments that disagree',
    [
      { text: 'end', offset: 16, more: false },
      { text: 'end', offset: 24, more: false },
    ],
  ],
  [
    'a fragment behind the last one',
    [
      { text: 'end', offset: 8, more: false },
      { text: 'AAAAAAAA', offset: 16, more: true },
    ],
  ],
  ['a fragment that the snap length has cut', [{ text: 'AAAAAAAA', offset: 8, more: true }], 4],
];
for (const [name, pieces, cut] of refused) {
  test(`refuses ${name}`, () => {
    const fragments = new Fragments();
    for (const piece of pieces) assert.equal(add(fragments, piece, cut === undefined ? {} : { cut }), undefined);
    assert.equal(fragments.refused, 1);
  });
}

test('datagrams that never become whole are given up by age, by count and by bytes', () => {
  const fragments = new Fragments({ datagramsMax: 4, bytesMax: 1 << 20, ageMs: 1000 });
  for (let id = 0; id < 6; id += 1) add(fragments, { text: 'AAAAAAAA', offset: 0, more: true, id }, { atMs: id });
  assert.equal(fragments.crowdedOut, 2);
  add(fragments, { text: 'AAAAAAAA', offset: 0, more: true, id: 99 }, { atMs: 1004 });
  assert.equal(fragments.expired, 2);
  const small = new Fragments({ datagramsMax: 100, bytesMax: 10_000, ageMs: 1000 });
  for (let id = 0; id < 6; id += 1) add(small, { text: 'A'.repeat(3200), offset: 0, more: true, id });
  assert.equal(small.crowdedOut, 3);
});

test('any order and any copies of the pieces give the datagram', () => {
  const seed = 7;
  const random = createRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const text = Array.from({ length: 65 + random.below(400) }, () => String.fromCharCode(97 + random.below(26))).join('');
    const pieces: Piece[] = [];
    for (let offset = 0; offset < text.length; ) {
      const size = 8 * (1 + random.below(8));
      pieces.push({ text: text.slice(offset, offset + size), offset, more: offset + size < text.length });
      offset += size;
    }
    const order = [...pieces].sort(() => random.next() - 0.5);
    const fragments = new Fragments();
    const results = order.flatMap((piece, index) =>
      index % 3 === 0 && pieces.length > 1 ? [add(fragments, piece), add(fragments, piece)] : [add(fragments, piece)],
    );
    assert.ok(results.includes(text), `seed ${seed}, round ${round}`);
  }
});
