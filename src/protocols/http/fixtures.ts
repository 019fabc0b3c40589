// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import type { Fixture, FixturePiece } from '../fixture.ts';
import { ascii } from '../wire-builder.ts';
import { methods } from './head.ts';

const ask = (...lines: readonly string[]): FixturePiece => ({ from: 'client', bytes: ascii(lines.join('\r\n')) });
const answer = (...lines: readonly string[]): FixturePiece => ({ from: 'server', bytes: ascii(lines.join('\r\n')) });

export const fixtures: readonly Fixture[] = [
  {
    name: 'requests-and-bodies',
    carrier: 'stream',
    pieces: [
      ask('GET /status.html?unit=1 HTTP/1.1', 'Host: plc-1', 'User-Agent: browser/1.0', '', ''),
      answer('HTTP/1.1 200 OK', 'Server: embedded/2', 'Content-Type: text/html', 'Content-Length: 24', '', 'HTTP/1.1 500 not a head\n'),
      ask(
        'POST /api/setpoint HTTP/1.1',
        'host:plc-1:8080',
        'Transfer-Encoding: gzip, chunked',
        '',
        '5;note=1',
        'GET /',
        'a',
        '0123456789',
        '0',
        'Trailer: x',
        '',
        '',
      ),
      answer('HTTP/1.1 100 Continue', '', 'HTTP/1.1 401 Unauthorized', 'Content-Length: 0', '', ''),
      ask(
        'HEAD http://other.example/firmware.bin HTTP/1.1',
        'Host: ignored',
        '',
        'DELETE /x HTTP/1.1',
        'Host: plc-1',
        '',
        'REBOOT /now HTTP/1.1',
        'Host: plc-1',
        '',
        '',
      ),
      answer(
        'HTTP/1.1 200 OK',
        'Content-Length: 100000',
        '',
        'HTTP/1.1 204 No Content',
        '',
        'HTTP/1.1 418 Teapot',
        'Transfer-Encoding: chunked',
        '',
        '3',
        'abc',
        '0',
        '',
        '',
      ),
      ask('GET / HTTP/1.0', '', ''),
      answer('HTTP/1.0 200 OK', '', 'until the end HTTP/1.1 200 OK'),
    ],
  },
  {
    name: 'every-method',
    carrier: 'stream',
    pieces: [
      ...methods.filter((method) => method !== 'CONNECT').map((method) => ask(`${method} /${method.length} HTTP/1.1`, 'Host: h', '', '')),
      answer('HTTP/1.1 304 Not Modified', '', ''),
    ],
  },
  { name: 'seen-from-the-middle', carrier: 'stream', pieces: [answer('HTTP/1.1 503 Service Unavailable', 'Content-Length: 2', '', 'no')] },
  {
    name: 'tunnel',
    carrier: 'stream',
    pieces: [
      ask('CONNECT plc-1:502 HTTP/1.1', 'Host: plc-1:502', '', ''),
      answer('HTTP/1.1 200 Connection established', '', ''),
      ask('GET / HTTP/1.1', '', ''),
    ],
  },
  {
    name: 'smuggling-and-broken',
    carrier: 'stream',
    isBroken: true,
    pieces: [
      ask('POST /a HTTP/1.1', 'Host: h', 'Content-Length: 4', 'Transfer-Encoding: chunked', '', '0', '', 'GET /hidden HTTP/1.1', '', ''),
      answer('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2', '', 'ab'),
    ],
  },
  {
    name: 'escaped',
    carrier: 'stream',
    pieces: [{ from: 'client', bytes: concatBytes([ascii('GET /a b HTTP/1.1\r\n\r\nGET /\u001b[2J%00 HTTP/1.1\nHost: caf\u00e9\nno colon\n\n')]) }],
  },
  { name: 'endless-head', carrier: 'stream', pieces: [ask('GET /long HTTP/1.1', `X: ${'x'.repeat(17_000)}`)] },
  { name: 'not-http', carrier: 'stream', isBroken: true, pieces: [ask('HELLO there', '', '')] },
  {
    name: 'lost-bytes',
    carrier: 'stream',
    pieces: [
      ask('PUT /file HTTP/1.1', 'Host: h', 'Content-Length: 30', '', '0123456789'),
      { ...ask('56789', 'GET /next HTTP/1.1', 'Host: h', '', ''), lostBytes: 15 },
      { ...ask('ost: h', '', 'GET /third HTTP/1.1', 'Host: h', '', ''), lostBytes: 20 },
    ],
  },
];
