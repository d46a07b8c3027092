import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './problem.ts';

/**
 * Figures change when an upload is published. Half a minute is fresh enough, and returning to the tab refreshes them.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The client has already repeated requests refused with 429.
      retry: (failures, error) =>
        failures < 3 && isTransient(error) && !(error instanceof ApiError && error.status === 429),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8_000),
    },
    mutations: { retry: false },
  },
});
