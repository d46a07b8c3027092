/** Reads from logs and the database when an upload passed each stage. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { clientConfiguration } from '@centflow/local-stack/clients';
import { queryRows } from '@centflow/local-stack/database';
import type { AwsAccess } from '@centflow/local-stack/emulator';
import { z } from 'zod';
import type { BenchStack } from './bench-stack.ts';
import { type Stage, stageNames } from './results.ts';

/** A moment in milliseconds since 1970. */
type Moment = number;

/** An upload with the times that its client observed. */
export interface SeenUpload {
  readonly objectKey: string;
  readonly putAt: Moment;
  readonly seenAt: Moment;
}

/** The invocation of the trigger that started a job run. */
interface Invocation {
  readonly startedAt: Moment;
  readonly jobRunStartedAt: Moment;
}

const jobRunStarted = z.object({
  timestamp: z.iso.datetime(),
  jobRunId: z.string(),
  function_request_id: z.string(),
});

/** Reads the stages of each upload, in milliseconds. */
export async function readStages(
  bench: BenchStack,
  uploads: readonly SeenUpload[],
): Promise<Readonly<Record<Stage, number>>[]> {
  const { functionName, logFolder } = bench.stack.description;
  const messages = await readLambdaLog(functionName, bench.stack.description);
  const invocations = readInvocations(messages);
  const jobStarts = readJobStarts(readFileSync(join(logFolder, 'spark.log'), 'utf8'));
  const rows = await queryRows<{
    object_key: string;
    job_run_id: string;
    received: string;
    loading: string;
    loaded: string;
    published: string;
  }>(
    bench.administrator,
    `SELECT object_key, job_run_id, UNIX_TIMESTAMP(received_at) AS received, UNIX_TIMESTAMP(loading_at) AS loading,
            UNIX_TIMESTAMP(loaded_at) AS loaded, UNIX_TIMESTAMP(published_at) AS published
     FROM uploads WHERE object_key IN (?)`,
    [uploads.map(({ objectKey }) => objectKey)],
  );
  const byKey = new Map(rows.map((row) => [row.object_key, row]));
  return uploads.map((upload) => {
    const row = byKey.get(upload.objectKey);
    const invocation = invocations.get(row?.job_run_id ?? '');
    const jobStart = jobStarts.get(row?.job_run_id ?? '');
    if (row === undefined || invocation === undefined || jobStart === undefined) {
      throw new Error(`The logs in ${logFolder} do not show how ${upload.objectKey} was loaded`);
    }
    const milliseconds = (text: string) => Number(text) * 1000;
    return splitIntoStages([
      upload.putAt,
      milliseconds(row.received),
      invocation.startedAt,
      invocation.jobRunStartedAt,
      jobStart,
      milliseconds(row.loading),
      milliseconds(row.loaded),
      milliseconds(row.published),
      upload.seenAt,
    ]);
  });
}

/**
 * Returns the times between consecutive moments. The times add up to the total.
 *
 * A moment may seem to precede the previous one, because the logs have a resolution of a hundredth of a second, and because
 * a job run may start before the trigger has read the response. The function then treats both moments as simultaneous.
 */
export function splitIntoStages(moments: readonly Moment[]): Readonly<Record<Stage, number>> {
  const last = moments.at(-1) ?? 0;
  let latest = moments[0] ?? 0;
  const lengths = moments.slice(1).map((moment) => {
    const before = latest;
    latest = Math.min(Math.max(latest, moment), last);
    return latest - before;
  });
  return Object.fromEntries(stageNames.map((name, index) => [name, lengths[index] ?? 0])) as Record<Stage, number>;
}

interface LogEvent {
  readonly at: Moment;
  readonly message: string;
}

async function readLambdaLog(functionName: string, aws: AwsAccess): Promise<LogEvent[]> {
  const client = new CloudWatchLogsClient(clientConfiguration(aws.endpointUrl, aws));
  try {
    const found: LogEvent[] = [];
    const pages = paginateFilterLogEvents({ client }, { logGroupName: `/aws/lambda/${functionName}` });
    for await (const { events } of pages) {
      for (const event of events ?? []) found.push({ at: event.timestamp ?? 0, message: event.message ?? '' });
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** Returns a map from each job run to the invocation that started it. */
export function readInvocations(events: readonly LogEvent[]): Map<string, Invocation> {
  const started = new Map<string, Moment>();
  for (const { at, message } of events) {
    const end = /^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms/.exec(message);
    if (end?.[1] !== undefined) started.set(end[1], at - Number(end[2]));
  }
  const invocations = new Map<string, Invocation>();
  for (const { message } of events) {
    if (!message.includes('"Job run started"')) continue;
    const line = jobRunStarted.parse(JSON.parse(message));
    const startedAt = started.get(line.function_request_id);
    if (startedAt !== undefined) {
      invocations.set(line.jobRunId, { startedAt, jobRunStartedAt: Date.parse(line.timestamp) });
    }
  }
  return invocations;
}

/**
 * Returns the start of the job's `main` function for each job run. Spark's log contains the end of `main`, in local
 * time, and the duration.
 */
export function readJobStarts(log: string): Map<string, Moment> {
  const lines = log.matchAll(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) .* run (\S+) SUCCEEDED after ([\d.]+) s$/gm);
  return new Map(
    [...lines].map(([, day, time, milliseconds, jobRunId = '', length]) => [
      jobRunId,
      new Date(`${day}T${time}.${milliseconds}`).getTime() - Number(length) * 1000,
    ]),
  );
}
