import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import { session } from './this-tab.ts';

/**
 * Ends the session and clears all data of the person, because another person may sign in next.
 *
 * Always leaves the page, because this clears dropped files and the worker's data from memory. Leaving also clears the
 * page's address, which may contain a search.
 */
export async function signOut(): Promise<void> {
  const before = session.state();
  const owner = queryClient.getQueryData<{ readonly owner: string | null }>(['session'])?.owner ?? null;
  session.signOut();
  try {
    if (owner !== null) await (await import('../uploads/drafts.ts')).forgetDrafts(owner);
    const { signIn } = await queryClient.fetchQuery(configQuery);
    if (signIn.kind === 'oidc') {
      const { signOutOfProvider } = await import('./oidc.ts');
      await signOutOfProvider(before.kind === 'signed-out' ? undefined : before.credentials.refreshToken);
      return;
    }
  } catch (error) {
    // The person is already signed out of the console, even if the browser's storage or the provider fails.
    console.warn(error);
  }
  location.replace('/');
}
