/** Accepts files that people drop anywhere on the page or choose with the button. */
import { Alert, Button, CloseButton, FileButton, Group, List, Portal, Text } from '@mantine/core';
import { IconFileUpload, IconInfoCircle, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { formatBytes, formatCount } from '../../shared/numbers.ts';
import attention from '../shared/attention.module.css';
import classes from './drop-area.module.css';
import { collectDroppedFiles, type Dropped, type Skipped, selectReadableFiles } from './dropped-files.ts';

interface Props {
  /** The maximum size of a file in bytes; null while the limit is unknown. */
  readonly limit: number | null;
  readonly onFiles: (files: readonly File[]) => void;
}

export function DropArea({ limit, onFiles }: Props) {
  const [skipped, setSkipped] = useState<readonly Skipped[]>([]);
  const take = (dropped: Dropped) => {
    const tooLarge = dropped.files.filter(({ size }) => limit !== null && size > limit);
    setSkipped([
      ...dropped.skipped,
      ...tooLarge.map(({ name, size }) => ({
        name,
        reason: `The file is ${formatBytes(size)}, which is over the limit of ${formatBytes(limit ?? 0)}. Split it, for example by year.`,
      })),
    ]);
    const files = dropped.files.filter((file) => !tooLarge.includes(file));
    if (files.length > 0) onFiles(files);
  };
  const dragged = usePageDrop(take);
  const reset = useRef<() => void>(null);

  return (
    <>
      <div className={classes.area}>
        <IconFileUpload size={34} stroke={1.4} aria-hidden className={classes.icon} />
        <div className={classes.words}>
          <Text fw={650}>Drop CSV files anywhere on this page</Text>
          <Text size="sm" c="dimmed">
            Use an export from your bank without changing it, or files of income, expenses and budgets. You see a
            preview before anything is sent.
          </Text>
        </div>
        <FileButton
          multiple
          accept=".csv,.csv.gz,.gz,.txt,.tsv,text/csv"
          resetRef={reset}
          inputProps={{ 'aria-label': 'CSV files', 'data-testid': 'files' } as React.ComponentProps<'input'>}
          onChange={(files) => {
            take(selectReadableFiles(files));
            // Clears the input, so that choosing the same file again also triggers a change event.
            reset.current?.();
          }}
        >
          {(props) => (
            <Button {...props} leftSection={<IconUpload size={18} aria-hidden />}>
              Choose files
            </Button>
          )}
        </FileButton>
      </div>
      <div aria-live="polite">
        {skipped.length > 0 ? (
          <Alert
            variant="light"
            color="orange"
            classNames={attention}
            icon={<IconInfoCircle aria-hidden />}
            title={
              <Group justify="space-between" wrap="nowrap" gap="xs">
                {`${formatCount(skipped.length, 'file')} skipped`}
                <CloseButton size="sm" aria-label="Close" onClick={() => setSkipped([])} />
              </Group>
            }
          >
            <List size="sm" spacing={4}>
              {skipped.map(({ name, reason }, at) => (
                <List.Item key={`${name}-${at}`}>
                  <b style={{ overflowWrap: 'anywhere' }}>{name}</b>: {reason}
                </List.Item>
              ))}
            </List>
          </Alert>
        ) : null}
      </div>
      {dragged ? (
        <Portal>
          <div className={classes.overlay} aria-hidden>
            <IconUpload size={48} stroke={1.4} />
            <Text fz={24} fw={650}>
              Drop to preview
            </Text>
          </div>
        </Portal>
      ) : null}
    </>
  );
}

/**
 * Handles files dropped on the page. Returns whether files are being dragged over the page.
 *
 * `@mantine/dropzone` is not suitable: it reads dropped folders silently, but the page must explain to people what to
 * do.
 */
function usePageDrop(onDrop: (dropped: Dropped) => void): boolean {
  const [dragged, setDragged] = useState(false);
  const latest = useRef(onDrop);
  useEffect(() => {
    latest.current = onDrop;
  });
  useEffect(() => {
    // Counts the depth, because each nested element fires its own enter and leave events.
    let depth = 0;
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth++;
      setDragged(true);
    };
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setDragged(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setDragged(false);
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      latest.current(collectDroppedFiles(event.dataTransfer));
    };
    const listeners = { dragenter: enter, dragover: over, dragleave: leave, drop };
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener);
    };
  }, []);
  return dragged;
}
