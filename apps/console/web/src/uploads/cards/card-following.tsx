import { Alert, Anchor, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatCount, formatInteger, formatSeconds } from '../../shared/numbers.ts';
import { isSettled } from '../follow/follow.ts';
import { buildPendingTimeline, buildTimeline } from '../follow/timeline.ts';
import { AccountingBar } from '../shared/accounting-bar.tsx';
import { Timeline } from '../shared/timeline.tsx';
import type { Card } from './card.ts';
import classes from './card-view.module.css';

/** The time in milliseconds after which an import counts as slow. On AWS, starting a job run takes about a minute. */
const slowAfter = 180_000;

interface Props {
  readonly card: Card;
  readonly phase: Extract<Card['phase'], { kind: 'following' }>;
}

/** Shows the progress of a file that was sent. */
export function CardFollowing({ card, phase }: Props) {
  const { progress, offline } = phase;
  const { stage, upload } = progress;
  // Needs no timer, because each progress update renders the component again.
  const slow = !isSettled(stage) && stage !== 'failed' && Date.now() - Date.parse(phase.sentAt) > slowAfter;
  const steps = upload === undefined ? buildPendingTimeline(phase.sentAt) : buildTimeline(upload);
  return (
    <Stack className={classes.body} gap="sm">
      <Timeline steps={steps} live={!isSettled(stage)} />
      <div role="status">
        {offline ? (
          <Text size="sm">
            Connection lost. Your file has arrived. The progress will be shown when you are back online.
          </Text>
        ) : null}
        {slow ? (
          <Text size="sm">
            This is taking longer than usual. Your file is safe and will be imported within the hour. You can close this
            page.
          </Text>
        ) : null}
        {stage === 'failed' ? (
          <Text size="sm">
            The import failed. Your file is safe and will be tried again within the hour. An operator has been notified.
          </Text>
        ) : null}
        {stage === 'rejected' && upload !== undefined ? (
          <Alert variant="light" color="red" icon={<IconAlertTriangle aria-hidden />} title="The file was not imported">
            {upload.reason}
          </Alert>
        ) : null}
        {stage === 'superseded' || stage === 'retired' ? (
          <Text size="sm">This file was replaced or undone in the meantime. Check Uploads for the newest version.</Text>
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
              {formatCount(upload.rowsRead, 'row')} read: <b>{formatInteger(upload.rowsPublished)} imported</b>,{' '}
              {formatCount(upload.rowsDuplicate, 'duplicate')}, {formatInteger(upload.rowsQuarantined)} to fix
              {upload.secondsToVisible === null
                ? ''
                : `. Your figures were up to date after ${formatSeconds(upload.secondsToVisible)}`}
              .
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
                  ? `Fix ${formatCount(upload.rowsQuarantined, 'row')} of ${card.name}`
                  : 'Open the upload'}
              </Link>
            )}
          />
        </Group>
      )}
    </Stack>
  );
}
