import { lazy, Suspense } from 'react';
import { SignInPage } from '../session/sign-in-page.tsx';
import { useSessionState } from '../session/use-session.ts';
import { Shell } from './shell.tsx';

const ExpiredSession = lazy(() => import('../session/expired-session.tsx'));

/** Shows the sign-in page or the shell. The address does not change, so the requested page opens after the sign-in. */
export function SignedInShell() {
  const { kind } = useSessionState();
  if (kind === 'signed-out') return <SignInPage />;
  return (
    <>
      <Shell />
      {kind === 'expired' ? (
        <Suspense>
          <ExpiredSession />
        </Suspense>
      ) : null}
    </>
  );
}
