/** Lists the quarantined rows of an upload, which people can fix and send again, or download. */
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconEye, IconInfoCircle } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { api, readAnswer } from '../../api/client.ts';
import { LoadingPanel } from '../../shared/loading.tsx';
import { formatBytes, formatCount, formatInteger } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { getFixDraftId } from '../cards/card.ts';
import { cards, useCards } from '../cards/page-cards.ts';
import { FixRows } from '../fix/fix-rows.tsx';
import { collectFixes } from '../fix/row-to-fix.ts';
import { useFixDraft } from '../fix/use-fix-draft.ts';
import { getFileName } from '../shared/amounts.ts';
import { feeds, getContract } from '../shared/feeds.ts';
import { fetchContentUrl } from '../versions/newest-version.ts';
import { previewWorker, rewrittenAtMost } from '../worker/worker.ts';
import { downloadRowsToFix } from './download-rows-to-fix.ts';

export function QuarantinePanel({ upload }: { readonly upload: Upload }) {
  const { uploadId, objectKey, versionId, sizeBytes } = upload;
  const name = getFileName(objectKey);
  const feed = feeds.find((known) => known === upload.feed);
  const draftId = getFixDraftId(upload);
  const { draft, change, restored } = useFixDraft(draftId);

  const pages = useInfiniteQuery({
    queryKey: ['quarantined-rows', uploadId],
    queryFn: ({ pageParam, signal }) =>
      readAnswer(
        api.uploads[':uploadId']['quarantined-rows'].$get(
          {
            param: { uploadId: String(uploadId) },
            query: { limit: '200', ...(pageParam ? { cursor: pageParam } : {}) },
          },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const header = useQuery({
    queryKey: ['header', objectKey, versionId],
    queryFn: async () => previewWorker.headerOf(await fetchContentUrl(objectKey, versionId), name),
    staleTime: Number.POSITIVE_INFINITY,
  });

  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.rows) ?? [], [pages.data]);
  const shape = useMemo(
    () =>
      header.data === undefined || feed === undefined ? null : { header: header.data, contract: getContract(feed) },
    [header.data, feed],
  );
  // Loads all pages as soon as a row is edited, because edited rows on later pages must be included.
  const edited = Object.keys(draft).length;
  useEffect(() => {
    if (edited > 0 && pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
  }, [edited, pages]);
  const fixes = useMemo(() => (shape === null ? [] : collectFixes(rows, draft, shape)), [rows, draft, shape]);

  const tooLarge = (sizeBytes ?? 0) > rewrittenAtMost;
  const card = useCards().find(({ basedOn }) => basedOn?.uploadId === uploadId);
  const rewrite = useMutation({
    mutationFn: async () => {
      if (feed === undefined || shape === null) return;
      if (tooLarge) {
        const source = await previewWorker.buildCsvFile([shape.header, ...fixes.map(({ cells }) => cells)]);
        cards.addMade({
          source,
          name: name.replace(/^.*\//, '').replace(/\.csv(\.gz)?$/i, ` fixed ${fixes.length}.csv`),
          feed,
        });
      } else {
        const source = await previewWorker.replaceRows(await fetchContentUrl(objectKey, versionId), name, fixes);
        cards.addCorrection({
          source,
          name,
          feed,
          fixed: fixes.length,
          basedOn: { uploadId, versionId, rows: fixes.map(({ rowNo }) => rowNo) },
        });
      }
    },
  });
  const download = useMutation({ mutationFn: () => downloadRowsToFix(upload, header.data ?? []) });

  if (pages.isPending || header.isPending) return <LoadingPanel height={260} label="Loading the rows to fix" />;
  if (pages.isError) return <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />;
  return (
    <Stack component="section" className="panel" p="md" gap="md" aria-labelledby="rows-to-fix">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 280px' }}>
          <Title order={2} id="rows-to-fix">
            {formatCount(upload.rowsQuarantined, 'row')} to fix
          </Title>
          <Text size="sm" c="dimmed" maw={620}>
            Fix the cells below. Your changes are saved in this browser until you send them, even if you close the page.
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
          loading={download.isPending}
          disabled={!header.isSuccess}
          onClick={() => download.mutate()}
        >
          Download as CSV
        </Button>
      </Group>
      {restored > 0 && card === undefined ? (
        <Text size="sm" role="status">
          Your unsent changes were restored.
        </Text>
      ) : null}
      {download.isError ? <ProblemNotice error={download.error} /> : null}
      {header.isError ? <ProblemNotice error={header.error} onRetry={() => void header.refetch()} /> : null}
      {tooLarge ? (
        <Alert variant="light" color="blue" icon={<IconInfoCircle aria-hidden />}>
          This file has {formatBytes(sizeBytes ?? 0)}. Files of more than {formatBytes(rewrittenAtMost)} can’t be
          changed here, so the rows that you fix are sent as a new file. The rows will still be listed here.
        </Alert>
      ) : null}
      {shape === null ? null : (
        <FixRows
          rows={rows}
          shape={shape}
          draft={draft}
          onDraft={change}
          onEnd={() => {
            if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
          }}
        />
      )}
      <Group gap="sm" justify="space-between">
        <Text size="sm" role="status" className="figures">
          {formatInteger(fixes.length)} of {formatInteger(upload.rowsQuarantined)} fixed
        </Text>
        <Button
          leftSection={<IconEye size={18} aria-hidden />}
          disabled={fixes.length === 0}
          loading={rewrite.isPending}
          onClick={() => rewrite.mutate()}
        >
          {tooLarge ? 'Preview the new file' : 'Preview the corrected file'}
        </Button>
      </Group>
      {rewrite.isError ? <ProblemNotice error={rewrite.error} /> : null}
    </Stack>
  );
}
