import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { TriggerConfig } from './config.ts';
import { readEvents } from './read-events.ts';
import { createStartJobRun, type JobRunStarter, JobRunUncertainError } from './start-job-run.ts';
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

/** What the handler works with. */
export interface TriggerParts {
  readonly config: TriggerConfig;
  readonly s3: ManifestBucket;
  readonly glue: JobRunStarter;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Kept back from the Lambda's remaining time: for the last request to Glue, and for cleaning up, of which the last
 * second is the answer's, whatever became of the manifest.
 */
const LAST_REQUEST_MS = 3000;
const CLEAN_UP_MS = 3000;
const ANSWER_MS = 1000;

/**
 * Makes the Lambda's handler: a batch of messages becomes one manifest and one job run.
 *
 * Messages that cannot be read are reported as failed, alone. When Glue has no room for a job run, the keys are offered to
 * those under way (ADR 0023). If none takes them in time, the readable messages are reported too, and come again. Any other
 * failure is thrown, so that it counts as an error of the Lambda and the whole batch comes again.
 */
export function createHandler({ config, s3, glue, logger, metrics }: TriggerParts) {
  const startJobRun = createStartJobRun(glue);
  return async (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const counts = {
      BatchSize: batch.Records.length,
      Keys: 0,
      JobRunsStarted: 0,
      BatchesTaken: 0,
      BatchesGivenBack: 0,
      UnreadableMessages: 0,
    };
    try {
      const { events, readable, unreadable } = await readEvents(batch, config.uploadsBucket, (message, error) =>
        logger.error('Message is unreadable', { messageId: message.messageId, reason: error.message }),
      );
      counts.UnreadableMessages = unreadable.length;

      const lines = planManifest(events);
      counts.Keys = lines.length;
      if (lines.length === 0) {
        return { batchItemFailures: [...unreadable] };
      }

      const timeLeft = Math.max(0, context.getRemainingTimeInMillis() - CLEAN_UP_MS);
      const signal = AbortSignal.timeout(timeLeft);
      const place = { bucket: config.uploadsBucket, prefix: config.manifestPrefix };
      let manifest: ManifestLocation | undefined;
      let offered: ManifestLocation | undefined;
      const isTaken = async () => {
        try {
          if (offered !== undefined) return !(await manifestExists(s3, offered, signal));
          offered = await offerManifest(s3, place, lines, signal);
        } catch (error) {
          logger.warn('Manifest could not be offered to the job runs under way', { error: error as Error });
        }
        return false;
      };
      const start = await startJobRun({
        jobName: config.glueJobName,
        writeManifest: async () => {
          manifest = await writeManifest(s3, place, lines, signal);
          return manifest.uri;
        },
        waitingFolder: waitingFolder(place),
        waitMs: Math.min(config.startWaitMs, Math.max(0, timeLeft - LAST_REQUEST_MS)),
        isTaken,
        signal,
      }).catch(async (error: unknown) => {
        await removeUnusedManifest(offered);
        // A run that may have been started reads it.
        if (!(error instanceof JobRunUncertainError)) await removeUnusedManifest(manifest);
        throw error;
      });

      if (start.outcome === 'taken') {
        counts.BatchesTaken = 1;
        logger.info('Batch taken by a job run under way', { messages: batch.Records.length, keys: lines.length });
        await removeUnusedManifest(manifest);
        return { batchItemFailures: [...unreadable] };
      }
      await removeUnusedManifest(offered);
      if (start.outcome === 'busy') {
        counts.BatchesGivenBack = 1;
        logger.warn('Glue has no room, batch given back', { reason: start.reason, keys: lines.length });
        await removeUnusedManifest(manifest);
        return { batchItemFailures: [...unreadable, ...readable] };
      }
      counts.JobRunsStarted = 1;
      logger.info('Job run started', {
        jobRunId: start.jobRunId,
        manifest: manifest?.uri,
        messages: batch.Records.length,
        keys: lines.length,
        unreadable: unreadable.length,
      });
      return { batchItemFailures: [...unreadable] };
    } finally {
      for (const [name, count] of Object.entries(counts)) {
        metrics.addMetric(name, MetricUnit.Count, count);
      }
      metrics.publishStoredMetrics();
    }
  };

  /** A manifest left behind harms nobody, so failing to remove one must not change the answer. */
  async function removeUnusedManifest(manifest: ManifestLocation | undefined): Promise<void> {
    if (manifest === undefined) return;
    try {
      await removeManifest(s3, manifest, AbortSignal.timeout(CLEAN_UP_MS - ANSWER_MS));
    } catch (error) {
      logger.warn('Unused manifest could not be removed', { manifest: manifest.uri, error: error as Error });
    }
  }
}
