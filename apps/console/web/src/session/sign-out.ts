import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import { session } from './this-tab.ts';

/** What was on the screen is forgotten too: the next one to sign in may be somebody else. */
export async function signOut(): Promise<void> {
  const before = session.state();
  session.signOut();
  await queryClient.cancelQueries();
  queryClient.clear();
  const { signIn } = await queryClient.fetchQuery(configQuery);
  if (signIn.kind !== 'oidc') return;
  const { signOutOfProvider } = await import('./oidc.ts');
  await signOutOfProvider(before.kind === 'signed-out' ? undefined : before.credentials.refreshToken);
}
