/** Lists all uploads, newest first. */
import { Anchor, Button, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { IconFilterOff, IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { api, readAnswer } from '../../api/client.ts';
import { formatMoment } from '../../shared/dates.ts';
import { EmptyState } from '../../shared/empty-state.tsx';
import { LoadingPanel } from '../../shared/loading.tsx';
import { formatInteger } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { formatCheckSum, getFileName } from '../shared/amounts.ts';
import { feeds, getTypeTitle } from '../shared/feeds.ts';
import { StateBadge } from '../shared/state-badge.tsx';
import { stateTitles } from '../shared/state-titles.ts';
import { type HistoryFilters, parseHistoryFilters, uploadStates } from './filters.ts';
import classes from './history.module.css';

interface Props {
  readonly filters: HistoryFilters;
  readonly onFilters: (filters: HistoryFilters) => void;
}

export function History({ filters, onFilters }: Props) {
  const pages = useInfiniteQuery({
    queryKey: ['uploads', filters],
    queryFn: ({ pageParam, signal }) =>
      readAnswer(
        api.uploads.$get(
          { query: { ...filters, limit: '50', ...(pageParam ? { cursor: pageParam } : {}) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    // Refreshes the list, because another tab, the sweep or a command may have changed an upload.
    refetchInterval: 30_000,
  });
  const uploads = pages.data?.pages.flatMap((page) => page.uploads) ?? [];
  const filtered = filters.feed !== undefined || filters.state !== undefined;

  return (
    <Stack component="section" aria-labelledby="history" gap="sm">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Title order={2} id="history">
          History
        </Title>
        <Group gap="xs" className={classes.filters ?? ''}>
          <Select
            aria-label="Type"
            placeholder="All types"
            size="sm"
            w={150}
            clearable
            data={feeds.map((value) => ({ value, label: getTypeTitle(value) }))}
            value={filters.feed ?? null}
            onChange={(value) => onFilters(parseHistoryFilters({ ...filters, feed: value }))}
          />
          <Select
            aria-label="State"
            placeholder="All states"
            size="sm"
            w={150}
            clearable
            data={uploadStates.map((value) => ({ value, label: stateTitles[value] }))}
            value={filters.state ?? null}
            onChange={(value) => onFilters(parseHistoryFilters({ ...filters, state: value }))}
          />
        </Group>
      </Group>

      {pages.isPending ? <LoadingPanel height={280} label="Loading the uploads" /> : null}
      {pages.isError ? <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} /> : null}
      {pages.isSuccess && uploads.length === 0 ? (
        filtered ? (
          <EmptyState
            icon={<IconFilterOff size={40} stroke={1.4} />}
            title="No uploads match these filters"
            action={
              <Button variant="default" onClick={() => onFilters({})}>
                Clear filters
              </Button>
            }
          />
        ) : (
          <EmptyState icon={<IconHistory size={40} stroke={1.4} />} title="No uploads yet">
            Drop an export from your bank’s website above, or a file of income, expenses or budgets.
          </EmptyState>
        )
      ) : null}
      {uploads.length > 0 ? <UploadsTable uploads={uploads} /> : null}
      {pages.hasNextPage ? (
        <Button
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
          mx="auto"
        >
          Show older uploads
        </Button>
      ) : null}
    </Stack>
  );
}

function UploadsTable({ uploads }: { readonly uploads: readonly Upload[] }) {
  return (
    <div className="panel" style={{ overflow: 'hidden' }}>
      <Table className={classes.table ?? ''} verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>File</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">Imported</Table.Th>
            <Table.Th ta="right">Duplicates</Table.Th>
            <Table.Th ta="right">To fix</Table.Th>
            <Table.Th ta="right">Sent</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {uploads.map((upload) => (
            <UploadRow key={upload.uploadId} upload={upload} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  return (
    <Table.Tr>
      <Table.Td className={classes.file ?? ''}>
        <Anchor
          fw={600}
          renderRoot={(props) => (
            <Link {...props} to="/uploads/$uploadId" params={{ uploadId: String(upload.uploadId) }}>
              {getFileName(upload.objectKey)}
            </Link>
          )}
        />
        <Text size="xs" c="dimmed">
          {getTypeTitle(upload.feed)}
        </Text>
        {upload.state === 'rejected' && upload.reason !== null ? (
          <Text size="xs" c="var(--mantine-color-error)" lineClamp={2}>
            {upload.reason}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className={classes.state ?? ''}>
        <StateBadge stage={upload.state} />
      </Table.Td>
      <RowsCell label="Imported" rows={upload.rowsPublished} amount={upload.amountPublished} />
      <RowsCell label="Duplicates" rows={upload.rowsDuplicate} amount={upload.amountDuplicate} />
      <RowsCell label="To fix" rows={upload.rowsQuarantined} amount={upload.amountQuarantined} warn />
      <Table.Td className={classes.when ?? ''}>
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {formatMoment(upload.lastModified ?? upload.receivedAt)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

interface CellProps {
  readonly label: string;
  readonly rows: number;
  readonly amount: string;
  readonly warn?: boolean;
}

function RowsCell({ label, rows, amount, warn = false }: CellProps) {
  return (
    <Table.Td className={classes.rows ?? ''} data-label={label}>
      <Text
        size="sm"
        fw={rows > 0 && warn ? 700 : 400}
        c={rows === 0 ? 'dimmed' : warn ? 'var(--negative)' : 'inherit'}
        component="div"
      >
        {formatInteger(rows)}
      </Text>
      {rows > 0 ? (
        <Text
          size="xs"
          c="dimmed"
          component="div"
          title="Sum of all amounts, ignoring currencies, to compare with your file"
        >
          {formatCheckSum(amount)}
        </Text>
      ) : null}
    </Table.Td>
  );
}
