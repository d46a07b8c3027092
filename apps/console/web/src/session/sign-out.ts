import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import { session } from './this-tab.ts';

/**
 * Ends the session, and forgets what its page knows: the next one to sign in may be somebody else.
 *
 * The page is left in any case. Whatever some part of it keeps in memory (files that were dropped, what the worker has read)
 * goes with it, and so does its address, which says what was looked for.
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
    // Whoever signs out is signed out here, also if the browser's storage or the provider does not answer.
    console.warn(error);
  }
  location.replace('/');
}
