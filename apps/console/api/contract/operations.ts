/** The state of the pipeline for operators, without people's rows and amounts. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { uploadQuery, uploadState } from './uploads.ts';
import { amount, count, date, limit, moment, month, next } from './words.ts';

export const pipelineUpload = z
  .object({
    uploadId: z.int(),
    owner: z.string(),
    feed: z.string().nullable(),
    objectKey: z.string(),
    state: uploadState,
    reasonCode: z.string().nullable(),
    rowsRead: count,
    rowsPublished: count,
    rowsDuplicate: count,
    rowsQuarantined: count,
    sizeBytes: count.nullable(),
    jobRunId: z.string().nullable(),
    receivedAt: moment,
    publishedAt: moment.nullable(),
    secondsToVisible: z.number().nullable(),
  })
  .openapi('PipelineUpload');
export type PipelineUpload = z.infer<typeof pipelineUpload>;

export const listPipelineUploads = createRoute({
  method: 'get',
  path: '/api/pipeline/uploads',
  description: 'Lists the uploads of all owners, the newest first.',
  security: signedIn,
  request: {
    query: uploadQuery,
  },
  responses: { 200: answer('A page', z.object({ uploads: z.array(pipelineUpload), next })), ...problems() },
});

export const getLatency = createRoute({
  method: 'get',
  path: '/api/pipeline/latency',
  description: 'Returns how many seconds uploads took to become visible, for each of the last 30 days.',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: {
    200: answer(
      'By day',
      z.object({ days: z.array(z.object({ day: date, uploads: count, p50: z.number(), p95: z.number() })) }),
    ),
    ...problems(),
  },
});

export const jobRun = z
  .object({
    jobRunId: z.string(),
    state: z.string(),
    mode: z.enum(['manifest', 'sweep', 'other']),
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    seconds: z.number(),
    /** DPU-seconds as billed by AWS: whole seconds, at least one minute per worker. */
    dpuSeconds: z.number(),
    glueVersion: z
      .string()
      .nullable()
      .openapi({ description: 'The Glue version of the job run, which determines the price.' }),
    dpuHourUsd: amount.nullable().openapi({ description: 'The list price per DPU-hour in USD; null if it is unknown' }),
    usd: amount.nullable().openapi({ description: 'The cost in USD at that price; null if the price is unknown' }),
    message: z.string().nullable(),
  })
  .openapi('JobRun');
export type JobRun = z.infer<typeof jobRun>;

export const listJobRuns = createRoute({
  method: 'get',
  path: '/api/operations/job-runs',
  description: 'Lists the job runs, the newest first.',
  security: signedIn,
  request: { query: z.strictObject({ limit: limit.optional() }) },
  responses: {
    200: answer(
      'The newest job runs',
      z.object({
        runs: z.array(jobRun),
        prices: z.object({
          source: z.string(),
          asOf: month.openapi({ description: 'The month of the price list' }),
        }),
      }),
    ),
    ...problems(),
  },
});

export const countDeadLetters = createRoute({
  method: 'get',
  path: '/api/operations/dead-letters',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: {
    200: answer(
      'The number of dead letters, and of messages that wait for the trigger',
      z.object({ deadLetters: count, waiting: count }),
    ),
    ...problems(),
  },
});

export const alarm = z
  .object({
    name: z.string(),
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    description: z.string().nullable(),
    reason: z.string().nullable(),
    since: moment.nullable(),
  })
  .openapi('Alarm');

export const listAlarms = createRoute({
  method: 'get',
  path: '/api/operations/alarms',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: { 200: answer('The environment’s alarms', z.object({ alarms: z.array(alarm) })), ...problems() },
});

export const redrive = createRoute({
  method: 'post',
  path: '/api/operations/redrive',
  description: "Moves every dead letter back to the trigger's queue.",
  security: signedIn,
  request: { body: body(z.strictObject({})) },
  responses: {
    200: answer(
      'The redrive',
      z.object({
        /** The approximate number of messages, as reported by SQS. */
        messages: count,
        /** False while SQS is still moving messages. */
        finished: z.boolean(),
      }),
    ),
    ...problemsOfChange(409),
  },
});

export const sweep = createRoute({
  method: 'post',
  path: '/api/operations/sweep',
  description:
    'Starts a job run that compares the whole bucket with the database, unless such a run is already in progress.',
  security: signedIn,
  request: { body: body(z.strictObject({})) },
  responses: {
    200: answer('The job run', z.object({ jobRunId: z.string(), alreadyRunning: z.boolean() })),
    ...problemsOfChange(409),
  },
});
