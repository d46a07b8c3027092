/** Shows the changes between two files, row by row. */

import type { RowsDiff } from '@centflow/preview';
import { Alert, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconEqual, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { ObjectVersion } from '../../../../api/contract/objects.ts';
import { formatMoment } from '../../shared/dates.ts';
import { LoadingPanel } from '../../shared/loading.tsx';
import { formatBytes, formatInteger } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { getFileName } from '../shared/amounts.ts';
import { previewWorker, rewrittenAtMost } from '../worker/worker.ts';
import { type ChangeLine, listChanges } from './change-lines.ts';
import classes from './compare-versions.module.css';
import { fetchContentUrl } from './newest-version.ts';

/** A file to compare, which is stored in the bucket or was dropped on the page. */
export type Side =
  | { readonly kind: 'stored'; readonly objectKey: string; readonly versionId: string; readonly bytes: number }
  | { readonly kind: 'local'; readonly blob: Blob; readonly name: string };

interface VersionsProps {
  readonly objectKey: string;
  readonly feed: string | null;
  readonly before: ObjectVersion;
  readonly after: ObjectVersion;
}

export function CompareVersions({ objectKey, feed, before, after }: VersionsProps) {
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        From {formatMoment(before.lastModified)} to {formatMoment(after.lastModified)}
      </Text>
      <CompareFiles
        feed={feed}
        before={{ kind: 'stored', objectKey, versionId: before.versionId, bytes: before.bytes }}
        after={{ kind: 'stored', objectKey, versionId: after.versionId, bytes: after.bytes }}
      />
    </Stack>
  );
}

interface FilesProps {
  readonly feed: string | null;
  readonly before: Side;
  readonly after: Side;
}

export function CompareFiles({ feed, before, after }: FilesProps) {
  const tooLarge = Math.max(getBytes(before), getBytes(after)) > rewrittenAtMost;
  const diff = useQuery({
    queryKey: ['diff', feed, keyOf(before), keyOf(after)],
    queryFn: async () => previewWorker.diff(feed ?? '', await fetchSide(before), await fetchSide(after)),
    enabled: feed !== null && !tooLarge,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (feed === null) return null;
  if (tooLarge) {
    return (
      <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />}>
        Files of more than {formatBytes(rewrittenAtMost)} can’t be compared here. Compare the files on your computer.
      </Alert>
    );
  }
  if (diff.isError) return <ProblemNotice error={diff.error} onRetry={() => void diff.refetch()} />;
  if (diff.isPending) return <LoadingPanel height={120} label="Comparing" />;
  return <Differences diff={diff.data} />;
}

function Differences({ diff }: { readonly diff: RowsDiff }) {
  const lines = useMemo(() => listChanges(diff), [diff]);
  const { added, removed, changed, same } = diff;
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status">
        <Badge variant="light" color="spruce" tt="none">
          {formatInteger(added.length)} added
        </Badge>
        <Badge variant="light" color="red" tt="none">
          {formatInteger(removed.length)} removed
        </Badge>
        <Badge variant="light" color="blue" tt="none">
          {formatInteger(changed.length)} changed
        </Badge>
        <Badge variant="light" color="gray" tt="none" leftSection={<IconEqual size={13} aria-hidden />}>
          {formatInteger(same)} unchanged
        </Badge>
      </Group>
      {lines.length > 0 ? <Lines lines={lines} header={diff.header} /> : null}
    </Stack>
  );
}

const kinds = {
  added: { sign: '+', word: 'Added' },
  removed: { sign: '−', word: 'Removed' },
  changed: { sign: '~', word: 'Changed' },
} as const;

function Lines({ lines, header }: { readonly lines: readonly ChangeLine[]; readonly header: readonly string[] }) {
  const area = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => area.current,
    estimateSize: () => 34,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by the keyboard
    <section ref={area} className={classes.area} tabIndex={0} aria-label="Differences">
      <Table className={classes.table ?? ''} stickyHeader withRowBorders={false} aria-rowcount={lines.length + 1}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Change</Table.Th>
            <Table.Th ta="right">Row</Table.Th>
            {header.map((name, at) => (
              <Table.Th key={`${name}-${at}`}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {above > 0 ? (
            <tr aria-hidden>
              <td style={{ height: above }} />
            </tr>
          ) : null}
          {items.map(({ index, key }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <Table.Tr
                key={key}
                data-index={index}
                ref={virtual.measureElement}
                data-kind={line.kind}
                aria-rowindex={index + 2}
              >
                <Table.Td className={classes.kind ?? ''}>
                  <span aria-hidden>{kinds[line.kind].sign}</span> {kinds[line.kind].word}
                </Table.Td>
                <Table.Td ta="right">{formatInteger(line.rowNo)}</Table.Td>
                {line.cells.map((cell, at) => (
                  <Table.Td key={`${header[at]}-${at}`}>
                    {cell.was === undefined ? (
                      cell.is
                    ) : (
                      <>
                        <del>{cell.was === '' ? '(empty)' : cell.was}</del>{' '}
                        <ins>{cell.is === '' ? '(empty)' : cell.is}</ins>
                      </>
                    )}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
          {below > 0 ? (
            <tr aria-hidden>
              <td style={{ height: below }} />
            </tr>
          ) : null}
        </Table.Tbody>
      </Table>
    </section>
  );
}

async function fetchSide(side: Side): Promise<{ source: Blob | string; name: string }> {
  if (side.kind === 'local') return { source: side.blob, name: side.name };
  return { source: await fetchContentUrl(side.objectKey, side.versionId), name: getFileName(side.objectKey) };
}

function getBytes(side: Side): number {
  return side.kind === 'local' ? side.blob.size : side.bytes;
}

const blobIds = new WeakMap<Blob, number>();
let nextBlobId = 1;

/** Returns the file's key for the query cache. Numbers the dropped files, because blobs have no name. */
function keyOf(side: Side): string {
  if (side.kind === 'stored') return `${side.objectKey} ${side.versionId}`;
  const id = blobIds.get(side.blob) ?? nextBlobId++;
  blobIds.set(side.blob, id);
  return `blob ${id}`;
}
