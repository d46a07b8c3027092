/** Shows an upload with its outcome, its rows to fix and its versions. */
import { Anchor, Breadcrumbs, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { api, readAnswer } from '../../api/client.ts';
import { LoadingPage } from '../../shared/loading.tsx';
import { PageHeader } from '../../shared/page-header.tsx';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { isSettled } from '../follow/follow.ts';
import { getFileName } from '../shared/amounts.ts';
import { getTypeTitle } from '../shared/feeds.ts';
import { StateBadge } from '../shared/state-badge.tsx';
import { VersionsPanel } from '../versions/versions-panel.tsx';
import { Correction } from './correction.tsx';
import { LinePanel } from './line-panel.tsx';
import { OutcomePanel } from './outcome-panel.tsx';
import { QuarantinePanel } from './quarantine-panel.tsx';

export function UploadPage() {
  const { uploadId } = useParams({ strict: false });
  const { row } = useSearch({ strict: false });
  const upload = useQuery({
    queryKey: ['upload', uploadId],
    queryFn: ({ signal }) =>
      readAnswer(
        api.uploads[':uploadId'].$get({ param: { uploadId: uploadId ?? '' }, query: {} }, { init: { signal } }),
      ),
    // Polls every second until the upload is settled. Later changes are rare, because only people make them.
    refetchInterval: ({ state }) => (state.data !== undefined && isSettled(state.data.state) ? 30_000 : 1_000),
  });

  if (upload.isPending) return <LoadingPage />;
  if (upload.isError) {
    return (
      <>
        <PageHeader title="Upload" />
        <ProblemNotice error={upload.error} onRetry={() => void upload.refetch()} />
      </>
    );
  }
  const { data } = upload;
  return (
    <>
      <Breadcrumbs mb="xs" component="nav" aria-label="Breadcrumbs">
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/uploads">
              Uploads
            </Link>
          )}
        />
        <span>{getTypeTitle(data.feed)}</span>
      </Breadcrumbs>
      <PageHeader title={getFileName(data.objectKey)} actions={<StateBadge stage={data.state} />} />
      <Stack gap="lg">
        {row === undefined ? null : <LinePanel upload={data} row={row} />}
        <OutcomePanel upload={data} />
        {data.rowsQuarantined > 0 && (data.state === 'published' || data.state === 'rejected') ? (
          <QuarantinePanel upload={data} />
        ) : null}
        <Correction uploadId={data.uploadId} />
        <VersionsPanel key={data.uploadId} upload={data} />
      </Stack>
    </>
  );
}
