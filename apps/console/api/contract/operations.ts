/** What operators see: how the flow does, and never people's rows or amounts. */
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
  description: 'Uploads of all owners, the newest first.',
  security: signedIn,
  request: {
    query: uploadQuery,
  },
  responses: { 200: answer('A page', z.object({ uploads: z.array(pipelineUpload), next })), ...problems() },
});

export const getLatency = createRoute({
  method: 'get',
  path: '/api/pipeline/latency',
  description: 'Seconds from received to visible, by day of the last 30.',
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
    /** As AWS bills them: whole seconds, at least a minute for each worker. */
    dpuSeconds: z.number(),
    glueVersion: z
      .string()
      .nullable()
      .openapi({ description: 'The version of Glue that ran, which decides the price' }),
    dpuHourUsd: amount.nullable().openapi({ description: 'USD per DPU-hour by the list price; null if it is unknown' }),
    usd: amount.nullable().openapi({ description: 'USD by that price; null if the price is unknown, never a guess' }),
    message: z.string().nullable(),
  })
  .openapi('JobRun');
export type JobRun = z.infer<typeof jobRun>;

export const listJobRuns = createRoute({
  method: 'get',
  path: '/api/operations/job-runs',
  description: 'The newest first.',
  security: signedIn,
  request: { query: z.strictObject({ limit: limit.optional() }) },
  responses: {
    200: answer(
      'The newest job runs',
      z.object({
        runs: z.array(jobRun),
        prices: z.object({
          source: z.string(),
          asOf: month.openapi({ description: "Month in which the prices were the list's" }),
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
      'How many messages could not be handled, and how many wait for the trigger',
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
  description: 'Gives every dead letter back to the trigger.',
  security: signedIn,
  request: { body: body(z.strictObject({})) },
  responses: {
    200: answer(
      'They go back',
      z.object({
        /** How many, as far as SQS counts exactly. */
        messages: count,
        /** false: SQS is still moving them. */
        finished: z.boolean(),
      }),
    ),
    ...problemsOfChange(409),
  },
});

export const sweep = createRoute({
  method: 'post',
  path: '/api/operations/sweep',
  description: 'Compares the whole bucket with the database, unless a job run does so already.',
  security: signedIn,
  request: { body: body(z.strictObject({})) },
  responses: {
    200: answer('The job run', z.object({ jobRunId: z.string(), alreadyRunning: z.boolean() })),
    ...problemsOfChange(409),
  },
});
