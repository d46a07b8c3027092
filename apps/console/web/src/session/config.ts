import { queryOptions } from '@tanstack/react-query';
import { publicApi, readAnswer } from '../api/public-client.ts';

/** Loads how people sign in. It stays the same until the next release. */
export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: ({ signal }) => readAnswer(publicApi.config.$get({ query: {} }, { init: { signal } })),
  staleTime: Number.POSITIVE_INFINITY,
});
