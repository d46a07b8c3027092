import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentRunsExceededException, GetJobRunCommand, StartJobRunCommand } from '@aws-sdk/client-glue';
import { UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redrive } from './commands/redrive.ts';
import { queryRows, withConnection } from './database.ts';
import { type Accounting, followUploads, type Version } from './follow.ts';
import { runSweep, startWhenFree } from './job-runs.ts';
import { triggerBundle } from './resources.ts';
import { type Stack, startStack } from './stack.ts';
import { processesLeft } from './testing/processes.ts';
import { buildTrigger } from './trigger-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-flow-'));
const HEADER = 'date,merchant,category,account,amount,currency,description\n';
const BROKEN = {
  'index.mjs': new TextEncoder().encode('export const handler = async () => { throw new Error("broken"); };'),
};

let stack: Stack;

beforeAll(async () => {
  // As in the repository, whose package.json makes modules of the JavaScript below it: not of the Lambda's runtime.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  stack = await startStack({
    dataFolder: folder,
    parts: ['mysql', 's3', 'flow'],
    temporaryDatabase: false,
    bufferPool: '256M',
    triggerBuilt: buildTrigger(join(folder, 'trigger-build.log')),
    overrides: { visibilitySeconds: 1, maxReceives: 2 },
  });
});

afterAll(async () => {
  await stack?.stop();
  const left = await processesLeft(folder, 0);
  rmSync(folder, { recursive: true, force: true });
  expect(left).toEqual([]);
});

function reporterUrl(): string {
  const { reporter, databaseHost, databasePort, databaseName } = stack.description;
  return `mysql://${reporter.user}:${reporter.password}@${databaseHost}:${databasePort}/${databaseName}`;
}

async function put(objectKey: string, ...rows: string[]): Promise<Version> {
  const { VersionId } = await stack.clients.s3.send(
    new PutObjectCommand({ Bucket: stack.description.bucket, Key: objectKey, Body: `${HEADER}${rows.join('\n')}\n` }),
  );
  return { objectKey, versionId: VersionId ?? 'null' };
}

async function follow(...versions: Version[]): Promise<(Accounting | undefined)[]> {
  return withConnection(reporterUrl(), (reporter) =>
    followUploads(reporter, versions, { timeoutMs: 90_000, pollMs: 20 }),
  );
}

async function expensesOf(owner: string): Promise<unknown[]> {
  return withConnection(reporterUrl(), (reporter) =>
    queryRows(reporter, 'SELECT date, counterparty, amount FROM v_transactions WHERE owner = ? ORDER BY 1, 2', [owner]),
  );
}

async function waitFor<Result>(question: () => Promise<Result | undefined>, withinMs = 30_000): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`still waiting: ${question}`);
    await sleep(50);
  }
}

async function messages(queueName: string): Promise<number> {
  const { QueueUrl } = await stack.clients.sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  const { Attributes } = await stack.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function setTrigger(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await stack.clients.lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName: stack.description.functionName, ZipFile: zipSync({ ...files }) }),
  );
}

describe('from an object to the views', () => {
  test('an upload shows, its correction replaces it, and its deletion takes it back', async () => {
    const key = 'raw/expenses/owner=ann/2025 ä+b%.csv';
    const [first] = await follow(
      await put(key, '2025-01-02,Bakery,Food,Card,4.20,EUR,', '2025-01-03,Bar,Food,Card,9.00,EUR,'),
    );
    expect(first).toMatchObject({ state: 'published', rows_read: 2, rows_published: 2, amount_published: '13.2000' });
    const [second] = await follow(await put(key, '2025-01-02,Bakery,Food,Card,4.40,EUR,'));
    expect(second).toMatchObject({ state: 'published', rows_published: 1 });
    expect(await expensesOf('ann')).toEqual([{ date: '2025-01-02', counterparty: 'Bakery', amount: '4.4000' }]);
    await stack.clients.s3.send(new DeleteObjectCommand({ Bucket: stack.description.bucket, Key: key }));
    await waitFor(async () => ((await expensesOf('ann')).length === 0 ? true : undefined));
  });

  test('an object of no feed is rejected with a reason', async () => {
    const [rejected] = await follow(await put('raw/expences/x.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,'));
    expect(rejected).toMatchObject({ state: 'rejected', feed: null });
    expect(rejected?.reason).toContain('expences');
  });

  test('many uploads at once make few job runs', async () => {
    const versions = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        put(`raw/expenses/owner=bea/${index}.csv`, `2025-01-02,Shop ${index},Food,Card,1.00,EUR,`),
      ),
    );
    const found = await follow(...versions);
    expect(found.every((upload) => upload?.state === 'published')).toBe(true);
    expect(await expensesOf('bea')).toHaveLength(60);
    const runs = await withConnection(adminUrl(), (administrator) =>
      queryRows<{ runs: number }>(
        administrator,
        "SELECT count(DISTINCT job_run_id) AS runs FROM uploads WHERE owner = 'bea'",
      ),
    );
    expect(runs[0]?.runs).toBeLessThan(20);
  });
});

function adminUrl(): string {
  const { adminUser, adminPassword, databaseHost, databasePort, databaseName } = stack.description;
  return `mysql://${adminUser}:${adminPassword}@${databaseHost}:${databasePort}/${databaseName}`;
}

describe('Glue', () => {
  test('refuses a run beyond the limit of concurrent runs, with its own exception', async () => {
    const start = () =>
      stack.clients.glue.send(
        new StartJobRunCommand({ JobName: stack.description.jobName, Arguments: { '--mode': 'sweep' } }),
      );
    const outcomes = await Promise.allSettled([start(), start(), start(), start()]);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(ConcurrentRunsExceededException);
    const after = await runSweep(stack.clients.glue);
    expect(after.state).toBe('SUCCEEDED');
  });

  test('tells why a run failed', async () => {
    const end = await runSweep(stack.clients.glue, { '--database-secret': 'no-such-secret' });
    expect(end.state).toBe('FAILED');
    expect(end.message).toMatch(/secret/i);
  });
});

describe('a trigger that fails', () => {
  test('leaves its messages in the dead-letter queue, and one command redrives them', async () => {
    await setTrigger(BROKEN);
    const version = await put('raw/expenses/owner=dan/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,');
    await waitFor(async () => ((await messages(stack.description.deadLetterQueueName)) > 0 ? true : undefined));
    expect(await expensesOf('dan')).toEqual([]);
    await setTrigger(triggerBundle());
    expect(await redrive(stack.clients.sqs)).toBe(1);
    const [upload] = await follow(version);
    expect(upload?.state).toBe('published');
    expect(await messages(stack.description.deadLetterQueueName)).toBe(0);
  });
});

describe('Spark', () => {
  test('reports a run as failed when Spark is killed, and starts Spark again', async () => {
    const { bucket, jobName } = stack.description;
    const keys = Array.from({ length: 3000 }, (_, index) => JSON.stringify({ key: `raw/expenses/none-${index}.csv` }));
    await stack.clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'manifests/long.jsonl', Body: keys.join('\n') }),
    );
    const manifest = { '--mode': 'manifest', '--manifest': `s3://${bucket}/manifests/long.jsonl` };
    const RunId = await startWhenFree(stack.clients.glue, manifest, Date.now() + 30_000);
    await sleep(300);
    process.kill(stack.sparkPid() ?? 0, 'SIGKILL');
    const ended = await waitFor(async () => {
      const { JobRun } = await stack.clients.glue.send(new GetJobRunCommand({ JobName: jobName, RunId }));
      return JobRun?.CompletedOn === undefined ? undefined : JobRun;
    });
    expect(ended.JobRunState).toBe('FAILED');
    expect(ended.ErrorMessage).toBe('the Spark process ended during the run');
    const [after] = await follow(await put('raw/expenses/owner=cat/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,'));
    expect(after?.state).toBe('published');
  });
});
