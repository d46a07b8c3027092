import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../api/query-client.ts';
import { currentOwner } from '../../session/current-owner.ts';
import { formatMoment } from '../../shared/dates.ts';
import { formatBytes } from '../../shared/numbers.ts';
import { kept, useCards } from '../cards/page-cards.ts';
import type { KeptSend } from './kept-sends.ts';
import { sendApi } from './send-api.ts';
import { discardSend } from './send-file.ts';

/** Sends that a reload or a crash cut off: the same file dropped again goes on from there. */
export function UnfinishedSends() {
  const cards = useCards();
  const unfinished = useQuery({
    // A send that ends or begins changes what is kept.
    queryKey: ['unfinished-sends', cards.map(({ id, phase }) => `${id} ${phase.kind}`)],
    queryFn: async () => kept.list(await currentOwner()),
    staleTime: 0,
    placeholderData: (before) => before,
  });
  const here = new Set(cards.map(({ name }) => name));
  const elsewhere = (unfinished.data ?? []).filter(({ name }) => !here.has(name));
  return elsewhere.map((send) => <Unfinished key={send.multipartId} send={send} />);
}

function Unfinished({ send }: { readonly send: KeptSend }) {
  const discard = useMutation({
    mutationFn: () => discardSend(sendApi, kept, send),
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
