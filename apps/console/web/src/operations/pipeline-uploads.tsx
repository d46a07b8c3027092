import { Button, Center, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { PipelineUpload } from '../../../api/contract/operations.ts';
import { api, readAnswer } from '../api/client.ts';
import { formatMoment } from '../shared/dates.ts';
import { LoadingPanel } from '../shared/loading.tsx';
import { formatBytes, formatCost, formatInteger, formatSeconds } from '../shared/numbers.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { StateBadge } from '../uploads/shared/state-badge.tsx';
import { calculateCosts } from './cost-by-upload.ts';
import { type Column, DataTable } from './data-table.tsx';
import { useJobRuns } from './job-runs.tsx';
import classes from './operations.module.css';

/** Shows the uploads of all owners with their state, duration and cost. */
export function PipelineUploads() {
  const pages = useInfiniteQuery({
    queryKey: ['operations', 'uploads'],
    queryFn: ({ pageParam, signal }) =>
      readAnswer(
        api.pipeline.uploads.$get(
          { query: { limit: '100', ...(pageParam === '' ? {} : { cursor: pageParam }) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const runs = useJobRuns();
  const uploads = pages.data?.pages.flatMap((page) => page.uploads) ?? [];
  const costs = calculateCosts(uploads, runs.data?.runs ?? []);
  return (
    <section className={`panel ${classes.panel}`} aria-labelledby="pipeline-uploads">
      <h2 id="pipeline-uploads" style={{ fontSize: '1rem', margin: 0 }}>
        Uploads
      </h2>
      <Text size="sm" c="dimmed" mb="sm">
        Uploads of all owners. The cost of a job run is divided by the number of rows. Costs are shown only for the job
        runs listed above.
      </Text>
      {pages.isError ? <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} /> : null}
      {pages.isPending ? <LoadingPanel height={320} label="Loading the uploads" /> : null}
      {uploads.length > 0 ? (
        <DataTable
          label="Uploads of all owners"
          rows={uploads}
          columns={[...columns, { title: 'Cost', cell: showCost(costs), kind: 'number' }]}
          keyOf={({ uploadId }) => String(uploadId)}
        />
      ) : null}
      {pages.hasNextPage ? (
        <Center mt="xl">
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Show older uploads
          </Button>
        </Center>
      ) : null}
    </section>
  );
}

const showCost = (costs: ReadonlyMap<number, number>) =>
  function Cost({ uploadId }: PipelineUpload) {
    const cost = costs.get(uploadId);
    return cost === undefined ? '–' : formatCost(cost);
  };

const columns: readonly Column<PipelineUpload>[] = [
  { title: 'Received', cell: ({ receivedAt }) => formatMoment(receivedAt), kind: 'nowrap' },
  { title: 'Owner', cell: ({ owner }) => owner },
  { title: 'Object key', cell: ({ objectKey }) => objectKey, kind: 'object' },
  { title: 'State', cell: ({ state }) => <StateBadge stage={state} />, kind: 'state' },
  { title: 'Rows', cell: ({ rowsRead }) => formatInteger(rowsRead), kind: 'number' },
  { title: 'Rows to fix', cell: ({ rowsQuarantined }) => formatInteger(rowsQuarantined), kind: 'number' },
  { title: 'Size', cell: ({ sizeBytes }) => (sizeBytes === null ? '–' : formatBytes(sizeBytes)), kind: 'number' },
  {
    title: 'Time to reports',
    cell: ({ secondsToVisible }) => (secondsToVisible === null ? '–' : formatSeconds(secondsToVisible)),
    kind: 'number',
  },
];
