import { Alert, Anchor, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatInteger, formatSeconds } from '../../shared/numbers.ts';
import { isSettled } from '../follow/follow.ts';
import { timelineBefore, timelineOf } from '../follow/timeline.ts';
import { AccountingBar } from '../shared/accounting-bar.tsx';
import { Timeline } from '../shared/timeline.tsx';
import type { Card } from './card.ts';
import classes from './card-view.module.css';

/** Milliseconds; on AWS a cold job run needs about a minute. */
const slowAfter = 180_000;

interface Props {
  readonly card: Card;
  readonly phase: Extract<Card['phase'], { at: 'following' }>;
}

/** It was sent: what the job makes of it, as it happens. */
export function CardFollowing({ card, phase }: Props) {
  const { progress, offline } = phase;
  const { stage, upload } = progress;
  // Each look renders it again, so the clock needs no timer of its own.
  const slow = !isSettled(stage) && stage !== 'failed' && Date.now() - Date.parse(phase.sentAt) > slowAfter;
  const steps = upload === undefined ? timelineBefore(phase.sentAt) : timelineOf(upload);
  return (
    <Stack className={classes.body} gap="sm">
      <Timeline steps={steps} live={!isSettled(stage)} />
      <div role="status">
        {offline ? (
          <Text size="sm">
            The connection is away. The file has arrived; what becomes of it shows when you are back.
          </Text>
        ) : null}
        {slow ? (
          <Text size="sm">
            It takes longer than usual. The file is safe in the storage, and what was missed is taken up within the hour
            by itself.
          </Text>
        ) : null}
        {stage === 'failed' ? (
          <Text size="sm">
            The job failed on it. The file is safe and is tried again by itself within the hour; an operator has been
            told.
          </Text>
        ) : null}
        {stage === 'rejected' && upload !== undefined ? (
          <Alert
            variant="light"
            color="red"
            icon={<IconAlertTriangle aria-hidden />}
            title="The whole file was refused"
          >
            {upload.reason}
          </Alert>
        ) : null}
        {stage === 'superseded' || stage === 'retired' ? (
          <Text size="sm">Meanwhile it was replaced or undone.</Text>
        ) : null}
        {stage === 'published' && upload !== undefined ? (
          <Stack gap={6}>
            <AccountingBar
              counts={{
                good: upload.rowsPublished,
                duplicate: upload.rowsDuplicate,
                quarantined: upload.rowsQuarantined,
              }}
            />
            <Text size="sm">
              {formatInteger(upload.rowsRead)} rows read: <b>{formatInteger(upload.rowsPublished)} published</b>,{' '}
              {formatInteger(upload.rowsDuplicate)} duplicate, {formatInteger(upload.rowsQuarantined)} to fix
              {upload.secondsToVisible === null ? '' : `. Visible after ${formatSeconds(upload.secondsToVisible)}`}.
            </Text>
          </Stack>
        ) : null}
      </div>
      {upload === undefined ? null : (
        <Group gap="md">
          <Anchor
            size="sm"
            fw={600}
            renderRoot={(props) => (
              <Link {...props} to="/uploads/$uploadId" params={{ uploadId: String(upload.uploadId) }}>
                {upload.rowsQuarantined > 0 && stage === 'published'
                  ? `Fix ${upload.rowsQuarantined === 1 ? '1 row' : `${formatInteger(upload.rowsQuarantined)} rows`} of ${card.name}`
                  : 'Open the upload'}
              </Link>
            )}
          />
          {upload.jobRunId === null ? null : (
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              Job run {upload.jobRunId}
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
}
