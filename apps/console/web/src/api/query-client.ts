import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './problem.ts';

/** Figures change when an upload is published: half a minute old is fresh enough, and coming back to the tab looks again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The client has sent again what was one of too many (429).
      retry: (failures, error) =>
        failures < 3 && isTransient(error) && !(error instanceof ApiError && error.status === 429),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8_000),
    },
    mutations: { retry: false },
  },
});
