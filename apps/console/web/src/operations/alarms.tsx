import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, readAnswer } from '../api/client.ts';
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

const stateLooks = {
  ALARM: { label: 'Alarm', color: 'red' },
  INSUFFICIENT_DATA: { label: 'No data', color: 'gray' },
  OK: { label: 'OK', color: 'spruce' },
} as const;

const columns: readonly Column<Alarm>[] = [
  {
    title: 'State',
    cell: ({ state }) => (
      <Badge variant="light" color={stateLooks[state].color} tt="none">
        {stateLooks[state].label}
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
  { title: 'Reason', cell: ({ reason }) => reason ?? '–', kind: 'object' },
  { title: 'Since', cell: ({ since }) => (since === null ? '–' : formatMoment(since)), kind: 'nowrap' },
];

export function Alarms() {
  const alarms = useQuery({
    queryKey: ['operations', 'alarms'],
    queryFn: ({ signal }) => readAnswer(api.operations.alarms.$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Alarms"
      description="The alarms of this environment. The runbook (docs/runbook.md) explains what to do about each alarm."
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
