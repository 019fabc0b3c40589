// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShinraiError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { Problem } from './problem.ts';

/** What a refusal says. Only a {@link Problem} reaches the asker in its own words. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** Refusals of the server library before a handler runs, by its code. */
const ofLibrary: ReadonlyMap<string, Refused> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', { status: 413, code: 'body-too-large', detail: 'Cannot read the request: the body is larger than this route takes' }],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', { status: 415, code: 'media-type', detail: 'Cannot read the request: the body must be application/json' }],
  ['FST_ERR_CTP_INVALID_JSON_BODY', { status: 400, code: 'invalid-json', detail: 'Cannot read the request: the body is not JSON' }],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', { status: 400, code: 'invalid-request', detail: 'Cannot read the request: its length is not as announced' }],
  ['FST_ERR_BAD_URL', { status: 400, code: 'invalid-request', detail: 'Cannot read the request: the path is not well-formed' }],
]);

/** Turns whatever was thrown into a refusal; what is not meant for the asker goes to the log only. */
export function problemOf(error: unknown, request: FastifyRequest, log: Log): Refused {
  if (error instanceof Problem) return { status: error.status, code: error.code, detail: error.message, retryAfterSeconds: error.retryAfterSeconds };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = ofLibrary.get(code);
  if (known !== undefined) return known;
  if (error instanceof SyntaxError) return { status: 400, code: 'invalid-json', detail: 'Cannot read the request: the body is not JSON' };
  const reason = error instanceof Error ? error.message : String(error);
  log.error('request failed', { requestId: request.id, route: request.routeOptions.url, code, reason });
  if (error instanceof ShinraiError && error.code === 'store.busy') return { status: 503, code: 'busy', detail: 'Cannot answer now: try again' };
  return { status: 500, code: 'internal', detail: `Cannot answer: the server failed; its log has the reason under ${request.id}` };
}

/** Answers as problem details. Source: RFC 9457, section 3. */
export function answerProblem(reply: FastifyReply, requestId: string, refused: Refused): FastifyReply {
  const { status, code, detail, retryAfterSeconds } = refused;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, requestId };
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}
