import { queryOptions } from '@tanstack/react-query';
import { publicApi, readAnswer } from '../api/client.ts';

/** How one signs in here; the same until the next release. */
export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: ({ signal }) => readAnswer(publicApi.config.$get({ query: {} }, { init: { signal } })),
  staleTime: Number.POSITIVE_INFINITY,
});
