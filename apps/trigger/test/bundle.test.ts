import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLambda } from '../build.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { BODIES, BUCKET, batchOf, KEYS } from './messages.ts';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-trigger-'));
  bundle = await bundleLambda(join(folder, 'first'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Invokes the bundle once and parses its output: JSON lines with log records, and metrics in CloudWatch's embedded
 * format.
 */
async function invoke(aws: FakeAws, batch: SQSEvent, environment: Record<string, string> = {}) {
  const child = fork(fileURLToPath(new URL('invoke-bundle.ts', import.meta.url)), [bundle, JSON.stringify(batch)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      UPLOADS_BUCKET: BUCKET,
      GLUE_JOB_NAME: 'centflow-test-load',
      ENVIRONMENT: 'local',
      ...environment,
    },
  });
  const written = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
  const [report] = (await once(child, 'message')) as [{ answer?: unknown; error?: string }];
  const lines = (await written).flatMap((output) => output.split('\n').filter((line) => line !== ''));
  const records = lines.map((line) => JSON.parse(line));
  return {
    ...report,
    logs: records.filter((record) => record._aws === undefined),
    metrics: records.filter((record) => record._aws !== undefined),
  };
}

describe('the bundle', () => {
  test('is one file with a source map and notices, and has the same bytes in each build', async () => {
    await bundleLambda(join(folder, 'again'));
    const built = await readdir(join(folder, 'first'));
    expect(built.sort()).toEqual(['index.mjs', 'index.mjs.map', 'third-party-notices.txt']);
    for (const name of built) {
      const [first, again] = await Promise.all(
        ['first', 'again'].map((version) => readFile(join(folder, version, name))),
      );
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('writes a manifest to S3 and starts a job run in Glue for a batch', async () => {
    await using aws = await startFakeAws();
    const { answer, logs, metrics } = await invoke(aws, batchOf(BODIES.created, 'hello', BODIES.removed));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    const [put, start] = aws.seen;
    expect(put).toMatchObject({ method: 'PUT', headers: { 'content-type': 'application/x-ndjson' } });
    expect(put?.url).toMatch(new RegExp(`^/${BUCKET}/manifests/[\\d/]+/[\\da-f-]+\\.jsonl`));
    const manifest = put?.body.split('\n').slice(0, -1) ?? [];
    expect(manifest.map((line) => JSON.parse(line).key)).toEqual([KEYS.created, KEYS.removed]);
    expect(JSON.parse(start?.body ?? '')).toEqual({
      JobName: 'centflow-test-load',
      Arguments: {
        '--keys-from': 'manifest',
        '--manifest': `s3:/${put?.url.split('?')[0]}`,
        '--waiting-manifests': `s3://${BUCKET}/manifests/waiting/`,
      },
      JobRunQueuingEnabled: false,
    });
    const common = { service: 'trigger', environment: 'local' };
    expect(logs).toEqual([
      expect.objectContaining({ ...common, level: 'INFO', message: 'Job run started', jobRunId: 'jr_1', keys: 2 }),
      expect.objectContaining({ ...common, level: 'ERROR', message: 'Message is unreadable', messageId: 'message-1' }),
    ]);
    expect(metrics).toEqual([
      expect.objectContaining({
        ...common,
        BatchSize: 3,
        Keys: 2,
        JobRunsStarted: 1,
        BatchesGivenBack: 0,
        UnreadableMessages: 1,
      }),
    ]);
    expect(metrics[0]._aws.CloudWatchMetrics[0].Namespace).toBe('Centflow');
  });

  test('waits while the job has too many runs, then starts a job run', async () => {
    await using aws = await startFakeAws();
    aws.startJobRun = [
      [400, { __type: 'ConcurrentRunsExceededException', Message: 'Concurrent runs exceeded' }],
      [200, { JobRunId: 'jr_2' }],
    ];
    const { answer } = await invoke(aws, batchOf(BODIES.created), { START_WAIT_SECONDS: '10' });
    expect(answer).toEqual({ batchItemFailures: [] });
    const sent = aws.seen.map(({ method }) => method).filter((method, index, all) => method !== all[index - 1]);
    expect(sent).toEqual(['PUT', 'POST', 'PUT', 'GET', 'POST', 'DELETE']);
  });

  test('ends when a running job run has taken the offered manifest', async () => {
    await using aws = await startFakeAws();
    aws.startJobRun = [[400, { __type: 'ConcurrentRunsExceededException', Message: 'Concurrent runs exceeded' }]];
    aws.taken = true;
    const { answer, metrics } = await invoke(aws, batchOf(BODIES.created), { START_WAIT_SECONDS: '10' });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(metrics[0]).toMatchObject({ BatchesTaken: 1, BatchesGivenBack: 0, JobRunsStarted: 0 });
    expect(aws.seen.map(({ method }) => method)).toEqual(['PUT', 'POST', 'PUT', 'GET', 'DELETE']);
    const [manifest, , offered, listed, deleted] = aws.seen.map(({ url }) => url);
    expect(offered).toMatch(new RegExp(`^/${BUCKET}/manifests/waiting/[\\da-f-]+\\.jsonl`));
    expect(decodeURIComponent(listed ?? '')).toContain(`prefix=${offered?.split('?')[0]?.replace(`/${BUCKET}/`, '')}`);
    expect(deleted?.split('?')[0]).toBe(manifest?.split('?')[0]);
  });

  test.each(['ConcurrentRunsExceededException', 'ResourceNumberLimitExceededException', 'ThrottlingException'])(
    'returns the batch to the queue and removes its manifest if Glue responds with %s',
    async (type) => {
      await using aws = await startFakeAws();
      aws.startJobRun = [[400, { __type: type, Message: 'No room' }]];
      const { answer, metrics } = await invoke(aws, batchOf(BODIES.created));
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
      expect(metrics[0].BatchesGivenBack).toBe(1);
      const [put] = aws.seen;
      expect(aws.seen.at(-1)).toMatchObject({ method: 'DELETE' });
      expect(aws.seen.at(-1)?.url.split('?')[0]).toBe(put?.url.split('?')[0]);
    },
  );

  test('throws an error with a remedy if the job does not exist', async () => {
    await using aws = await startFakeAws();
    aws.startJobRun = [[400, { __type: 'EntityNotFoundException', Message: 'Failed to find job' }]];
    const { error } = await invoke(aws, batchOf(BODIES.created));
    expect(error).toMatch(/JobRunRefusedError: .*EntityNotFoundException: Failed to find job. Check GLUE_JOB_NAME/);
  });

  test('names the missing variables if it is not configured', async () => {
    await using aws = await startFakeAws();
    const { error } = await invoke(aws, batchOf(BODIES.created), { UPLOADS_BUCKET: '', ENVIRONMENT: '' });
    expect(error).toMatch(/ConfigError: .*UPLOADS_BUCKET.*ENVIRONMENT/);
  });
});
