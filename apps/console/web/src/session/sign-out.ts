import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import { session } from './session.ts';

/** What was on the screen is forgotten too: the next one to sign in may be somebody else. */
export async function signOut(): Promise<void> {
  session.signOut();
  await queryClient.cancelQueries();
  queryClient.clear();
  const { signIn } = await queryClient.fetchQuery(configQuery);
  if (signIn.kind === 'oidc') await (await import('./oidc.ts')).signOutOfProvider(signIn);
}
