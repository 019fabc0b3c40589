// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../../base/bytes.ts';
import { MessageBatch } from '../../model/message.ts';
import { playPieces } from '../fixture.ts';
import { readHead } from './head.ts';
import { http } from './http.ts';

const recognise = (text: string, fromClient: boolean): string => {
  const bytes = toUtf8(text);
  return http.recognise(bytes, 0, bytes.length, fromClient, 'stream');
};

test('only a first line of HTTP/1 is recognised, not those of protocols that borrowed its words', () => {
  const cases: readonly (readonly [string, boolean, string])[] = [
    ['GET / HTTP/1.1\r\n', true, 'yes'],
    ['HTTP/1.0 200 OK\r\n', false, 'yes'],
    ['HTTP/1.1 200\r\n', false, 'yes'],
    ['GE', true, 'wait'],
    ['GET /long', true, 'wait'],
    ['OPTIONS sip:a SIP/2.0\r\n', true, 'no'],
    ['OPTIONS rtsp://a RTSP/1.0\r\n', true, 'no'],
    ['PRI * HTTP/2.0\r\n', true, 'no'],
    ['GET /\r\n', true, 'no'],
    ['HTTP/1.1 ok\r\n', false, 'no'],
    ['HTTP/2 200\r\n', false, 'no'],
    [`GET /${'x'.repeat(5000)}`, true, 'no'],
  ];
  for (const [text, fromClient, expected] of cases) assert.equal(recognise(text, fromClient), expected, text.slice(0, 40));
});

test('how a body is counted follows the fields, and contradictions are refused', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['', { kind: 'none' }],
    ['Content-Length: 12\r\n', { kind: 'length', bytes: 12 }],
    ['content-length:  7 \r\nContent-Length: 7\r\n', { kind: 'length', bytes: 7 }],
    ['Transfer-Encoding: gzip, Chunked\r\n', { kind: 'chunked' }],
    ['Content-Length: 1\r\nContent-Length: 2\r\n', { kind: 'broken' }],
    ['Content-Length: +1\r\n', { kind: 'broken' }],
    ['Content-Length: 0x10\r\n', { kind: 'broken' }],
    ['Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', { kind: 'broken' }],
  ];
  for (const [fields, framing] of cases) {
    const bytes = toUtf8(`POST / HTTP/1.1\r\n${fields}\r\n`);
    assert.deepEqual(readHead(bytes, 0, bytes.length).framing, framing, fields);
  }
});

test('a request hidden in a body is not a message', () => {
  const bytes = toUtf8('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 28\r\n\r\nGET /hidden HTTP/1.1\r\nHost: GET /b HTTP/1.1\r\nHost: h\r\n\r\n');
  const messages = playPieces(http, 'stream', [{ from: 'client', bytes, packet: 1 }]);
  assert.deepEqual(
    messages.map(({ object }) => object),
    ['h/a', 'h/b'],
  );
});

test('more open requests than are remembered do not shift the pairing of the rest', () => {
  const count = 40;
  const requests = Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: h\r\n\r\n`).join('');
  const responses = 'HTTP/1.1 204 No Content\r\n\r\n'.repeat(count);
  const messages = playPieces(http, 'stream', [
    { from: 'client', bytes: toUtf8(requests), packet: 1 },
    { from: 'server', bytes: toUtf8(responses), packet: 2 },
    { from: 'client', bytes: toUtf8('GET /after HTTP/1.1\r\nHost: h\r\n\r\n'), packet: 3 },
    { from: 'server', bytes: toUtf8('HTTP/1.1 204 No Content\r\n\r\n'), packet: 4 },
  ]);
  const answered = messages.filter(({ kind }) => kind === 'response').map(({ object }) => object);
  assert.equal(answered[31], 'h/31');
  assert.equal(answered[32], null);
  assert.equal(answered[39], null);
  assert.equal(answered[40], 'h/after');
});

test('after a switch of protocols or a tunnel the conversation is given up, so that what is inside can be recognised', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['GET /socket HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', true],
    ['CONNECT plc:502 HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', true],
    ['CONNECT plc:502 HTTP/1.1\r\n\r\n', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', false],
    ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', false],
  ];
  for (const [request, response, isLost] of cases) {
    const decoder = http.createDecoder('stream');
    const out = new MessageBatch();
    for (const [text, fromClient] of [
      [request, true],
      [response, false],
    ] as const) {
      const bytes = toUtf8(text);
      decoder.decode({ bytes, start: 0, end: bytes.length, packet: 1, atMs: 0, flow: 0, fromClient }, out);
    }
    assert.equal(decoder.isLost?.(), isLost, response);
  }
});
