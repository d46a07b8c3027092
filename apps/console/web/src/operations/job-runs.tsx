import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { JobRun } from '../../../api/contract/operations.ts';
import { api, readAnswer } from '../api/client.ts';
import { formatMoment } from '../shared/dates.ts';
import { formatCost, formatSeconds } from '../shared/numbers.ts';
import { type Column, DataTable } from './data-table.tsx';
import { describeCosts } from './describe-costs.ts';
import { Panel, REFRESH } from './panel.tsx';

export function useJobRuns() {
  return useQuery({
    queryKey: ['operations', 'job-runs'],
    queryFn: ({ signal }) =>
      readAnswer(api.operations['job-runs'].$get({ query: { limit: '100' } }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
}

const colours: Readonly<Record<string, string>> = { SUCCEEDED: 'spruce', FAILED: 'red', TIMEOUT: 'red', ERROR: 'red' };

/** Formats a state of Glue in sentence case: `SUCCEEDED` becomes `Succeeded`. */
export function formatRunState(state: string): string {
  return state.charAt(0) + state.slice(1).toLowerCase();
}

const columns: readonly Column<JobRun>[] = [
  { title: 'Started', cell: ({ startedAt }) => (startedAt === null ? '–' : formatMoment(startedAt)), kind: 'nowrap' },
  { title: 'Task', cell: ({ mode }) => ({ manifest: 'Uploads', sweep: 'Sweep', other: 'Other' })[mode] },
  {
    title: 'State',
    cell: ({ state, message }) => (
      <>
        <Badge variant="light" color={colours[state] ?? 'gray'} tt="none">
          {formatRunState(state)}
        </Badge>
        {message && message !== '' ? (
          <Text size="xs" c="dimmed" mt={2}>
            {message}
          </Text>
        ) : null}
      </>
    ),
    kind: 'object',
  },
  { title: 'Duration', cell: ({ seconds }) => formatSeconds(seconds), kind: 'number' },
  { title: 'Glue', cell: ({ glueVersion }) => glueVersion ?? 'Unknown', kind: 'number' },
  { title: 'DPU seconds', cell: ({ dpuSeconds }) => dpuSeconds, kind: 'number' },
  { title: 'Cost', cell: ({ usd }) => (usd === null ? 'Unknown' : formatCost(usd)), kind: 'number' },
];

export function JobRuns() {
  const query = useJobRuns();
  return (
    <Panel
      title="Job runs"
      description="The newest runs of the Glue job. Costs are estimates from the list price of the Glue version that ran."
      query={query}
      height={320}
    >
      {({ runs, prices }) =>
        runs.length === 0 ? (
          <Text c="dimmed">There are no job runs yet.</Text>
        ) : (
          <>
            <Text size="sm" mb="sm" className="figures">
              {describeCosts(runs, prices.asOf)}
            </Text>
            <DataTable label="Job runs, as a table" rows={runs} columns={columns} keyOf={({ jobRunId }) => jobRunId} />
          </>
        )
      }
    </Panel>
  );
}
