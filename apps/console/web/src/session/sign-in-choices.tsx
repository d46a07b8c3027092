import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconChevronRight, IconLogin2, IconUserCog } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { publicApi, readAnswer } from '../api/public-client.ts';
import { formatCount } from '../shared/numbers.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { configQuery } from './config.ts';
import type { Credentials } from './session.ts';
import { session } from './this-tab.ts';

interface Props {
  /** Called after the session has received the new token. */
  readonly onDone?: () => void;
  /** Whether to keep the page and open the OIDC provider in a separate window. */
  readonly keepPage?: boolean;
}

/** Shows the ways to sign in that this environment offers. */
export function SignInChoices(props: Props) {
  const config = useQuery(configQuery);
  if (config.isError) return <ProblemNotice error={config.error} onRetry={() => void config.refetch()} />;
  if (config.isPending) return <Skeleton height={44} />;
  return config.data.signIn.kind === 'local' ? <LocalOwners {...props} /> : <WithProvider {...props} />;
}

function LocalOwners({ onDone }: Props) {
  const owners = useQuery({
    queryKey: ['local-owners'],
    queryFn: ({ signal }) => readAnswer(publicApi.local.owners.$get({ query: {} }, { init: { signal } })),
  });
  const signIn = useMutation({
    mutationFn: async (as: { owner: string; operator: boolean }) => {
      const credentials: Credentials = await readAnswer(publicApi.local['sign-in'].$post({ json: as }));
      session.signIn(credentials);
    },
    onSuccess: () => onDone?.(),
  });
  if (owners.isError) return <ProblemNotice error={owners.error} onRetry={() => void owners.refetch()} />;
  if (owners.isPending) return <Skeleton height={180} />;
  // The list starts with the owners who have uploads.
  const sortedOwners = [...owners.data.owners].sort(
    (one, other) => Number(other.uploads > 0) - Number(one.uploads > 0),
  );
  const first = sortedOwners[0]?.owner;
  return (
    <Stack gap="xs">
      {sortedOwners.map(({ owner, uploads }) => (
        <Button
          key={owner}
          variant="default"
          size="md"
          justify="space-between"
          rightSection={<IconChevronRight size={16} aria-hidden />}
          onClick={() => signIn.mutate({ owner, operator: false })}
        >
          <span>
            {owner}
            <Text span c="dimmed" size="sm" ml="sm">
              {uploads === 0 ? 'no uploads yet' : formatCount(uploads, 'upload')}
            </Text>
          </span>
        </Button>
      ))}
      {first === undefined ? null : (
        <Button
          variant="subtle"
          leftSection={<IconUserCog size={18} aria-hidden />}
          onClick={() => signIn.mutate({ owner: first, operator: true })}
        >
          {first}, as an operator
        </Button>
      )}
      {signIn.isError ? <ProblemNotice error={signIn.error} /> : null}
    </Stack>
  );
}

function WithProvider({ keepPage = false, onDone }: Props) {
  const signIn = useMutation({
    mutationFn: async () => {
      const { signInByRedirect, signInInWindow } = await import('./oidc.ts');
      await (keepPage ? signInInWindow() : signInByRedirect());
    },
    onSuccess: () => onDone?.(),
  });
  return (
    <Stack gap="sm">
      <Button
        size="md"
        leftSection={<IconLogin2 size={18} aria-hidden />}
        // The page cannot detect that the other window was closed, so the button stays enabled.
        loading={signIn.isPending && !keepPage}
        onClick={() => signIn.mutate()}
      >
        Sign in
      </Button>
      {signIn.isError ? <ProblemNotice error={signIn.error} /> : null}
    </Stack>
  );
}
