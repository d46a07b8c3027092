import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import classes from './sign-in-page.module.css';

/** Redirects a second window from the provider's sign-out to the provider's sign-in page. */
const leaveQuery = {
  queryKey: ['sign-in-again'],
  queryFn: async () => {
    const { signInAgain } = await import('./oidc.ts');
    await signInAgain();
    return null;
  },
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
} as const;

export default function SignInAgain() {
  const leave = useQuery(leaveQuery);
  return (
    <main className={classes.page}>
      <title>Signing in · Centflow</title>
      <div className={classes.card}>
        {leave.isError ? (
          <ProblemNotice error={leave.error} onRetry={() => void leave.refetch()} />
        ) : (
          <Text role="status">Signing in…</Text>
        )}
      </div>
    </main>
  );
}
