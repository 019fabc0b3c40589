// SPDX-License-Identifier: Apache-2.0
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api.ts';

type Schemas = components['schemas'];
export type Finding = Schemas['Finding'];
export type Incident = Schemas['Incident'];
export type Cause = Schemas['Cause'];
export type Response = Schemas['Response'];
export type Overview = Schemas['Overview'];
export type AssetView = Schemas['AssetView'];
export type SiteMap = Schemas['SiteMap'];
export type EvidenceEntry = Schemas['EvidenceEntry'];
export type TraceNode = Schemas['TraceNode'];
export type PacketView = Schemas['PacketView'];
export type PlantView = Schemas['PlantView'];
export type Session = Schemas['Session'];
export type Account = Schemas['Account'];
export type Settings = Schemas['Settings'];
export type Words = Schemas['Words'];
export type Severity = Finding['severity'];

/** An answer that was not a success, or no answer at all (status 0, code `unreachable`). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, detail: string, requestId?: string) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

let csrfToken: string | null = null;
/** Kept from the last answer of /api/session; goes into the header of everything that is not GET. */
export function keepCsrf(token: string | null): void {
  csrfToken = token;
}

// Calls the global at the time of the call: the fake server replaces it.
export const api = createClient<paths>({ baseUrl: '', fetch: (request: Request) => globalThis.fetch(request) });
api.use({
  onRequest: ({ request }) => {
    if (request.method !== 'GET' && csrfToken !== null) request.headers.set('x-shinrai-csrf', csrfToken);
    return request;
  },
});

interface Outcome<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: globalThis.Response;
}

/** The answer's body, or an {@link ApiProblem} thrown. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (cause) {
    throw new ApiProblem(0, 'unreachable', cause instanceof Error ? cause.message : String(cause));
  }
  if (!outcome.response.ok) throw problemOf(outcome.response.status, outcome.error);
  // A success has the declared body; a 204 has none and is declared so.
  return outcome.data as T;
}

/** Reads problem details; also of what a proxy in between answered in its own way. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as { readonly [name: string]: unknown };
  const word = (name: string): string | undefined => (typeof said[name] === 'string' ? said[name] : undefined);
  return new ApiProblem(status, word('code') ?? `http-${status}`, word('detail') ?? word('title') ?? `HTTP ${status}`, word('requestId'));
}
