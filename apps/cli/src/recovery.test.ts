import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { processesOf } from '@centflow/local-processes/processes-of';
import { waitFor } from '@centflow/local-processes/wait-for';
import { databaseUrl, queryRows, withConnection } from '@centflow/local-stack/database';
import { followUploads } from '@centflow/local-stack/follow';
import { runSweep } from '@centflow/local-stack/job-runs';
import { readParts } from '@centflow/local-stack/parts-file';
import type { LocalStack } from '@centflow/local-stack/stack';
import type { PartStatus } from '@centflow/local-stack/supervisor';
import { startSweeper } from '@centflow/local-stack/sweeper';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFlowStack, stopFlowStack } from './testing/flow-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-recovery-'));
const WITHIN_MS = 240_000;
const warnings: string[] = [];

let stack: LocalStack;

beforeAll(async () => {
  stack = await startFlowStack(folder, {
    warn: (message) => warnings.push(message),
    // A busy machine must not end the stack of these tests.
    limits: { attempts: 50, firstAttempts: 50, probeEveryMs: 500, probesMissed: 60 },
  });
  await stack.jobWarm;
});

afterAll(async () => {
  expect(await stopFlowStack(stack, folder)).toEqual([]);
});

const reporterUrl = () => databaseUrl(stack.description, stack.description.reporter);

function statusOf(name: string): PartStatus {
  const found = stack.supervisor.parts().find((part) => part.name === name);
  if (found === undefined) throw new Error(`There is no part ${name}`);
  return found;
}

/** Returns the id of the Java process of this stack's Spark. */
function javaPid(): number | undefined {
  const java = processesOf(folder).find((line) => /^\d+ \S+\/java /.test(line));
  return java === undefined ? undefined : Number.parseInt(java, 10);
}

async function untilRestarted(name: string, before: number): Promise<void> {
  await waitFor(
    async () => (statusOf(name).restarts > before && statusOf(name).state === 'ready' ? true : undefined),
    WITHIN_MS,
  );
}

let files = 0;

async function put(): Promise<{ objectKey: string; versionId: string }> {
  files += 1;
  const objectKey = `raw/expenses/owner=cat/${files}.csv`;
  const Body = `date,merchant,category,account,amount,currency,description\n2025-01-0${files},Bakery,Food,Card,4.20,EUR,\n`;
  const { VersionId = '' } = await stack.supervisor.runWithParts(() =>
    stack.clients.s3.send(new PutObjectCommand({ Bucket: stack.description.bucket, Key: objectKey, Body })),
  );
  return { objectKey, versionId: VersionId };
}

async function expectPublished(version: { objectKey: string; versionId: string }): Promise<void> {
  const [upload] = await stack.supervisor.runWithParts(() =>
    withConnection(reporterUrl(), (reporter) => followUploads(reporter, [version], { timeoutMs: WITHIN_MS })),
  );
  expect(upload).toMatchObject({ state: 'published', rows_published: 1 });
}

describe('Spark after it is killed', () => {
  test('is restarted even if Java is killed during the restart, and job runs wait for the restart', async () => {
    const { restarts } = statusOf('Spark');
    process.kill(stack.sparkPid() ?? 0, 'SIGKILL');
    const version = await put();
    // When Spark restarts, kill the new Java process as well.
    const java = await waitFor(async () => (statusOf('Spark').restarts > restarts ? javaPid() : undefined), WITHIN_MS);
    process.kill(java, 'SIGKILL');
    await untilRestarted('Spark', restarts + 1);
    await expectPublished(version);
    expect(warnings.join('\n')).toMatch(/Spark ended by SIGKILL\. Starting it again/);
    expect(warnings.join('\n')).toMatch(/Spark ended with code 1\. Starting it again/);
  });

  test('is restarted if only its Java process is killed', async () => {
    const { restarts } = statusOf('Spark');
    process.kill(javaPid() ?? 0, 'SIGKILL');
    await untilRestarted('Spark', restarts);
    await expectPublished(await put());
  });
});

describe('Spark', () => {
  test('is reported as unresponsive while its Python processes are paused, and continues when they are resumed', async () => {
    const { restarts } = statusOf('Spark');
    await expectPublished(await put());
    const python = processesOf(folder).filter((line) => line.includes('pyspark.daemon'));
    const signal = (name: NodeJS.Signals) => {
      for (const line of python) process.kill(Number.parseInt(line, 10), name);
    };
    expect(python.length).toBeGreaterThan(0);
    signal('SIGSTOP');
    await waitFor(async () => (statusOf('Spark').state === 'silent' ? true : undefined), WITHIN_MS);
    signal('SIGCONT');
    await waitFor(async () => (statusOf('Spark').state === 'ready' ? true : undefined), WITHIN_MS);
    expect(statusOf('Spark').restarts).toBe(restarts);
    expect(warnings).toContain('Spark answers again');
    await expectPublished(await put());
  });
});

describe('the AWS emulator after it is killed', () => {
  test('restarts with all objects and versions, and the flow works again', async () => {
    const before = await put();
    await expectPublished(before);
    const { restarts, pid } = statusOf('the AWS emulator');
    process.kill(pid ?? 0, 'SIGKILL');
    await untilRestarted('the AWS emulator', restarts);
    const { s3, lambda } = stack.clients;
    const { bucket: Bucket, functionName } = stack.description;
    await s3.send(new PutObjectCommand({ Bucket, Key: before.objectKey, Body: 'date\n' }));
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: before.objectKey }));
    expect(Versions.map(({ VersionId }) => VersionId)).toContain(before.versionId);
    const mappings = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }));
    expect(mappings.EventSourceMappings).toHaveLength(1);
    await expectPublished(await put());
  });

  test('may lose an event, but the sweep after the restart loads the file', async () => {
    const sweeper = startSweeper(stack, { everyMs: 3_600_000, report: (message) => warnings.push(message) });
    const { restarts, pid } = statusOf('the AWS emulator');
    // A paused emulator keeps the event in memory and loses it when it is killed.
    const version = await put();
    process.kill(pid ?? 0, 'SIGKILL');
    await untilRestarted('the AWS emulator', restarts);
    await expectPublished(version);
    await sweeper.idle();
    sweeper.stop();
  });
});

describe('MySQL', () => {
  test('is restarted after it is killed, and files that were uploaded meanwhile are published', async () => {
    const sweeper = startSweeper(stack, { everyMs: 3_600_000, report: (message) => warnings.push(message) });
    const { restarts, pid } = statusOf('MySQL');
    process.kill(pid ?? 0, 'SIGKILL');
    const version = await put();
    await untilRestarted('MySQL', restarts);
    await expectPublished(version);
    sweeper.stop();
    const rows = await withConnection(reporterUrl(), (reporter) =>
      queryRows<{ uploads: number }>(reporter, 'SELECT count(*) AS uploads FROM v_transactions'),
    );
    expect(rows).not.toEqual([{ uploads: 0 }]);
  });

  test('is reported as unresponsive while it is paused, and continues when it is resumed', async () => {
    const { restarts, pid } = statusOf('MySQL');
    process.kill(pid ?? 0, 'SIGSTOP');
    await waitFor(async () => (statusOf('MySQL').state === 'silent' ? true : undefined), WITHIN_MS);
    expect(readParts(folder)?.parts.find(({ name }) => name === 'MySQL')).toMatchObject({ state: 'silent' });
    process.kill(pid ?? 0, 'SIGCONT');
    await waitFor(async () => (statusOf('MySQL').state === 'ready' ? true : undefined), WITHIN_MS);
    expect(statusOf('MySQL').restarts).toBe(restarts);
    expect((await stack.supervisor.runWithParts(() => runSweep(stack.clients.glue))).state).toBe('SUCCEEDED');
    expect(warnings).toContain('MySQL answers again');
  });
});

test('only the user who started the stack can access its data folder and log folder', () => {
  for (const path of [folder, stack.description.logFolder]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('parts.json contains the state, restarts and last failure of each part', () => {
  const file = readParts(folder);
  expect(file?.pid).toBe(process.pid);
  expect(file?.parts).toEqual(stack.supervisor.parts());
  expect(JSON.parse(readFileSync(join(folder, 'parts.json'), 'utf8'))).toMatchObject({ parts: expect.any(Array) });
  for (const name of ['MySQL', 'the AWS emulator', 'Spark']) {
    expect(statusOf(name)).toMatchObject({ state: 'ready', restarts: expect.any(Number) });
    expect(statusOf(name).lastTrouble?.reason).toBeTruthy();
  }
});
