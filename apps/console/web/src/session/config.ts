import { queryOptions } from '@tanstack/react-query';
import { publicApi, readAnswer } from '../api/public-client.ts';

/** Loads the sign-in configuration, which does not change until the next release. */
export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: ({ signal }) => readAnswer(publicApi.config.$get({ query: {} }, { init: { signal } })),
  staleTime: Number.POSITIVE_INFINITY,
});
