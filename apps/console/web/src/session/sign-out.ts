import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import { session } from './this-tab.ts';

/**
 * Ends the session and forgets what the page knows, because another person may sign in next.
 *
 * The page is always left. This clears its memory, such as dropped files and what the worker has read, and its address,
 * which may contain a search.
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
    // The person is signed out here even if the browser's storage or the provider fails.
    console.warn(error);
  }
  location.replace('/');
}
