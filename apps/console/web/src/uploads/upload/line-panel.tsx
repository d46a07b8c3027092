import { CloseButton, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { LoadingPanel } from '../../shared/loading.tsx';
import { formatBytes, formatInteger } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { getFileName } from '../shared/amounts.ts';
import { fetchContentUrl } from '../versions/newest-version.ts';
import { previewWorker, rewrittenAtMost } from '../worker/worker.ts';

/** The number of rows shown before and after the requested row. */
const around = 2;

/** Shows one row of the file and the rows around it, as the source of a transaction. */
export function LinePanel({ upload, row }: { readonly upload: Upload; readonly row: number }) {
  const { objectKey, versionId, sizeBytes } = upload;
  const tooLarge = (sizeBytes ?? 0) > rewrittenAtMost;
  const lines = useQuery({
    queryKey: ['lines', objectKey, versionId, row],
    queryFn: async () =>
      previewWorker.rowsAround(
        await fetchContentUrl(objectKey, versionId),
        getFileName(objectKey),
        row - around,
        row + around,
      ),
    enabled: !tooLarge,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Stack component="section" className="panel" p="md" gap="sm" aria-labelledby="line">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} id="line">
          Row {formatInteger(row)} of the file
        </Title>
        <CloseButton
          aria-label="Close"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/uploads/$uploadId"
              params={{ uploadId: String(upload.uploadId) }}
              search={{}}
              resetScroll={false}
            />
          )}
        />
      </Group>
      {tooLarge ? (
        <Text size="sm" c="dimmed">
          The file has {formatBytes(sizeBytes ?? 0)}, which is too large to search here. Open the file on your computer
          and go to row {formatInteger(row)}.
        </Text>
      ) : null}
      {lines.isError ? <ProblemNotice error={lines.error} onRetry={() => void lines.refetch()} /> : null}
      {lines.isLoading ? <LoadingPanel height={150} label="Reading the file" /> : null}
      {lines.data === undefined ? null : lines.data.rows.length === 0 ? (
        <Text size="sm">The file has no row {formatInteger(row)}.</Text>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by the keyboard
        <section style={{ overflowX: 'auto' }} tabIndex={0} aria-label="Rows of the file">
          <Table fz="sm" style={{ whiteSpace: 'nowrap' }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th ta="right">Row</Table.Th>
                {lines.data.header.map((name, at) => (
                  <Table.Th key={`${name}-${at}`}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.data.rows.map(({ rowNo, cells }) => (
                <Table.Tr
                  key={rowNo}
                  {...(rowNo === row
                    ? { bg: 'var(--mantine-primary-color-light)', fw: 600, 'aria-current': 'true' as const }
                    : { c: 'dimmed' })}
                >
                  <Table.Td ta="right">{formatInteger(rowNo)}</Table.Td>
                  {cells.map((cell, at) => (
                    <Table.Td key={`${rowNo}-${at}`}>{cell}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Stack>
  );
}
