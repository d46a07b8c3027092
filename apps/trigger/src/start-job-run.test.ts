import {
  ConcurrentRunsExceededException,
  EntityNotFoundException,
  InternalServiceException,
  OperationTimeoutException,
  ResourceNumberLimitExceededException,
} from '@aws-sdk/client-glue';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeGlue, glueError } from '../test/fakes.ts';
import { createStartJobRun, JobRunRefusedError, type JobRunRequest, JobRunUncertainError } from './start-job-run.ts';

const full = new ConcurrentRunsExceededException({ message: 'Concurrent runs exceeded', $metadata: {} });

function request(
  waitMs: number,
  signal = new AbortController().signal,
  isTaken = async () => false,
  writeManifest = async () => 's3://b/manifests/m.jsonl',
): JobRunRequest {
  const waitingFolder = 's3://b/manifests/waiting/';
  return { jobName: 'centflow-test-load', writeManifest, waitingFolder, waitMs, isTaken, signal };
}

describe('createStartJobRun', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('passes only the manifests, because the bucket and the secret are default arguments of the job', async () => {
    const glue = new FakeGlue('jr_1');
    await expect(createStartJobRun(glue)(request(0))).resolves.toEqual({ outcome: 'started', jobRunId: 'jr_1' });
    expect(glue.requests).toEqual([
      expect.objectContaining({
        JobName: 'centflow-test-load',
        Arguments: {
          '--keys-from': 'manifest',
          '--manifest': 's3://b/manifests/m.jsonl',
          '--waiting-manifests': 's3://b/manifests/waiting/',
        },
      }),
    ]);
  });

  test('disables job run queuing for the run, even if the job enables queuing', async () => {
    const glue = new FakeGlue('jr_1');
    await createStartJobRun(glue)(request(0));
    expect(glue.requests).toEqual([expect.objectContaining({ JobRunQueuingEnabled: false })]);
  });

  test.each([
    ["the job's own limit is reached", full],
    ["the account's quota is used up", new ResourceNumberLimitExceededException({ message: 'Max', $metadata: {} })],
    ['Glue throttles requests', glueError('ThrottlingException')],
    ['Glue responds with status 429', glueError('UnknownError', 'client', 429)],
  ])('returns "busy" after one request if %s and the wait is zero', async (_, error) => {
    const glue = new FakeGlue(error);
    await expect(createStartJobRun(glue)(request(0))).resolves.toEqual({ outcome: 'busy', reason: error.name });
    expect(glue.requests).toHaveLength(1);
  });

  test('waits until a slot is free', async () => {
    const glue = new FakeGlue(full, full, 'jr_2');
    const start = createStartJobRun(glue)(request(20_000));
    await vi.runAllTimersAsync();
    await expect(start).resolves.toEqual({ outcome: 'started', jobRunId: 'jr_2' });
    expect(glue.requests).toHaveLength(3);
  });

  test('stops when a running job run has taken the keys, and checks this more often than it requests a run', async () => {
    const glue = new FakeGlue(full);
    let looks = 0;
    const isTaken = async () => {
      looks += 1;
      return looks === 7;
    };
    const start = createStartJobRun(glue)(request(20_000, undefined, isTaken));
    await vi.runAllTimersAsync();
    await expect(start).resolves.toEqual({ outcome: 'taken' });
    expect(glue.requests.length).toBeLessThan(3);
  });

  test('does not offer the keys to running job runs if the wait is zero', async () => {
    const isTaken = vi.fn(async () => false);
    await createStartJobRun(new FakeGlue(full))(request(0, undefined, isTaken));
    expect(isTaken).not.toHaveBeenCalled();
  });

  test('offers the keys before it writes a manifest, if Glue had no free slot for the previous batch', async () => {
    const glue = new FakeGlue(full);
    const startJobRun = createStartJobRun(glue);
    const writeManifest = vi.fn(async () => 's3://b/manifests/m.jsonl');
    const answers = [];
    for (let batch = 0; batch < 5; batch += 1) {
      const start = startJobRun(request(20_000, undefined, async () => true, writeManifest));
      await vi.runAllTimersAsync();
      answers.push((await start).outcome);
    }
    expect(answers).toEqual(['taken', 'taken', 'taken', 'taken', 'taken']);
    expect(glue.requests).toHaveLength(1);
    expect(writeManifest).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['after less than a second if Glue just had no free slot', 0, 701],
    ['immediately if the last response of Glue is two seconds old', 2001, 0],
  ])('requests a job run for a batch that no run takes %s', async (_, restMs, withinMs) => {
    const startJobRun = createStartJobRun(new FakeGlue(full, 'jr_2'));
    const first = startJobRun(request(20_000, undefined, async () => true));
    await vi.runAllTimersAsync();
    await expect(first).resolves.toEqual({ outcome: 'taken' });
    await vi.advanceTimersByTimeAsync(restMs);
    const began = performance.now();
    const second = startJobRun(request(20_000));
    await vi.runAllTimersAsync();
    await expect(second).resolves.toEqual({ outcome: 'started', jobRunId: 'jr_2' });
    expect(performance.now() - began).toBeLessThanOrEqual(withinMs);
  });

  test('throws the error of writeManifest and sends no request to Glue', async () => {
    const glue = new FakeGlue('jr_1');
    const writeManifest = () => Promise.reject(new Error('Access Denied'));
    await expect(createStartJobRun(glue)(request(20_000, undefined, undefined, writeManifest))).rejects.toThrow(
      /^Access Denied$/,
    );
    expect(glue.requests).toEqual([]);
  });

  test('waits one to two seconds between requests, and not beyond the time limit', async () => {
    const glue = new FakeGlue(full);
    const began = performance.now();
    const start = createStartJobRun(glue)(request(10_000));
    await vi.runAllTimersAsync();
    await expect(start).resolves.toMatchObject({ outcome: 'busy' });
    expect(performance.now() - began).toBeLessThanOrEqual(10_001);
    expect(glue.requests.length).toBeGreaterThanOrEqual(6);
    expect(glue.requests.length).toBeLessThanOrEqual(11);
  });

  test.each([
    ['the job does not exist', new EntityNotFoundException({ message: 'No', $metadata: {} }), /Check GLUE_JOB_NAME/],
    ['the role has no permission', glueError('AccessDeniedException'), /Allow glue:StartJobRun/],
    ['Glue rejects the request for another reason', glueError('OddException'), /OddException: OddException from Glue/],
  ])('throws JobRunRefusedError with a remedy, without a retry, if %s', async (_, error, message) => {
    const glue = new FakeGlue(error);
    await expect(createStartJobRun(glue)(request(20_000))).rejects.toThrow(JobRunRefusedError);
    await expect(createStartJobRun(glue)(request(20_000))).rejects.toThrow(message);
    expect(glue.requests).toHaveLength(2);
  });

  test.each([
    ['Glue has an internal error', new InternalServiceException({ message: 'Oops', $metadata: {} })],
    ['the request times out in Glue', new OperationTimeoutException({ message: 'Slow', $metadata: {} })],
    ['the network fails', new TypeError('socket hang up')],
  ])('throws JobRunUncertainError if %s, because the job run may have started', async (_, error) => {
    await expect(createStartJobRun(new FakeGlue(error))(request(20_000))).rejects.toThrow(JobRunUncertainError);
  });

  test('throws JobRunUncertainError if the time is up before Glue responds', async () => {
    const abort = new AbortController();
    const glue = {
      send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          abortSignal.addEventListener('abort', () => reject(new Error('Request aborted')));
          abort.abort(new Error('The time is up'));
        }),
    };
    await expect(createStartJobRun(glue)(request(20_000, abort.signal))).rejects.toThrow(
      /The time is up.*may have started/,
    );
  });
});
