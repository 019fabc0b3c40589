// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import type { Access } from '../../../src/platform/http/route.ts';
import { answer, api, keepCsrf, type Session } from './api.ts';
import { sessionQuery } from './queries.ts';

/** Whether the signed-in account may call routes of this access; the server decides again, this only spares people a refusal. */
export function useMay(access: Access): boolean {
  const { data } = useQuery(sessionQuery);
  const role = data?.account?.role;
  if (access === 'anyone') return true;
  if (role === undefined) return false;
  return access === 'signed-in' || access.includes(role);
}

/** Takes over a session that the server has just given. */
export function useTakeSession(): (session: Session) => void {
  const client = useQueryClient();
  return useCallback(
    (session) => {
      keepCsrf(session.csrf);
      client.setQueryData(sessionQuery.queryKey, session);
    },
    [client],
  );
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(async () => {
    await answer(api.DELETE('/api/session')).catch(() => undefined); // gone already is as good as signed out
    keepCsrf(null);
    client.clear();
    await navigate('/sign-in', { replace: true });
  }, [client, navigate]);
}
