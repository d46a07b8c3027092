import type { Preview } from '@centflow/preview';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { formatBytes, formatCount } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { FixRows } from '../fix/fix-rows.tsx';
import { collectFixes } from '../fix/row-to-fix.ts';
import { useFixDraft } from '../fix/use-fix-draft.ts';
import { getContract } from '../shared/feeds.ts';
import { previewWorker, rewrittenAtMost } from '../worker/worker.ts';
import type { Card } from './card.ts';
import { cards } from './page-cards.ts';

/** Lets people fix the rows with problems before they send the file. */
export function CardFixes({ card, preview }: { readonly card: Card; readonly preview: Preview }) {
  // The key of the draft depends only on the file. Typed fixes therefore reappear if the file is dropped again after a
  // reload.
  const modified = card.source instanceof File ? card.source.lastModified : 0;
  const { draft, change, deleteDraft } = useFixDraft(`${card.fileName} ${card.feed} ${card.source.size} ${modified}`);
  const tooLarge = card.source.size > rewrittenAtMost;
  const shape = { header: preview.header, contract: getContract(card.feed ?? '') };
  const fixes = collectFixes(preview.quarantined, draft, shape);
  const more = preview.rowsQuarantined - preview.quarantined.length;
  const rewrite = useMutation({
    mutationFn: () => previewWorker.replaceRows(card.source, card.name, fixes),
    onSuccess: async (source) => {
      await deleteDraft();
      cards.replaceSource(card.id, source, card.name, fixes.length);
    },
  });
  return (
    <Stack gap="xs" component="section" aria-label={`Rows to fix in ${card.name}`}>
      <Group justify="space-between" gap="xs">
        <div>
          <Title order={3} fz="sm">
            {formatCount(preview.rowsQuarantined, 'row needs', 'rows need')} fixing
          </Title>
          <Text size="xs" c="dimmed">
            {tooLarge
              ? `The file is larger than ${formatBytes(rewrittenAtMost)}. Send the file, then fix these rows on the upload’s page.`
              : 'Fix these rows here, or send the file as it is. The other rows then count at once, and you can fix these later on the upload’s page.'}
          </Text>
        </div>
        {tooLarge ? null : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTool size={16} aria-hidden />}
            disabled={fixes.length === 0}
            loading={rewrite.isPending}
            onClick={() => rewrite.mutate()}
          >
            {fixes.length === 0 ? 'Apply fixes' : `Apply ${formatCount(fixes.length, 'fix', 'fixes')}`}
          </Button>
        )}
      </Group>
      {rewrite.isError ? <ProblemNotice error={rewrite.error} /> : null}
      <FixRows rows={preview.quarantined} shape={shape} draft={draft} onDraft={change} />
      {more > 0 ? (
        <Text size="xs" c="dimmed">
          {formatCount(more, 'more row needs', 'more rows need')} fixing. After you send the file, the upload’s page
          shows them all.
        </Text>
      ) : null}
    </Stack>
  );
}
