import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import classes from './sign-in-page.module.css';

/** Completes the sign-in only once. The provider's code works only once, but React may render twice. */
const finishQuery = {
  queryKey: ['finish-sign-in'],
  queryFn: async () => {
    const { finishSignIn } = await import('./oidc.ts');
    return { address: (await finishSignIn()) ?? null };
  },
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
} as const;

export default function SignInReturn() {
  const finish = useQuery(finishQuery);
  const navigate = useNavigate();
  const address = finish.data?.address;
  useEffect(() => {
    if (address) void navigate({ href: address, replace: true });
  }, [address, navigate]);
  return (
    <main className={classes.page}>
      <title>Signing in · Centflow</title>
      <div className={classes.card}>
        {finish.isError ? (
          <>
            <ProblemNotice error={finish.error} />
            <Anchor component={Link} to="/" mt="md" display="block">
              Back to sign-in
            </Anchor>
          </>
        ) : (
          <Text role="status">
            {address === null ? 'You are signed in. You can close this window.' : 'Signing in…'}
          </Text>
        )}
      </div>
    </main>
  );
}
