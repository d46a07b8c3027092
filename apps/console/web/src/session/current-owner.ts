import { api, readAnswer } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';

/** Returns the owner whose data the signed-in person sees and changes. */
export async function getCurrentOwner(): Promise<string> {
  const { owner } = await queryClient.fetchQuery({
    queryKey: ['session'],
    queryFn: () => readAnswer(api.session.$get({ query: {} })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (owner === null) throw new Error('You are signed in as an operator. Sign in as an owner to send files.');
  return owner;
}
