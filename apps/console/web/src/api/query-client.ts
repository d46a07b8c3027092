import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './problem.ts';

/** Figures change when an upload is published: half a minute old is fresh enough, and coming back to the tab looks again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 3 && isPassing(error),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8_000),
    },
    mutations: { retry: false },
  },
});
