import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, readAnswer } from '../api/client.ts';
import type { SessionState } from './session.ts';
import { session } from './this-tab.ts';

export function useSessionState(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Loads the owner whose data is shown, and whether the person is an operator. */
export function useWho() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => readAnswer(api.session.$get({ query: {} }, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
