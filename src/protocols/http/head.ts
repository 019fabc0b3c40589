// SPDX-License-Identifier: Apache-2.0
import type { Recognition } from '../protocol.ts';
import { indexOfByte, textOf } from '../wire-text.ts';

/** A head that is longer is cut: what stands in the first bytes is read, the rest of the direction is not. */
export const headBytesMax = 16_384;
const fieldsMax = 256;

/** Methods with a name of their own (RFC 9110 section 9.3, RFC 5789, RFC 4918); all others are `other-method`. */
export const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
] as const;

/** How the bytes after a head are counted. RFC 9112, section 6.3. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'broken' };

export interface Head {
  /** The first line without its end. */
  readonly line: string;
  readonly host: string;
  readonly userAgent: string;
  readonly server: string;
  readonly contentType: string;
  readonly framing: Framing;
  readonly isMalformed: boolean;
}

/** Offset after the empty line that ends the head, or -1 when it is not there yet. CRLF and bare LF are accepted (RFC 9112, section 2.2). */
export function findHeadEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = indexOfByte(bytes, 0x0a, start, end); at >= 0; at = indexOfByte(bytes, 0x0a, at + 1, end)) {
    if (at + 1 < end && bytes[at + 1] === 0x0a) return at + 2;
    if (at + 2 < end && bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

/**
 * Reads the head in [start, end). Attacker-controlled. Only the fields that are shown or that count the body are looked at.
 * Contradictory or unreadable counts give `broken`: guessing there is how requests are smuggled past a watcher.
 * Source: RFC 9112, sections 2 to 6.
 */
export function readHead(bytes: Uint8Array, start: number, end: number): Head {
  const fields = { host: '', userAgent: '', server: '', contentType: '' };
  let line = '';
  let lengths: string | undefined;
  let isChunked = false;
  let isBroken = false;
  let isMalformed = false;
  let at = start;
  for (let index = 0; at < end && index <= fieldsMax; index += 1) {
    const lineEnd = endOfLine(bytes, at, end);
    const textEnd = lineEnd.textEnd;
    if (index === 0) line = latin1(bytes, at, Math.min(textEnd, at + 8192));
    else if (textEnd > at) {
      const field = readField(bytes, at, textEnd);
      if (field === undefined) isMalformed = true;
      else if (field.name === 'host' && fields.host === '') fields.host = field.value;
      else if (field.name === 'user-agent') fields.userAgent = field.value;
      else if (field.name === 'server') fields.server = field.value;
      else if (field.name === 'content-type') fields.contentType = field.value;
      else if (field.name === 'content-length') {
        isBroken ||= lengths !== undefined && lengths !== field.value;
        lengths = field.value;
      } else if (field.name === 'transfer-encoding') isChunked = /(^|,)\s*chunked$/i.test(field.value);
    }
    at = lineEnd.next;
  }
  const length = lengths === undefined ? undefined : /^\d{1,15}$/.test(lengths) ? Number(lengths) : -1;
  const framing: Framing =
    isBroken || length === -1 || (isChunked && length !== undefined)
      ? { kind: 'broken' }
      : isChunked
        ? { kind: 'chunked' }
        : length === undefined
          ? { kind: 'none' }
          : { kind: 'length', bytes: length };
  return { line, ...fields, framing, isMalformed: isMalformed || framing.kind === 'broken' };
}

function endOfLine(bytes: Uint8Array, at: number, end: number): { readonly textEnd: number; readonly next: number } {
  const found = indexOfByte(bytes, 0x0a, at, end);
  if (found < 0) return { textEnd: end, next: end };
  return { textEnd: found > at && bytes[found - 1] === 0x0d ? found - 1 : found, next: found + 1 };
}

/** Name in lower case and value without surrounding space; undefined where the line is no field (no colon, space before it). */
function readField(bytes: Uint8Array, at: number, end: number): { readonly name: string; readonly value: string } | undefined {
  const colon = indexOfByte(bytes, 0x3a, at, Math.min(end, at + 65));
  if (colon <= at) return undefined;
  const name = latin1(bytes, at, colon).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) return undefined;
  let valueStart = colon + 1;
  let valueEnd = end;
  while (valueStart < valueEnd && isSpace(bytes[valueStart])) valueStart += 1;
  while (valueEnd > valueStart && isSpace(bytes[valueEnd - 1])) valueEnd -= 1;
  return { name, value: textOf(bytes, valueStart, valueEnd) };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let offset = start; offset < end; offset += 1) text += String.fromCharCode(bytes[offset] as number); // inside [start, end)
  return text;
}

/** A target with spaces is forbidden, but servers take it, and so do attackers. */
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) (\S|\S.*\S) HTTP\/1\.[0-9]$/;
const statusLine = /^HTTP\/1\.[0-9] ([1-9][0-9]{2})( |$)/;

/** Method and target of a request line, undefined where it is none of HTTP/1. RFC 9112, section 3. */
export function parseRequestLine(line: string): { readonly method: string; readonly target: string } | undefined {
  const match = requestLine.exec(line);
  return match === null ? undefined : { method: match[1] ?? '', target: match[2] ?? '' };
}

/** Status code of a status line, undefined where it is none of HTTP/1. RFC 9112, section 4. */
export function parseStatusLine(line: string): number | undefined {
  const match = statusLine.exec(line);
  return match === null ? undefined : Number(match[1]);
}

interface Words {
  readonly all: readonly string[];
  readonly firstLetters: ReadonlySet<number>;
}
const wordsFrom = (all: readonly string[]): Words => ({ all, firstLetters: new Set(all.map((word) => word.charCodeAt(0))) });
const requestWords = wordsFrom(methods.map((method) => `${method} `));
const responseWords = wordsFrom(['HTTP/1.']);

/** How much of a first line is waited for. */
const lineBytesMax = 4096;

/**
 * Judges by content whether a head begins at `start`: its first line to the end, with `HTTP/1.x` in its place (SIP, RTSP and
 * HTTP/2's preface use the same words). Attacker-controlled.
 */
export function recogniseHead(bytes: Uint8Array, start: number, end: number, fromClient: boolean): Recognition {
  const words = fromClient ? requestWords : responseWords;
  if (start < end && !words.firstLetters.has(bytes[start] as number)) return 'no'; // start < end
  const begin = latin1(bytes, start, Math.min(end, start + 12));
  if (!words.all.some((word) => begin.startsWith(word) || word.startsWith(begin))) return 'no';
  const { textEnd, next } = endOfLine(bytes, start, end);
  if (next === end && bytes[end - 1] !== 0x0a) return end - start > lineBytesMax ? 'no' : 'wait';
  const line = latin1(bytes, start, textEnd);
  if (fromClient) return parseRequestLine(line) === undefined ? 'no' : 'yes';
  return parseStatusLine(line) === undefined ? 'no' : 'yes';
}
