// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../../base/bytes.ts';
import { workedExample } from './fixtures.ts';
import { type ClientHello, readClientHello } from './hello.ts';
import { fingerprintClient } from './ja4.ts';

const example = readClientHello(workedExample, 4, workedExample.length);

test('the worked example of the specification gives its fingerprint', () => {
  assert.equal(fingerprintClient(example), 't13d1516h2_8daaf6152771_e5627efa2ab1');
});

test('the order of ciphers and extensions and GREASE values do not matter', () => {
  const shuffled: ClientHello = { ...example, ciphers: [...example.ciphers.toReversed(), 0x2a2a], extensions: [0xfafa, ...example.extensions.toReversed()] };
  assert.equal(fingerprintClient(shuffled), fingerprintClient(example));
});

test('each part says what the specification wants it to say', () => {
  const cases: readonly (readonly [string, Partial<ClientHello>, RegExp])[] = [
    ['no server name', { extensions: example.extensions.filter((type) => type !== 0) }, /^t13i1515h2_/],
    ['TLS 1.2 by the old field', { versions: [] }, /^t12d/],
    ['TLS 1.0', { versions: [], legacyVersion: 0x0301 }, /^t10d/],
    ['SSL 3.0', { versions: [], legacyVersion: 0x0300 }, /^ts3d/],
    ['an unknown version', { versions: [0x0399] }, /^t00d/],
    ['no application protocol', { alpn: [] }, /^t13d151600_/],
    ['first and last letter', { alpn: [toUtf8('http/1.1')] }, /^t13d1516h1_/],
    ['a protocol of one letter', { alpn: [toUtf8('x')] }, /^t13d1516xx_/],
    ['a protocol that is no text', { alpn: [Uint8Array.of(0xab, 0xcd)] }, /^t13d1516ad_/],
    ['a protocol with one byte that is no letter', { alpn: [Uint8Array.of(0x61, 0xab)] }, /^t13d15166b_/],
    ['no ciphers', { ciphers: [] }, /^t13d0016h2_000000000000_/],
    ['no extensions', { extensions: [], versions: [], signatureAlgorithms: [] }, /^t12i1500h2_8daaf6152771_000000000000$/],
    ['more than 99 ciphers', { ciphers: Array.from({ length: 120 }, (_, index) => index) }, /^t13d9916h2_/],
    ['no signature algorithms', { signatureAlgorithms: [] }, /^t13d1516h2_8daaf6152771_(?!e5627efa2ab1)/],
  ];
  for (const [what, change, expected] of cases) assert.match(fingerprintClient({ ...example, ...change }), expected, what);
});
