// SPDX-License-Identifier: Apache-2.0
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import type { operations } from '../generated/api.ts';
import { ApiProblem, answer, api, keepCsrf } from './api.ts';

/** Events tell what changed; these are only the safety net for an event that was lost. */
const safetyNetMs = 15_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal does not become a success by asking again; an unreachable server may come back.
        retry: (count, error) => !(error instanceof ApiProblem && error.status >= 400 && error.status < 500) && count < 2,
        retryDelay: (count) => Math.min(500 * 2 ** count, 4_000),
        refetchOnWindowFocus: true,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

type Query<N extends keyof operations> = operations[N] extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async () => {
    const session = await answer(api.GET('/api/session'));
    keepCsrf(session.csrf);
    return session;
  },
});
export const overviewQuery = queryOptions({ queryKey: ['overview'], queryFn: () => answer(api.GET('/api/overview')), refetchInterval: safetyNetMs });
export const chainQuery = queryOptions({ queryKey: ['chain'], queryFn: () => answer(api.GET('/api/chain')), refetchInterval: safetyNetMs });
export const plantQuery = queryOptions({ queryKey: ['plant'], queryFn: () => answer(api.GET('/api/plant')), refetchInterval: 2_000 });
export const settingsQuery = queryOptions({ queryKey: ['settings'], queryFn: () => answer(api.GET('/api/settings')) });
export const mapQuery = queryOptions({ queryKey: ['map'], queryFn: () => answer(api.GET('/api/map')), refetchInterval: safetyNetMs });
export const normQuery = queryOptions({ queryKey: ['norm'], queryFn: () => answer(api.GET('/api/norm')) });
export const normEntriesQuery = (state: 'probation' | 'confirmed') =>
  queryOptions({ queryKey: ['norm', 'entries', state], queryFn: () => answer(api.GET('/api/norm/entries', { params: { query: { state } } })) });

export const assetsQuery = (search: string) =>
  queryOptions({
    queryKey: ['assets', 'list', search],
    queryFn: () => answer(api.GET('/api/assets', { params: { query: { limit: 500, ...(search === '' ? {} : { search }) } } })),
    refetchInterval: safetyNetMs,
    placeholderData: (before) => before,
  });

export const findingsQuery = (query: Query<'listFindings'>) =>
  infiniteQueryOptions({
    queryKey: ['findings', 'list', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/findings', { params: { query: { ...query, ...(pageParam === undefined ? {} : { before: pageParam }) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
export const findingQuery = (id: string) =>
  queryOptions({ queryKey: ['findings', 'one', id], queryFn: () => answer(api.GET('/api/findings/{id}', { params: { path: { id } } })) });
export const packetsQuery = (id: string, offset: number, limit: number) =>
  queryOptions({
    queryKey: ['packets', id, offset, limit],
    queryFn: () => answer(api.GET('/api/findings/{id}/packets', { params: { path: { id }, query: { offset, limit } } })),
    placeholderData: (before) => before,
  });

export const incidentsQuery = (query: Query<'listIncidents'>) =>
  infiniteQueryOptions({
    queryKey: ['incidents', 'list', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/incidents', { params: { query: { ...query, ...(pageParam === undefined ? {} : { before: pageParam }) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
export const incidentQuery = (id: string) =>
  queryOptions({ queryKey: ['incidents', 'one', id], queryFn: () => answer(api.GET('/api/incidents/{id}', { params: { path: { id } } })) });

export const responsesQuery = (query: Query<'listResponses'> = {}) =>
  queryOptions({
    queryKey: ['responses', 'list', query],
    queryFn: () => answer(api.GET('/api/responses', { params: { query: { limit: 200, ...query } } })),
    refetchInterval: safetyNetMs,
  });
export const responseQuery = (id: string) =>
  queryOptions({ queryKey: ['responses', 'one', id], queryFn: () => answer(api.GET('/api/responses/{id}', { params: { path: { id } } })) });

export const evidenceListQuery = (query: Query<'listEvidence'>) =>
  infiniteQueryOptions({
    queryKey: ['evidence', 'list', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/evidence', { params: { query: { ...query, ...(pageParam === undefined ? {} : { before: pageParam }) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
export const evidenceQuery = (id: string) =>
  queryOptions({
    queryKey: ['evidence', 'one', id],
    queryFn: () => answer(api.GET('/api/evidence/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const traceQuery = (id: string) =>
  queryOptions({ queryKey: ['trace', id], queryFn: () => answer(api.GET('/api/trace/{id}', { params: { path: { id } } })) });

export const accountsQuery = queryOptions({ queryKey: ['accounts'], queryFn: () => answer(api.GET('/api/accounts', { params: { query: { limit: 500 } } })) });
export const tokensQuery = queryOptions({ queryKey: ['tokens'], queryFn: () => answer(api.GET('/api/tokens', { params: { query: { limit: 500 } } })) });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => answer(api.GET('/api/account/sessions')) });
