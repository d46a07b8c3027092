import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import { formatMoment } from '../shared/dates.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Panel, REFRESH } from './panel.tsx';

interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly description: string | null;
  readonly reason: string | null;
  readonly since: string | null;
}

const looks = {
  ALARM: { label: 'alarm', color: 'red' },
  INSUFFICIENT_DATA: { label: 'no data', color: 'gray' },
  OK: { label: 'fine', color: 'spruce' },
} as const;

const columns: readonly Column<Alarm>[] = [
  {
    title: 'State',
    cell: ({ state }) => (
      <Badge variant="light" color={looks[state].color} tt="none">
        {looks[state].label}
      </Badge>
    ),
  },
  {
    title: 'Alarm',
    cell: ({ name, description }) => (
      <>
        {name}
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </>
    ),
    kind: 'object',
  },
  { title: 'Why', cell: ({ reason }) => reason ?? '–', kind: 'object' },
  { title: 'Since', cell: ({ since }) => (since === null ? '–' : formatMoment(since)), kind: 'nowrap' },
];

export function Alarms() {
  const alarms = useQuery({
    queryKey: ['operations', 'alarms'],
    queryFn: ({ signal }) => answerOf(api.operations.alarms.$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Alarms"
      description="Of this environment; what to do about each is in the runbook."
      query={alarms}
      height={120}
    >
      {({ alarms: all }) =>
        all.length === 0 ? (
          <Text c="dimmed">This environment has no alarms.</Text>
        ) : (
          <DataTable
            label="Alarms, as a table"
            rows={[...all].sort((one, other) => one.state.localeCompare(other.state))}
            columns={columns}
            keyOf={({ name }) => name}
          />
        )
      }
    </Panel>
  );
}
