import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './problem.ts';

/**
 * Figures change when an upload is published. Half a minute is fresh enough, and figures are refreshed when the person
 * returns to the tab.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // Does not retry a 429 here, because the client has already repeated the request.
      retry: (failures, error) =>
        failures < 3 && isTransient(error) && !(error instanceof ApiError && error.status === 429),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8_000),
    },
    mutations: { retry: false },
  },
});
