/** The page to drop, check and send files, with the history of all uploads. */
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import { useWho } from '../session/use-session.ts';
import { formatInteger } from '../shared/numbers.ts';
import { PageHeader } from '../shared/page-header.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { findObstacle } from './cards/card.ts';
import { CardView } from './cards/card-view.tsx';
import { cards, useCards } from './cards/page-cards.ts';
import { DropArea } from './drop/drop-area.tsx';
import { parseHistoryFilters } from './history/filters.ts';
import { History } from './history/history.tsx';
import { UnfinishedSends } from './sending/unfinished-sends.tsx';

export function UploadsPage() {
  const who = useWho();
  const filters = parseHistoryFilters(useSearch({ strict: false }));
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title="Uploads" description="Upload statements, see what happened to them and fix problem rows." />
      <Stack gap="xl">
        <Stack gap="sm">
          <DropArea limit={who.data?.limits.objectBytes ?? null} onFiles={(files) => cards.add(files)} />
          {who.isError ? <ProblemNotice error={who.error} onRetry={() => void who.refetch()} /> : null}
          <UnfinishedSends />
        </Stack>
        <DroppedFiles />
        <History
          filters={filters}
          onFilters={(search) => void navigate({ to: '/uploads', search, replace: true, resetScroll: false })}
        />
      </Stack>
    </>
  );
}

function DroppedFiles() {
  const all = useCards();
  const ready = all.filter((card) => findObstacle(card) === null);
  const settled = all.filter(({ phase }) => phase.kind === 'following' && phase.progress.stage === 'published');
  const sending = all.some(({ phase }) => phase.kind === 'sending');
  // Leaving the page loses the dropped files. S3 keeps the parts that were already sent.
  useBlocker({ shouldBlockFn: () => false, enableBeforeUnload: sending });
  if (all.length === 0) return null;
  return (
    <Stack component="section" gap="sm" aria-labelledby="dropped">
      <Group justify="space-between" mih={36}>
        <Title order={2} id="dropped">
          {all.length === 1 ? 'Your file' : `Your ${formatInteger(all.length)} files`}
        </Title>
        <Group gap="xs">
          {settled.length > 0 ? (
            <Button variant="subtle" color="gray" size="sm" onClick={() => cards.clearSettled()}>
              Clear finished
            </Button>
          ) : null}
          {ready.length > 1 ? (
            <Button size="sm" leftSection={<IconSend size={18} aria-hidden />} onClick={() => cards.sendAll()}>
              Send all {ready.length}
            </Button>
          ) : null}
        </Group>
      </Group>
      {all.map((card) => (
        <CardView key={card.id} card={card} />
      ))}
      {new Set(ready.map(({ feed }) => feed)).size < ready.length ? (
        <Text size="xs" c="dimmed">
          A row that is in two of these files is shown as new in both. It counts only once after you send them.
        </Text>
      ) : null}
    </Stack>
  );
}
