// SPDX-License-Identifier: Apache-2.0
import type { MessageBatch, MessageRow } from '../../model/message.ts';
import { type Decoder, type Operation, type OperationClass, type Piece, type Protocol, unreadable } from '../protocol.ts';
import { indexOfByte, textCharactersMax } from '../wire-text.ts';
import { Body } from './body.ts';
import { findHeadEnd, type Head, headBytesMax, methods, parseRequestLine, parseStatusLine, readHead, recogniseHead } from './head.ts';

/** Requests that wait for their response; a client that pipelines more is answered without the object's name. */
const waitingMax = 32;

/** POST says nothing about what is done: cameras and controllers read with it too (SOAP). */
const classOf: Readonly<Partial<Record<string, OperationClass>>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'other',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'write',
  CONNECT: 'session',
  OPTIONS: 'discovery',
  TRACE: 'diagnostics',
  PROPFIND: 'discovery',
};

const operations: readonly Operation[] = [
  ...methods.map((method): Operation => {
    const base = { name: method.toLowerCase(), code: undefined, class: classOf[method] ?? 'write' } as const;
    return method === 'CONNECT' ? { ...base, technique: 'T0884' } : base;
  }),
  { name: 'other-method', code: undefined, class: 'other' },
  { name: 'response', code: undefined, class: 'other' },
];
const methodNames: ReadonlyMap<string, string> = new Map(methods.map((method) => [method, method.toLowerCase()]));

/** HTTP/1.0 and 1.1 over TCP: heads only, bodies are passed over. The message form is in README.md. */
export const http: Protocol = {
  name: 'http',
  title: 'Hypertext Transfer Protocol 1.1',
  specification: 'RFC 9110, RFC 9112',
  carriers: [{ kind: 'stream', ports: [80, 8080, 8000, 8008, 8888, 3128, 5000, 8081] }],
  operations,
  recognise: (bytes, start, end, fromClient) => recogniseHead(bytes, start, end, fromClient),
  createDecoder: () => new HttpDecoder(),
};

interface Waiting {
  readonly method: string;
  readonly functionName: string;
  readonly object: string;
  readonly atMs: number;
}

/** One direction of the stream. */
class Direction {
  readonly body = new Body();
  /** False after a gap whose end is not known, until a head is found at the beginning of a line. */
  isInStep = true;
  /** Out of step only: the next byte begins a line, or is the first after the gap. */
  isLineStart = false;
}

class HttpDecoder implements Decoder {
  private readonly client = new Direction();
  private readonly server = new Direction();
  private waiting: Waiting[] = [];
  /** Requests after those, which are only counted. */
  private nameless = 0;

  decode(piece: Piece, out: MessageBatch): number {
    const { bytes, start, end, fromClient } = piece;
    const direction = fromClient ? this.client : this.server;
    const { body } = direction;
    let at = start;
    while (at < end) {
      if (!body.isAtHead()) {
        const before = at;
        at = body.pass(bytes, at, end);
        if (at === before && !body.isAtHead()) break;
        continue;
      }
      if (!direction.isInStep) {
        at = findHead(direction, bytes, at, end, fromClient);
        if (!direction.isInStep) break;
      }
      if (isLineEnd(bytes[at])) {
        at += 1; // empty lines before a request line are allowed (RFC 9112, section 2.2)
        continue;
      }
      const headEnd = findHeadEnd(bytes, at, Math.min(end, at + headBytesMax));
      if (headEnd < 0 && end - at < headBytesMax) break;
      this.addHead(piece, at, headEnd < 0 ? at + headBytesMax : headEnd, headEnd < 0, body, out);
      at = headEnd < 0 ? end : headEnd;
    }
    return at - start;
  }

  skip(fromClient: boolean, missing: number): void {
    const direction = fromClient ? this.client : this.server;
    if (direction.body.skip(missing)) return;
    direction.body.state = 'head';
    direction.isInStep = false;
    direction.isLineStart = true;
    // How many heads were in the gap is not known: pairing starts again.
    this.waiting = [];
    this.nameless = 0;
  }

  isLost(): boolean {
    return this.client.body.state === 'lost' || this.server.body.state === 'lost';
  }

  private addHead(piece: Piece, at: number, end: number, isCut: boolean, body: Body, out: MessageBatch): void {
    const row = out.next(piece.packet, piece.atMs, piece.flow, piece.fromClient, 'http');
    const head = readHead(piece.bytes, at, end);
    const isRead = piece.fromClient ? this.readRequest(piece, head, row, body, out) : this.readResponse(piece, head, row, body, out);
    if (!isRead) {
      row.functionName = unreadable;
      row.status = 'malformed';
    } else if (isCut) row.status = 'truncated';
    else if (head.isMalformed || (piece.fromClient && head.line.split(' ').length > 3)) row.status = 'malformed';
    if (!isRead || isCut || head.framing.kind === 'broken') body.state = 'lost';
  }

  private readRequest(piece: Piece, head: Head, row: MessageRow, body: Body, out: MessageBatch): boolean {
    const line = parseRequestLine(head.line);
    if (line === undefined) return false;
    const { object, query } = splitTarget(line.target, head.host);
    row.kind = 'request';
    row.functionName = methodNames.get(line.method) ?? 'other-method';
    row.object = object;
    if (row.functionName === 'other-method') out.addText(row, `method=${line.method}`);
    if (query !== '') out.addText(row, `query=${query}`);
    if (head.userAgent !== '') out.addText(row, `user-agent=${head.userAgent}`);
    if (this.waiting.length === waitingMax || this.nameless > 0) this.nameless += 1;
    else this.waiting.push({ method: line.method, functionName: row.functionName, object, atMs: piece.atMs });
    if (head.framing.kind === 'length') body.beginLength(head.framing.bytes);
    else if (head.framing.kind === 'chunked') body.beginChunks();
    return true;
  }

  private readResponse(piece: Piece, head: Head, row: MessageRow, body: Body, out: MessageBatch): boolean {
    const code = parseStatusLine(head.line);
    if (code === undefined) return false;
    // An interim response (1xx) does not end the wait, except the switch to another protocol.
    const isInterim = code < 200 && code !== 101;
    const asked = isInterim ? this.waiting[0] : this.waiting.shift();
    if (asked === undefined && !isInterim && this.nameless > 0) this.nameless -= 1;
    row.kind = 'response';
    row.functionName = asked?.functionName ?? 'response';
    row.object = asked?.object ?? '';
    if (asked !== undefined) row.answeredMs = piece.atMs - asked.atMs;
    out.addValue(row, code);
    if (code >= 400) row.status = statusNames.get(code) ?? `http-${code}`;
    if (head.server !== '') out.addText(row, `server=${head.server}`);
    if (head.contentType !== '') out.addText(row, `content-type=${head.contentType}`);
    this.beginResponseBody(code, asked?.method, head, body);
    return true;
  }

  /** RFC 9112, section 6.3, in its order. */
  private beginResponseBody(code: number, method: string | undefined, head: Head, body: Body): void {
    if (code === 101 || (method === 'CONNECT' && code >= 200 && code < 300)) {
      // Another protocol follows in both directions: the driver may ask for it.
      this.client.body.state = 'lost';
      this.server.body.state = 'lost';
    } else if (method === 'HEAD' || code < 200 || code === 204 || code === 304) body.state = 'head';
    else if (head.framing.kind === 'chunked') body.beginChunks();
    else if (head.framing.kind === 'length') body.beginLength(head.framing.bytes);
    else body.state = 'until-close';
  }
}

/**
 * After a loss: where the next head begins (then `isInStep`) or may begin. Only beginnings of lines are looked at, so that
 * the cost stays in proportion to the bytes whatever they are. Attacker-controlled.
 */
function findHead(direction: Direction, bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
  let at = start;
  while (at < end) {
    const recognition = direction.isLineStart ? recogniseHead(bytes, at, end, fromClient) : 'no';
    if (recognition === 'yes') direction.isInStep = true;
    if (recognition === 'yes' || recognition === 'wait') return at;
    const lineEnd = indexOfByte(bytes, 0x0a, at, end);
    direction.isLineStart = lineEnd >= 0;
    at = lineEnd < 0 ? end : lineEnd + 1;
  }
  return end;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

/** Host and path without query; the absolute form brings its own host (RFC 9112, section 3.2). Cut at 256 characters, unsafe ones escaped. */
function splitTarget(target: string, host: string): { readonly object: string; readonly query: string } {
  const absolute = /^https?:\/\/(.*)$/i.exec(target);
  const whole = absolute === null ? (target.startsWith('/') ? `${host}${target}` : target) : (absolute[1] ?? '');
  const mark = whole.search(/[?#]/);
  const path = mark < 0 ? whole : whole.slice(0, mark);
  return { object: showSafe(path), query: mark < 0 ? '' : showSafe(whole.slice(mark + 1)) };
}

function showSafe(text: string): string {
  const safe = text.slice(0, textCharactersMax).replaceAll(/[^\x21-\x7e]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return safe.slice(0, textCharactersMax);
}

/** Words for the status codes that say something about the process's guard; others are `http-<code>`. RFC 9110, section 15. */
const statusNames: ReadonlyMap<number, string> = new Map([
  [400, 'bad-request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [407, 'proxy-authentication-required'],
  [408, 'request-timeout'],
  [413, 'content-too-large'],
  [429, 'too-many-requests'],
  [500, 'internal-server-error'],
  [501, 'not-implemented'],
  [502, 'bad-gateway'],
  [503, 'service-unavailable'],
  [504, 'gateway-timeout'],
]);
