import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../api/query-client.ts';
import { getCurrentOwner } from '../../session/current-owner.ts';
import { formatMoment } from '../../shared/dates.ts';
import { formatBytes } from '../../shared/numbers.ts';
import { sendStore, useCards } from '../cards/page-cards.ts';
import { sendApi } from './send-api.ts';
import { discardSend } from './send-file.ts';
import type { UnfinishedSend } from './send-store.ts';

/** Lists sends that a reload or a crash interrupted. Dropping the same file again resumes them. */
export function UnfinishedSends() {
  const cards = useCards();
  const unfinished = useQuery({
    // Reloads the list, which changes when a send starts or ends.
    queryKey: ['unfinished-sends', cards.map(({ id, phase }) => `${id} ${phase.kind}`)],
    queryFn: async () => sendStore.list(await getCurrentOwner()),
    staleTime: 0,
    placeholderData: (before) => before,
  });
  const names = new Set(cards.map(({ name }) => name));
  const others = (unfinished.data ?? []).filter(({ name }) => !names.has(name));
  return others.map((send) => <Unfinished key={send.multipartId} send={send} />);
}

function Unfinished({ send }: { readonly send: UnfinishedSend }) {
  const discard = useMutation({
    mutationFn: () => discardSend(sendApi, sendStore, send),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['unfinished-sends'] }),
  });
  return (
    <Alert
      variant="light"
      color="blue"
      icon={<IconCloudUp aria-hidden />}
      title={`${send.name} was not sent completely`}
    >
      <Stack gap="xs">
        <Text size="sm">
          You started sending this file of {formatBytes(send.bytes)} on{' '}
          {formatMoment(new Date(send.startedAt).toISOString())}. Drop the same file again to send the rest.
        </Text>
        <Group>
          <Button size="xs" variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
            Discard the part already sent
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
