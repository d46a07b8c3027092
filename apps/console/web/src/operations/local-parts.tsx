import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LocalPart } from '../../../api/contract/local.ts';
import { api, readAnswer } from '../api/client.ts';
import { configQuery } from '../session/config.ts';
import { formatMoment } from '../shared/dates.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Panel, REFRESH } from './panel.tsx';

const stateLooks: Readonly<Record<LocalPart['state'], { readonly label: string; readonly color: string }>> = {
  ready: { label: 'Running', color: 'spruce' },
  starting: { label: 'Starting', color: 'gray' },
  silent: { label: 'Not responding', color: 'red' },
  waiting: { label: 'Waiting to restart', color: 'red' },
  'given up': { label: 'Restarting failed', color: 'red' },
  stopped: { label: 'Stopped', color: 'gray' },
};

const columns: readonly Column<LocalPart>[] = [
  { title: 'Part', cell: ({ name }) => name, kind: 'nowrap' },
  {
    title: 'State',
    cell: ({ state }) => (
      <Badge variant="light" color={stateLooks[state].color} tt="none">
        {stateLooks[state].label}
      </Badge>
    ),
  },
  { title: 'Restarts', cell: ({ restarts }) => restarts, kind: 'number' },
  { title: 'Last reason', cell: ({ lastTrouble }) => lastTrouble?.reason ?? '–', kind: 'object' },
  {
    title: 'When',
    cell: ({ lastTrouble }) => (lastTrouble === null ? '–' : formatMoment(lastTrouble.at)),
    kind: 'nowrap',
  },
];

/** Shows the processes that `npm start` runs and restarts. AWS has no such processes. */
export function LocalParts() {
  const config = useQuery(configQuery);
  return config.data?.environment === 'local' ? <Parts /> : null;
}

function Parts() {
  const parts = useQuery({
    queryKey: ['operations', 'local-parts'],
    queryFn: ({ signal }) => readAnswer(api.local.parts.$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Parts of the local stack"
      description="A part that exits or stops responding is restarted automatically. No upload is lost."
      query={parts}
      height={160}
    >
      {({ parts: all }) => (
        <DataTable
          label="Parts of the local stack, as a table"
          rows={all}
          columns={columns}
          keyOf={({ name }) => name}
        />
      )}
    </Panel>
  );
}
