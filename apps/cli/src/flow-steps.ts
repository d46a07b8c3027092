/**
 * Steps that check the whole flow, from an object in S3 to the views. Each step asserts with node:assert.
 *
 * The steps run against the local stack, and against a flow that Terraform has deployed.
 */
import assert from 'node:assert/strict';
import {
  ConcurrentRunsExceededException,
  GetJobCommand,
  GetJobRunsCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { UpdateFunctionCodeCommand, type UpdateFunctionCodeCommandInput } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { waitFor } from '@centflow/local-processes/wait-for';
import type { Clients } from '@centflow/local-stack/clients';
import { queryRows } from '@centflow/local-stack/database';
import { type Accounting, followUploads, type Version } from '@centflow/local-stack/follow';
import { runSweep } from '@centflow/local-stack/job-runs';
import { zipSync } from 'fflate';
import type { Connection } from 'mysql2/promise';
import { redrive } from './commands/redrive.ts';

/** A running flow: its resources, and connections to its database. */
export interface RunningFlow {
  readonly clients: Clients;
  readonly bucket: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly trigger: string;
  readonly job: string;
  asReporter<Result>(work: (reporter: Connection) => Promise<Result>): Promise<Result>;
  asAdministrator<Result>(work: (administrator: Connection) => Promise<Result>): Promise<Result>;
}

const HEADER = 'date,merchant,category,account,amount,currency,description\n';
const UPLOAD_WITHIN_MS = 90_000;
const BROKEN_TRIGGER = {
  'index.mjs': new TextEncoder().encode('export const handler = async () => { throw new Error("broken"); };'),
};

/** Uploads a CSV file of expenses. */
export async function put({ clients, bucket }: RunningFlow, objectKey: string, ...rows: string[]): Promise<Version> {
  const { VersionId } = await clients.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: objectKey, Body: `${HEADER}${rows.join('\n')}\n` }),
  );
  return { objectKey, versionId: VersionId ?? 'null' };
}

/** Waits until the uploads are settled and returns their accounting. */
export async function follow(flow: RunningFlow, ...versions: Version[]): Promise<(Accounting | undefined)[]> {
  return flow.asReporter((reporter) => followUploads(reporter, versions, { timeoutMs: UPLOAD_WITHIN_MS, pollMs: 20 }));
}

export async function expensesOf(flow: RunningFlow, owner: string): Promise<unknown[]> {
  return flow.asReporter((reporter) =>
    queryRows(reporter, 'SELECT date, counterparty, amount FROM v_transactions WHERE owner = ? ORDER BY 1, 2', [owner]),
  );
}

/** Checks that an upload is published, that a correction replaces its rows, and that a deletion removes them. */
export async function uploadCorrectDelete(flow: RunningFlow): Promise<void> {
  const key = 'raw/expenses/owner=ann/2025 ä+b%.csv';
  const bakery = '2025-01-02,Bakery,Food,Card,4.20,EUR,';
  const [first] = await follow(flow, await put(flow, key, bakery, '2025-01-03,Bar,Food,Card,9.00,EUR,'));
  assert.equal(first?.state, 'published', first?.reason ?? undefined);
  assert.equal(first.rows_read, 2);
  assert.equal(first.rows_published, 2);
  assert.equal(first.amount_published, '13.2000');
  const [second] = await follow(flow, await put(flow, key, bakery.replace('4.20', '4.40')));
  assert.equal(second?.state, 'published', second?.reason ?? undefined);
  assert.equal(second.rows_published, 1);
  assert.deepEqual(await expensesOf(flow, 'ann'), [{ date: '2025-01-02', counterparty: 'Bakery', amount: '4.4000' }]);
  await flow.clients.s3.send(new DeleteObjectCommand({ Bucket: flow.bucket, Key: key }));
  await waitFor(async () => ((await expensesOf(flow, 'ann')).length === 0 ? true : undefined));
}

/**
 * Checks that an object under a prefix without a feed is rejected with a reason.
 *
 * @param processObject makes the flow process the object, if S3 sends no event for such a key
 */
export async function rejectObjectWithoutFeed(
  flow: RunningFlow,
  processObject: () => Promise<void> = async () => {},
): Promise<void> {
  const version = await put(flow, 'raw/expences/x.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,');
  await processObject();
  const [rejected] = await follow(flow, version);
  assert.equal(rejected?.state, 'rejected');
  assert.equal(rejected.feed, null);
  assert.match(rejected.reason ?? '', /expences/);
}

/** Checks that sixty simultaneous uploads cause fewer than twenty job runs. */
export async function batchUploadsIntoFewRuns(flow: RunningFlow): Promise<void> {
  const versions = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      put(flow, `raw/expenses/owner=bea/${index}.csv`, `2025-01-02,Shop ${index},Food,Card,1.00,EUR,`),
    ),
  );
  const found = await follow(flow, ...versions);
  assert.deepEqual(new Set(found.map((upload) => upload?.state)), new Set(['published']));
  assert.equal((await expensesOf(flow, 'bea')).length, 60);
  const [count] = await flow.asAdministrator((administrator) =>
    queryRows<{ runs: number }>(
      administrator,
      "SELECT count(DISTINCT job_run_id) AS runs FROM uploads WHERE owner = 'bea'",
    ),
  );
  assert.ok((count?.runs ?? Number.POSITIVE_INFINITY) < 20, `${count?.runs} job runs for 60 uploads`);
}

/**
 * Checks that Glue rejects runs beyond the limit with the matching exception, and accepts a run once a slot is free.
 */
export async function refuseRunsBeyondTheLimit({ clients, job }: RunningFlow): Promise<void> {
  const { Job } = await clients.glue.send(new GetJobCommand({ JobName: job }));
  const limit = Job?.ExecutionProperty?.MaxConcurrentRuns ?? 1;
  assert.ok(limit > 1, `the job has a limit of ${limit}`);
  await waitFor(async () => ((await activeRuns({ clients, job })) === 0 ? true : undefined));
  const start = () =>
    clients.glue.send(new StartJobRunCommand({ JobName: job, Arguments: { '--keys-from': 'sweep' } }));
  const outcomes = await Promise.allSettled(Array.from({ length: limit + 2 }, start));
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as Error);
  assert.ok(refusals.length > 0, `none of ${limit + 2} simultaneous runs was rejected`);
  assert.ok(refusals.length <= 2, `the limit is ${limit}, but ${refusals.length} of ${limit + 2} runs were rejected`);
  for (const refusal of refusals) assert.ok(refusal instanceof ConcurrentRunsExceededException, refusal.message);
  const after = await runSweep(clients.glue, {}, job);
  assert.equal(after.state, 'SUCCEEDED', after.message);
}

async function activeRuns({ clients, job }: Pick<RunningFlow, 'clients' | 'job'>): Promise<number> {
  const { JobRuns = [] } = await clients.glue.send(new GetJobRunsCommand({ JobName: job }));
  return JobRuns.filter(({ JobRunState }) => JobRunState === 'STARTING' || JobRunState === 'RUNNING').length;
}

/**
 * Checks that the messages of a broken trigger end in the dead-letter queue, and that one command redrives them.
 *
 * @param workingCode the trigger's original code, which is restored before the redrive
 */
export async function failAndRedrive(
  flow: RunningFlow,
  workingCode: Omit<UpdateFunctionCodeCommandInput, 'FunctionName'>,
): Promise<void> {
  const { clients, trigger: FunctionName } = flow;
  await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipSync(BROKEN_TRIGGER) }));
  const version = await put(flow, 'raw/expenses/owner=dan/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,');
  await waitFor(async () => ((await deadLetters(flow)) > 0 ? true : undefined));
  assert.deepEqual(await expensesOf(flow, 'dan'), []);
  await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...workingCode }));
  assert.equal(await redrive(clients.sqs, flow), 1);
  const [upload] = await follow(flow, version);
  assert.equal(upload?.state, 'published', upload?.reason ?? undefined);
  assert.equal(await deadLetters(flow), 0);
}

async function deadLetters({ clients, deadLetterQueue }: RunningFlow): Promise<number> {
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: deadLetterQueue }));
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** Checks that a sweep loads a file for which no event was sent. */
export async function sweepMissedEvents(flow: RunningFlow): Promise<void> {
  const { s3, glue } = flow.clients;
  const { $metadata: _, ...notifications } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: flow.bucket }),
  );
  const notify = (NotificationConfiguration: typeof notifications) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: flow.bucket, NotificationConfiguration }));
  await notify({});
  const version = await put(flow, 'raw/expenses/owner=eve/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,').finally(() =>
    notify(notifications),
  );
  const sweep = await runSweep(glue, {}, flow.job);
  assert.equal(sweep.state, 'SUCCEEDED', sweep.message);
  const [upload] = await follow(flow, version);
  assert.equal(upload?.state, 'published', upload?.reason ?? undefined);
}
