import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, readAnswer } from '../api/client.ts';
import { formatDay } from '../shared/dates.ts';
import { formatInteger, formatSeconds } from '../shared/numbers.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Panel, REFRESH } from './panel.tsx';

interface Day {
  readonly day: string;
  readonly uploads: number;
  readonly p50: number;
  readonly p95: number;
}

export function Latency() {
  const latency = useQuery({
    queryKey: ['operations', 'latency'],
    queryFn: ({ signal }) => readAnswer(api.pipeline.latency.$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Latency"
      description="Time from receiving a file to showing it in the reports, for each of the last 30 days. p50 is the time within which half of the uploads were shown, and p95 the time for 95%."
      query={latency}
      height={160}
    >
      {({ days }) => <Days days={days} />}
    </Panel>
  );
}

function Days({ days }: { readonly days: readonly Day[] }) {
  if (days.length === 0) return <Text c="dimmed">No files were imported in the last 30 days.</Text>;
  const longest = Math.max(...days.map(({ p95 }) => p95), 0.001);
  const columns: readonly Column<Day>[] = [
    { title: 'Day', cell: ({ day }) => formatDay(day), kind: 'nowrap' },
    { title: 'Uploads', cell: ({ uploads }) => formatInteger(uploads), kind: 'number' },
    { title: 'p50', cell: ({ p50 }) => formatSeconds(p50), kind: 'number' },
    { title: 'p95', cell: ({ p95 }) => formatSeconds(p95), kind: 'number' },
    {
      title: 'p50 and p95',
      cell: ({ p50, p95 }) => <Bars p50={p50 / longest} p95={p95 / longest} />,
      kind: 'object',
    },
  ];
  return <DataTable label="Latency by day" rows={days} columns={columns} keyOf={({ day }) => day} />;
}

/** Draws the figures p50 and p95 as bars. */
function Bars({ p50, p95 }: { readonly p50: number; readonly p95: number }) {
  return (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" width="100%" height="12" aria-hidden="true">
      <rect width={p95 * 100} height="10" rx="1.5" fill="var(--positive)" opacity="0.28" />
      <rect width={p50 * 100} height="10" rx="1.5" fill="var(--positive)" />
    </svg>
  );
}
