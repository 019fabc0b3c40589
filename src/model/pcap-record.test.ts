// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { createRandom } from '../base/random.ts';
import { pcapHeader, pcapRecord, writePcapRecordHeader } from './pcap-record.ts';

test('a file header is the one of the specification', () => {
  assert.equal(toHex(pcapHeader(1)), '4d3cb2a1' + '02000400' + '00000000' + '00000000' + '00000400' + '01000000');
  assert.equal(toHex(pcapHeader(113, 'micro', 96)), 'd4c3b2a1' + '02000400' + '00000000' + '00000000' + '60000000' + '71000000');
});

test('a record is time, captured length, wire length and packet', () => {
  const record = pcapRecord(Uint8Array.of(0xaa, 0xbb), 1_700_000_000_250.5, 60);
  assert.equal(toHex(record), '00f15365' + 'a053ee0e' + '02000000' + '3c000000' + 'aabb');
  assert.equal(toHex(pcapRecord(Uint8Array.of(0xaa), 1_700_000_000_250.5, 1, 'micro')), '00f15365' + '84d20300' + '01000000' + '01000000' + 'aa');
});

test('a fraction that rounds up to a whole second is written as the next second', () => {
  assert.equal(toHex(pcapRecord(new Uint8Array(0), 1999.9999, 0, 'micro')).slice(0, 16), '0200000000000000');
});

test('nanoseconds give back the same number of milliseconds for every time after 1970', () => {
  const seed = 9;
  const random = createRandom(seed);
  const view = new DataView(new ArrayBuffer(16));
  for (let round = 0; round < 20_000; round += 1) {
    const atMs = 31_536_000_000 + random.next() * 4_263_431_295_000;
    writePcapRecordHeader(view, 0, atMs, 0);
    const read = view.getUint32(0, true) * 1000 + view.getUint32(4, true) / 1_000_000;
    assert.equal(read, atMs, `seed ${seed}, round ${round}`);
  }
});

test('a time outside of 32 bits of seconds is a mistake of the caller', () => {
  for (const atMs of [-1, Number.NaN, 4_294_967_296_000]) assert.throws(() => pcapRecord(new Uint8Array(0), atMs), /Assertion failed/);
});
