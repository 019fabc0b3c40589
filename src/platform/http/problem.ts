// SPDX-License-Identifier: Apache-2.0
/** An answer that is not a success: RFC 9457 problem details. `code` is from the room's closed list and is what programs look at. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** When to try again; goes into the header Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 503, code: string, detail: string, retryAfterSeconds?: number) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The refusal for an id that names nothing: 404 `not-found`. */
export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'not-found', `Cannot find ${what}: there is none with id "${id}"`);
}
