import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { TriggerConfig } from './config.ts';
import { type EventBatch, type ObjectEvent, readEvents } from './read-events.ts';
import { createStartJobRun, type JobRunStart, type JobRunStarter, JobRunUncertainError } from './start-job-run.ts';
import {
  type ManifestBucket,
  type ManifestLocation,
  manifestExists,
  offerManifest,
  planManifest,
  removeManifest,
  waitingFolder,
  writeManifest,
} from './write-manifest.ts';

/** The clients and settings of the handler. */
export interface TriggerParts {
  readonly config: TriggerConfig;
  readonly s3: ManifestBucket;
  readonly glue: JobRunStarter;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The counts of one batch. Each count becomes a metric of the same name. */
interface BatchCounts {
  readonly BatchSize: number;
  Keys: number;
  JobRunsStarted: number;
  BatchesTaken: number;
  BatchesGivenBack: number;
  UnreadableMessages: number;
}

/** The result of an attempt to place a batch: the outcome, and the manifests that the attempt wrote. */
interface Placement {
  readonly start: JobRunStart;
  /** The manifest of a new job run. */
  readonly manifest: ManifestLocation | undefined;
  /** The manifest offered to the running job runs. */
  readonly offered: ManifestLocation | undefined;
}

/** Time reserved for the last request to Glue. */
const LAST_REQUEST_MS = 3000;
/** Time reserved for the removal of unused manifests and for the response. */
const CLEAN_UP_MS = 3000;
/** The last part of the clean-up time. It is reserved for the response, even if removing a manifest takes too long. */
const RESPONSE_MS = 1000;

/**
 * Creates the Lambda's handler, which turns a batch of messages into one manifest and one job run.
 *
 * The handler reports unreadable messages as failed. If Glue has no free slot, the handler offers the keys to the
 * running job runs (ADR 0023). If no run takes the keys in time, the handler also reports the readable messages as
 * failed, and SQS delivers those messages again. On any other failure the handler throws. Lambda then counts an error,
 * and SQS delivers the whole batch again.
 */
export function createHandler({ config, s3, glue, logger, metrics }: TriggerParts) {
  const startJobRun = createStartJobRun(glue);
  const folder = { bucket: config.uploadsBucket, prefix: config.manifestPrefix };

  return async (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const counts: BatchCounts = {
      BatchSize: batch.Records.length,
      Keys: 0,
      JobRunsStarted: 0,
      BatchesTaken: 0,
      BatchesGivenBack: 0,
      UnreadableMessages: 0,
    };
    try {
      const { events, readable, unreadable } = await readBatch(batch);
      counts.UnreadableMessages = unreadable.length;
      const lines = planManifest(events);
      counts.Keys = lines.length;
      if (lines.length === 0) return { batchItemFailures: [...unreadable] };

      const placement = await placeBatch(lines, context.getRemainingTimeInMillis());
      reportOutcome(placement, counts, batch.Records.length);
      await removeUnusedManifests(placement);
      const isGivenBack = placement.start.outcome === 'busy';
      return { batchItemFailures: isGivenBack ? [...unreadable, ...readable] : [...unreadable] };
    } finally {
      for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count);
      metrics.publishStoredMetrics();
    }
  };

  async function readBatch(batch: SQSEvent): Promise<EventBatch> {
    return readEvents(batch, config.uploadsBucket, (message, error) =>
      logger.error('Message is unreadable', { messageId: message.messageId, reason: error.message }),
    );
  }

  /** Starts a job run for the keys, or hands the keys to a running job run. */
  async function placeBatch(lines: readonly ObjectEvent[], remainingMs: number): Promise<Placement> {
    const { workMs, waitMs } = planTime(remainingMs, config.startWaitMs);
    const signal = AbortSignal.timeout(workMs);
    let manifest: ManifestLocation | undefined;
    let offered: ManifestLocation | undefined;
    /** Offers the keys in the first call. Later calls return whether a job run has taken them. */
    const isTaken = async () => {
      try {
        if (offered !== undefined) return !(await manifestExists(s3, offered, signal));
        offered = await offerManifest(s3, folder, lines, signal);
      } catch (error) {
        logger.warn('Manifest could not be offered to the running job runs', { error: error as Error });
      }
      return false;
    };
    try {
      const start = await startJobRun({
        jobName: config.glueJobName,
        writeManifest: async () => {
          manifest = await writeManifest(s3, folder, lines, signal);
          return manifest.uri;
        },
        waitingFolder: waitingFolder(folder),
        waitMs,
        isTaken,
        signal,
      });
      return { start, manifest, offered };
    } catch (error) {
      await removeManifestIfWritten(offered);
      // If Glue has started a run after all, the run reads the manifest.
      if (!(error instanceof JobRunUncertainError)) await removeManifestIfWritten(manifest);
      throw error;
    }
  }

  /** Removes the manifests that no job run will read. If a run takes an offered manifest, the run removes it. */
  async function removeUnusedManifests({ start, manifest, offered }: Placement): Promise<void> {
    if (start.outcome !== 'taken') await removeManifestIfWritten(offered);
    if (start.outcome !== 'started') await removeManifestIfWritten(manifest);
  }

  /** Removes a manifest. A leftover manifest does no harm, so a failure is only logged. */
  async function removeManifestIfWritten(manifest: ManifestLocation | undefined): Promise<void> {
    if (manifest === undefined) return;
    try {
      await removeManifest(s3, manifest, AbortSignal.timeout(CLEAN_UP_MS - RESPONSE_MS));
    } catch (error) {
      logger.warn('Unused manifest could not be removed', { manifest: manifest.uri, error: error as Error });
    }
  }

  function reportOutcome({ start, manifest }: Placement, counts: BatchCounts, messages: number): void {
    const { Keys: keys, UnreadableMessages: unreadable } = counts;
    switch (start.outcome) {
      case 'started':
        counts.JobRunsStarted = 1;
        logger.info('Job run started', {
          jobRunId: start.jobRunId,
          manifest: manifest?.uri,
          messages,
          keys,
          unreadable,
        });
        break;
      case 'taken':
        counts.BatchesTaken = 1;
        logger.info('Batch taken by a running job run', { messages, keys });
        break;
      case 'busy':
        counts.BatchesGivenBack = 1;
        logger.warn('Glue is full, so the batch returns to the queue', { reason: start.reason, keys });
    }
  }
}

/**
 * Divides the remaining time of the invocation.
 *
 * @returns `workMs`: the time for all requests. `waitMs`: the time to wait for a free slot. After this wait,
 *   enough time is left for one last request.
 */
function planTime(remainingMs: number, startWaitMs: number): { readonly workMs: number; readonly waitMs: number } {
  const workMs = Math.max(0, remainingMs - CLEAN_UP_MS);
  return { workMs, waitMs: Math.min(startWaitMs, Math.max(0, workMs - LAST_REQUEST_MS)) };
}
