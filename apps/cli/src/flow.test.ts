import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetJobRunCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { waitFor } from '@centflow/local-processes/wait-for';
import { databaseUrl, withConnection } from '@centflow/local-stack/database';
import { runSweep, startWhenFree } from '@centflow/local-stack/job-runs';
import { readBundle } from '@centflow/local-stack/resources';
import type { LocalStack } from '@centflow/local-stack/stack';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { triggerBundle } from './build-trigger.ts';
import {
  batchUploadsIntoFewRuns,
  failAndRedrive,
  follow,
  put,
  type RunningFlow,
  refuseRunsBeyondTheLimit,
  rejectObjectWithoutFeed,
  sweepMissedEvents,
  uploadCorrectDelete,
} from './flow-steps.ts';
import { startFlowStack, stopFlowStack } from './testing/flow-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-flow-'));

let stack: LocalStack;

beforeAll(async () => {
  stack = await startFlowStack(folder, { overrides: { visibilitySeconds: 1, maxReceives: 2 } });
});

afterAll(async () => {
  expect(await stopFlowStack(stack, folder)).toEqual([]);
});

function running(): RunningFlow {
  const { bucket, queueName, deadLetterQueueName, functionName, jobName, reporter, adminUser, adminPassword } =
    stack.description;
  const administrator = { user: adminUser, password: adminPassword };
  return {
    clients: stack.clients,
    bucket,
    queue: queueName,
    deadLetterQueue: deadLetterQueueName,
    trigger: functionName,
    job: jobName,
    asReporter: (work) => withConnection(databaseUrl(stack.description, reporter), work),
    asAdministrator: (work) => withConnection(databaseUrl(stack.description, administrator), work),
  };
}

describe('the flow from an object to the views', () => {
  test('publishes an upload, replaces its rows after a correction, and removes them after a deletion', async () => {
    await uploadCorrectDelete(running());
  });

  test('rejects an object whose prefix belongs to no feed, and records the reason', async () => {
    await rejectObjectWithoutFeed(running());
  });

  test('loads many simultaneous uploads in few job runs', async () => {
    await batchUploadsIntoFewRuns(running());
  });

  test('loads a file during the next sweep if its event was lost', async () => {
    await sweepMissedEvents(running());
  });
});

describe('the simulated Glue', () => {
  test('rejects a run beyond the limit of concurrent runs with ConcurrentRunsExceededException', async () => {
    await refuseRunsBeyondTheLimit(running());
  });

  test('returns the reason why a run failed', async () => {
    const end = await runSweep(stack.clients.glue, { '--database-secret': 'no-such-secret' });
    expect(end.state).toBe('FAILED');
    expect(end.message).toMatch(/secret/i);
  });
});

describe('a broken trigger', () => {
  test('leaves messages in the dead-letter queue, which one command redrives', async () => {
    await failAndRedrive(running(), { ZipFile: zipSync({ ...readBundle(triggerBundle) }) });
  });
});

describe('Spark', () => {
  test('is restarted after a kill, and the interrupted job run is reported as failed', async () => {
    const { bucket, jobName } = stack.description;
    const keys = Array.from({ length: 3000 }, (_, index) => JSON.stringify({ key: `raw/expenses/none-${index}.csv` }));
    await stack.clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'manifests/long.jsonl', Body: keys.join('\n') }),
    );
    const manifest = { '--keys-from': 'manifest', '--manifest': `s3://${bucket}/manifests/long.jsonl` };
    const RunId = await startWhenFree(stack.clients.glue, manifest, Date.now() + 30_000);
    const log = join(stack.description.logFolder, 'spark.log');
    await waitFor(async () => (readFileSync(log, 'utf8').includes(`run ${RunId} begins`) ? true : undefined));
    process.kill(stack.sparkPid() ?? 0, 'SIGKILL');
    const ended = await waitFor(async () => {
      const { JobRun } = await stack.clients.glue.send(new GetJobRunCommand({ JobName: jobName, RunId }));
      return JobRun?.CompletedOn === undefined ? undefined : JobRun;
    });
    expect(ended.JobRunState).toBe('FAILED');
    expect(ended.ErrorMessage).toBe('the Spark process ended during the run');
    const [after] = await follow(
      running(),
      await put(running(), 'raw/expenses/owner=cat/a.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,'),
    );
    expect(after?.state).toBe('published');
  });
});
