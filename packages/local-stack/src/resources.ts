/**
 * Creates the flow's resources in the emulator at each start: bucket → queue → Lambda → Glue job.
 *
 * infra/ creates the same resources on AWS. The limits here are for one machine with two cores.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateJobCommand, EntityNotFoundException, UpdateJobCommand } from '@aws-sdk/client-glue';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type EventSourceMappingConfiguration,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  NotFound,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { GLUE_VERSION } from '@centflow/glue/glue-version';
import { repository } from '@centflow/local-processes/paths';
import { zipSync } from 'fflate';
import type { Clients } from './clients.ts';
import { REGION } from './emulator.ts';
import { runJob } from './job-runs.ts';
import { NAMES } from './names.ts';

/** Two concurrent job runs keep two cores busy. More runs would only use more memory. */
const MAX_CONCURRENT_RUNS = 2;
/** The maximum time that the trigger waits for a free slot. Meanwhile, more messages arrive in the queue. */
const START_WAIT_SECONDS = 100;
const TRIGGER_TIMEOUT_SECONDS = 120;
/**
 * For batches of more than ten messages, AWS requires a batching window of at least a second. The emulator ignores it.
 */
const BATCH_SIZE = 1000;
const BATCHING_WINDOW_SECONDS = 1;
/** Longer than the trigger's timeout. Otherwise SQS would deliver messages again while the trigger processes them. */
const VISIBILITY_SECONDS = TRIGGER_TIMEOUT_SECONDS + 10;
const MAX_RECEIVES = 5;

/** The fields of a database secret, in the format that RDS uses in Secrets Manager. */
export interface DatabaseSecret {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string;
  /** The authority that issued the server's certificate, as PEM. Set only if the stack runs the server. */
  readonly authority?: string;
}

/** Settings that tests of failures override. */
export interface ResourceOverrides {
  readonly visibilitySeconds?: number;
  readonly maxReceives?: number;
}

export async function createStorage(clients: Clients, secret: DatabaseSecret): Promise<void> {
  await Promise.all([createBucket(clients.s3), putSecret(clients.secrets, secret)]);
}

/**
 * Creates the queues, the trigger and the job. Afterwards, an object under `raw/` starts a job run, which waits until
 * Spark
 * is ready.
 *
 * @param triggerFolder the folder of the trigger's bundle
 */
export async function createFlow(
  clients: Clients,
  triggerFolder: string,
  overrides: ResourceOverrides = {},
): Promise<void> {
  const trigger = putTrigger(clients.lambda, readBundle(triggerFolder));
  await Promise.all([putJob(clients), trigger.then(() => warmTrigger(clients.lambda))]);
  const queueArn = await createQueues(clients.sqs, overrides);
  await createMapping(clients.lambda, queueArn);
  await notifyQueue(clients.s3, queueArn);
}

async function createBucket(s3: S3Client): Promise<void> {
  const bucket = { Bucket: NAMES.bucket };
  try {
    await s3.send(new HeadBucketCommand(bucket));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    await s3.send(new CreateBucketCommand({ ...bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  }
  await s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}

async function notifyQueue(s3: S3Client, queueArn: string): Promise<void> {
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: NAMES.bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            QueueArn: queueArn,
            Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'raw/' }] } },
          },
        ],
      },
    }),
  );
}

async function putSecret(secrets: SecretsManagerClient, secret: DatabaseSecret): Promise<void> {
  const SecretString = JSON.stringify({ engine: 'mysql', ...secret });
  try {
    await secrets.send(new CreateSecretCommand({ Name: NAMES.secret, SecretString }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await secrets.send(new PutSecretValueCommand({ SecretId: NAMES.secret, SecretString }));
  }
}

/** Creates both queues and returns the ARN of the queue for the bucket's events. */
async function createQueues(sqs: SQSClient, overrides: ResourceOverrides): Promise<string> {
  const deadLetters = await putQueue(sqs, NAMES.deadLetterQueue, { MessageRetentionPeriod: String(14 * 86_400) });
  return putQueue(sqs, NAMES.queue, {
    VisibilityTimeout: String(overrides.visibilitySeconds ?? VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetters,
      maxReceiveCount: overrides.maxReceives ?? MAX_RECEIVES,
    }),
  });
}

async function putQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  // A queue from an earlier start may have other attributes. CreateQueue would then fail if it specified attributes.
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const arn = answer.Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`The emulator returned no ARN for queue ${name}`);
  return arn;
}

/**
 * Reads the files of the trigger's bundle.
 *
 * @param folder the folder of the bundle
 * @throws {Error} if the folder contains no bundle.
 */
export function readBundle(folder: string): Record<string, Uint8Array> {
  const bundle = join(folder, 'index.mjs');
  if (!existsSync(bundle)) throw new Error(`${bundle} does not exist. Build it first with \`npm run build\`.`);
  return { 'index.mjs': readFileSync(bundle) };
}

async function putTrigger(lambda: LambdaClient, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAMES.trigger,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/centflow-local-trigger',
      Timeout: TRIGGER_TIMEOUT_SECONDS,
      MemorySize: 256,
      Code: { ZipFile: zipSync({ ...files }) },
      Environment: {
        Variables: {
          UPLOADS_BUCKET: NAMES.bucket,
          GLUE_JOB_NAME: NAMES.job,
          ENVIRONMENT: 'local',
          START_WAIT_SECONDS: String(START_WAIT_SECONDS),
          POWERTOOLS_SERVICE_NAME: 'trigger',
          POWERTOOLS_METRICS_NAMESPACE: 'Centflow',
        },
      },
    }),
  );
  for (;;) {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: NAMES.trigger }));
    if (Configuration?.State === undefined || Configuration.State === 'Active') return;
  }
}

async function createMapping(lambda: LambdaClient, queueArn: string): Promise<EventSourceMappingConfiguration> {
  return lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: NAMES.trigger,
      EventSourceArn: queueArn,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: BATCH_SIZE,
      MaximumBatchingWindowInSeconds: BATCHING_WINDOW_SECONDS,
      ScalingConfig: { MaximumConcurrency: MAX_CONCURRENT_RUNS },
    }),
  );
}

/** Starts the Lambda's processes with an empty batch, so that the first upload does not wait for them. */
async function warmTrigger(lambda: LambdaClient): Promise<void> {
  const empty = { FunctionName: NAMES.trigger, Payload: new TextEncoder().encode('{"Records":[]}') };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_RUNS }, () => lambda.send(new InvokeCommand(empty))));
}

/** Runs the job with keys that do not exist. This warms up Spark, its Python processes and their clients, and changes nothing. */
export async function warmJob({ s3, glue }: Clients): Promise<void> {
  const manifest = { Bucket: NAMES.bucket, Key: 'manifests/warm-up.jsonl' };
  const keys = Array.from({ length: MAX_CONCURRENT_RUNS }, (_, index) =>
    JSON.stringify({ key: `raw/warm-up/${index}.csv` }),
  );
  await s3.send(new PutObjectCommand({ ...manifest, Body: `${keys.join('\n')}\n` }));
  await runJob(glue, { '--keys-from': 'manifest', '--manifest': `s3://${manifest.Bucket}/${manifest.Key}` });
  await s3.send(new DeleteObjectCommand(manifest));
}

async function putJob(clients: Clients): Promise<void> {
  const script = join(repository, 'glue', 'job.py');
  if (!existsSync(script)) throw new Error(`The Glue job's script ${script} is missing`);
  const job = {
    Role: 'arn:aws:iam::000000000000:role/centflow-local-load',
    Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: script },
    GlueVersion: GLUE_VERSION,
    WorkerType: 'G.1X' as const,
    NumberOfWorkers: 2,
    MaxRetries: 0,
    Timeout: 120,
    ExecutionProperty: { MaxConcurrentRuns: MAX_CONCURRENT_RUNS },
    DefaultArguments: { '--bucket': NAMES.bucket, '--database-secret': NAMES.secret },
  };
  try {
    await clients.glue.send(new UpdateJobCommand({ JobName: NAMES.job, JobUpdate: job }));
  } catch (error) {
    if (!(error instanceof EntityNotFoundException)) throw error;
    await clients.glue.send(new CreateJobCommand({ Name: NAMES.job, ...job }));
  }
}
