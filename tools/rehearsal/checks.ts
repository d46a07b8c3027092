/** Checks of a deployed environment beyond the flow itself: rights, secrets, metrics, and the rebuild of the database. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { failAndRedrive, follow, put } from '@centflow/cli/flow-steps';
import { CANARY_OWNER, DATABASE_NAME } from '@centflow/infra';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { waitFor } from '@centflow/local-processes/wait-for';
import { createClients } from '@centflow/local-stack/clients';
import { connectTo, queryRows } from '@centflow/local-stack/database';
import { runSweep } from '@centflow/local-stack/job-runs';
import { comparedViews, compareView, rebuiltName } from '@centflow/schema/compare-views';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { StateLockedError, type WorkingDirectory } from '@centflow/terraform';
import type { Account } from './account.ts';
import { type DeployedFlow, invoke, migrate, readCredentials, urlOf } from './deployed-flow.ts';
import { whileLocked } from './held-lock.ts';

/**
 * Checks that Terraform refuses to plan while another person holds the state's lock, and that the error names the
 * holder.
 */
export async function refuseLockedState({ clients }: Account, directory: WorkingDirectory): Promise<void> {
  const state = directory.synthesised.terraform.backend.s3 as { bucket: string; key: string };
  await whileLocked(clients.s3, state, () =>
    assert.rejects(directory.plan(), (error) => {
      assert.ok(error instanceof StateLockedError, String(error));
      assert.match(error.message, /Who: +ann@laptop/);
      return true;
    }),
  );
}

/** Checks that the server enforces TLS, as its parameter group requires. */
export async function refusePlainConnections({ account, masterSecret, database }: DeployedFlow): Promise<void> {
  const url = urlOf(database, await readCredentials(account, masterSecret));
  await assert.rejects(connectTo(url), /require_secure_transport/);
}

/** Checks that `reporter` can read the views, but no table. */
export async function reporterReadsViewsOnly({ asReporter }: DeployedFlow): Promise<void> {
  await asReporter(async (reporter) => {
    await queryRows(reporter, 'SELECT * FROM v_monthly_cash_flow');
    for (const table of ['expenses', 'uploads', 'quarantined_rows']) {
      await assert.rejects(queryRows(reporter, 'SELECT * FROM ??', [table]), /command denied/);
    }
  });
}

/** Checks that the canary function reports the canary's uploads, and no other owner's data. */
export async function canaryReportsItsOwnUploadsOnly(flow: DeployedFlow): Promise<void> {
  const { canary } = flow.names;
  const version = await put(
    flow,
    `raw/expenses/owner=${CANARY_OWNER}/v0.csv`,
    '2025-01-02,Bakery,Food,Card,0.10,EUR,',
    '2025-01-03,Bakery,Food,Card,0.20,EUR,',
  );
  await follow(flow, version);
  const answer = (await invoke(flow, canary, { owner: CANARY_OWNER })) as Record<string, unknown>;
  const { uploads, cashFlow } = answer as Record<string, Record<string, unknown>[]>;
  assert.partialDeepStrictEqual(uploads, [
    { owner: CANARY_OWNER, version_id: version.versionId, state: 'published', amount_published: '0.3000' },
  ]);
  assert.partialDeepStrictEqual(cashFlow, [
    { owner: CANARY_OWNER, month: '2025-01', currency: 'EUR', expense: '0.3000' },
  ]);
  assert.partialDeepStrictEqual(answer.rows, { v_transactions: 2, v_monthly_cash_flow: 1 });
  for (const owner of ['ann', '%']) {
    await assert.rejects(invoke(flow, canary, { owner }), /returns only the figures of its own owner/, owner);
  }
}

/** Checks that IAM allows the job only the calls that its work needs. Uses the session of a job run. */
export async function jobHasNoOtherRights({ account, bucket, names, masterSecret }: DeployedFlow): Promise<void> {
  const job = createClients(account.endpointUrl, account.jobCredentials(), account.authority);
  const denied = /not authorized|Access ?Denied/i;
  try {
    await job.secrets.send(new GetSecretValueCommand({ SecretId: names.loaderSecret }));
    for (const SecretId of [names.migratorSecret, masterSecret]) {
      await assert.rejects(job.secrets.send(new GetSecretValueCommand({ SecretId })), denied);
    }
    for (const Key of ['raw/expenses/owner=bea/0.csv', 'manifests/x']) {
      await assert.rejects(job.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })), denied);
    }
  } finally {
    job.destroy();
  }
}

/**
 * Makes the trigger fail until its messages are in the dead-letter queue, and then redrives the messages. Lowers the
 * queue's limits first, so that the messages reach the dead-letter queue sooner.
 */
export async function failAndRedriveQuickly(flow: DeployedFlow): Promise<void> {
  const { clients, names } = flow;
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: names.queue }));
  const AttributeNames = ['VisibilityTimeout' as const, 'RedrivePolicy' as const];
  const { Attributes = {} } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const redrive = JSON.parse(Attributes.RedrivePolicy ?? '{}') as object;
  const loweredLimits = { VisibilityTimeout: '1', RedrivePolicy: JSON.stringify({ ...redrive, maxReceiveCount: 2 }) };
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: names.artifactsBucket }));
  const S3Key = Contents.map(({ Key }) => Key).find((key) => key !== undefined && /trigger-[0-9a-f]+\.zip$/.test(key));
  assert.ok(S3Key, `The bucket ${names.artifactsBucket} contains no code of the trigger`);
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: loweredLimits }));
  try {
    await failAndRedrive(flow, { S3Bucket: names.artifactsBucket, S3Key });
  } finally {
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
}

/** Checks that a second run of the migrator changes nothing. */
export async function migratorIsIdempotent(flow: DeployedFlow): Promise<void> {
  const { applied, rotated } = await migrate(flow);
  assert.deepEqual({ applied, rotated }, { applied: [], rotated: [] });
}

/** Rotates the loader's password, and checks that an upload still loads. */
export async function rotateLoader(flow: DeployedFlow): Promise<void> {
  const before = await readCredentials(flow.account, flow.names.loaderSecret);
  const { rotated } = await migrate(flow, { rotate: ['loader'] });
  assert.deepEqual(rotated, ['loader']);
  const after = await readCredentials(flow.account, flow.names.loaderSecret);
  assert.equal(after.username, before.username);
  assert.notEqual(after.password, before.password);
  const version = await put(flow, 'raw/expenses/owner=fay/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,');
  const [upload] = await follow(flow, version);
  assert.equal(upload?.state, 'published', upload?.reason ?? undefined);
}

/** Checks that the job runs have emitted metrics, and returns how many published uploads they count. */
export async function jobEmitsMetrics({ clients, names }: DeployedFlow): Promise<number> {
  const published = await waitFor(async () => {
    const logGroupName = names.jobMetricsLogGroup;
    const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
    const metrics = events.map(({ message }) => JSON.parse(message ?? '{}') as { UploadsPublished?: number });
    const sum = metrics.reduce((total, { UploadsPublished = 0 }) => total + UploadsPublished, 0);
    return sum > 0 ? sum : undefined;
  });
  // The rehearsal publishes at least sixty files: one step uploads sixty at once, and other steps upload a few more.
  assert.ok(
    published >= 60,
    `The metrics count ${published} published uploads, fewer than the rehearsal has published`,
  );
  return published;
}

/** Rebuilds a second database from the bucket alone, and checks that the views of both databases are equal. */
export async function rebuildIsEqual(flow: DeployedFlow): Promise<void> {
  const { account, names, database, asAdministrator } = flow;
  const rebuilt = rebuiltName(DATABASE_NAME);
  const loader = await readCredentials(account, names.loaderSecret);
  const temporaryPassword = randomUUID();
  await setUpDatabase({
    administratorUrl: urlOf(database, await readCredentials(account, flow.masterSecret)),
    database: rebuilt,
    accounts: { loader: loader.username, migrator: 'rebuild_migrator', reporter: 'rebuild_reporter' },
    passwordOf: (role) => (role === 'loader' ? loader.password : temporaryPassword),
    requireTls: true,
    ssl: verifiedTls(database.authority),
  });
  const sweep = await runSweep(flow.clients.glue, { '--database-name': rebuilt }, flow.job);
  assert.equal(sweep.state, 'SUCCEEDED', sweep.message);
  await asAdministrator(async (administrator) => {
    for (const view of comparedViews) {
      const { differences } = await compareView(administrator, view, DATABASE_NAME, rebuilt);
      assert.deepEqual(differences, [], view);
    }
    await administrator.query('DROP DATABASE ??', [rebuilt]);
    for (const user of ['rebuild_migrator', 'rebuild_reporter']) await administrator.query("DROP USER ?@'%'", [user]);
  });
}
