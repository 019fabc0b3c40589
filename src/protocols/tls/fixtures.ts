// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import { type Fixture, hex } from '../fixture.ts';
import { ascii, sized, uint8, uint16 } from '../wire-builder.ts';

const record = (type: number, body: Uint8Array): Uint8Array => concatBytes([uint8(type, 3, 1), sized(2, body)]);
const message = (type: number, body: Uint8Array): Uint8Array => concatBytes([uint8(type), sized(3, body)]);
const extension = (type: number, ...content: readonly Uint8Array[]): Uint8Array => concatBytes([uint16(type), sized(2, ...content)]);
const random = hex('5a'.repeat(32));
const noSession = uint8(0);

function clientHello(ciphers: readonly number[], extensions: readonly Uint8Array[], version = 0x0303): Uint8Array {
  return message(1, concatBytes([uint16(version), random, noSession, sized(2, uint16(...ciphers)), hex('0100'), sized(2, ...extensions)]));
}
function serverHello(cipher: number, extensions: readonly Uint8Array[], withRandom = random): Uint8Array {
  return message(2, concatBytes([uint16(0x0303), withRandom, noSession, uint16(cipher), uint8(0), sized(2, ...extensions)]));
}
const serverName = (name: string): Uint8Array => extension(0, sized(2, uint8(0), sized(2, ascii(name))));
const alpn = (...names: readonly string[]): Uint8Array => extension(16, sized(2, ...names.map((name) => sized(1, ascii(name)))));
const algorithms = extension(13, sized(2, uint16(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)));

/** The worked example of the JA4 specification: its result is t13d1516h2_8daaf6152771_e5627efa2ab1. */
export const workedExample = clientHello(
  [0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
  [
    extension(0x1a1a),
    extension(0x001b),
    serverName('hmi.example'),
    extension(0x0033),
    alpn('h2', 'http/1.1'),
    extension(0x4469),
    extension(0x0017),
    extension(0x002d),
    algorithms,
    extension(0x0005),
    extension(0x0023),
    extension(0x0012),
    extension(43, sized(1, uint16(0x6a6a, 0x0304, 0x0303))),
    extension(0xff01),
    extension(0x000b),
    extension(0x000a),
    extension(0x0015),
    extension(0xbaba),
  ],
);
const retryRandom = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
const version13 = extension(43, uint16(0x0304));
const changeCipher = record(20, uint8(1));
const application = record(23, hex('00112233445566778899'));

export const fixtures: readonly Fixture[] = [
  {
    name: 'modern',
    carrier: 'stream',
    pieces: [
      { from: 'client', bytes: record(22, workedExample) },
      { from: 'server', bytes: concatBytes([record(22, serverHello(0x1301, [version13])), changeCipher, application]) },
      { from: 'client', bytes: concatBytes([changeCipher, application]) },
    ],
  },
  {
    name: 'second-hello',
    carrier: 'stream',
    pieces: [
      { from: 'client', bytes: record(22, workedExample) },
      { from: 'server', bytes: concatBytes([record(22, serverHello(0x1302, [version13], retryRandom)), changeCipher]) },
      { from: 'client', bytes: concatBytes([changeCipher, record(22, workedExample)]) },
      { from: 'server', bytes: concatBytes([record(22, serverHello(0x1302, [version13])), application]) },
    ],
  },
  {
    name: 'old-and-refused',
    carrier: 'stream',
    pieces: [
      { from: 'client', bytes: record(22, clientHello([0x002f, 0x000a], [], 0x0301)) },
      {
        from: 'server',
        bytes: concatBytes([
          record(22, concatBytes([serverHello(0x002f, [alpn('http/1.1')]), message(11, hex('00'.repeat(60)))])),
          record(22, message(14, hex(''))),
        ]),
      },
      { from: 'client', bytes: record(21, uint8(2, 48)) },
      { from: 'server', bytes: record(21, uint8(1, 0)) },
    ],
  },
  {
    name: 'hello-over-records',
    carrier: 'stream',
    pieces: [
      {
        from: 'client',
        bytes: concatBytes([record(22, workedExample.subarray(0, 50)), record(22, workedExample.subarray(50, 51)), record(22, workedExample.subarray(51))]),
      },
    ],
  },
  {
    name: 'broken',
    carrier: 'stream',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: record(22, message(1, workedExample.subarray(4, 150))) },
      { from: 'server', bytes: concatBytes([record(22, hex('02ffffff')), application]) },
    ],
  },
  {
    name: 'after-a-greeting',
    carrier: 'stream',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: ascii('STARTTLS\r\n') },
      { from: 'server', bytes: ascii('220 ready\r\n') },
      { from: 'client', bytes: record(22, workedExample) },
      { from: 'server', bytes: record(22, serverHello(0x1301, [version13])) },
    ],
  },
  { name: 'not-tls', carrier: 'stream', isBroken: true, pieces: [{ from: 'client', bytes: ascii('hello, this is text. '.repeat(200)) }] },
];
