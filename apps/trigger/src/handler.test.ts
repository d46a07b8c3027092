import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ConcurrentRunsExceededException } from '@aws-sdk/client-glue';
import type { SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { contextWith, FakeBucket, FakeGlue, glueError } from '../test/fakes.ts';
import { BODIES, BUCKET, batchOf, KEYS, s3Body } from '../test/messages.ts';
import { createHandler } from './handler.ts';

const full = new ConcurrentRunsExceededException({ message: 'Concurrent runs exceeded', $metadata: {} });

/** Creates a handler whose log lines and metrics are recorded. */
function assemble(glue: FakeGlue, s3 = new FakeBucket(), startWaitMs = 0) {
  const logger = new Logger();
  const metrics = new Metrics({ namespace: 'Centflow' });
  const counts: Record<string, number> = {};
  const logged: unknown[][] = [];
  vi.spyOn(metrics, 'addMetric').mockImplementation((name, _unit, value) => {
    counts[name] = value;
    return metrics;
  });
  vi.spyOn(metrics, 'publishStoredMetrics').mockReturnValue(metrics);
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(logger, level).mockImplementation((...args) => {
      logged.push([level, ...args]);
    });
  }
  const config = {
    uploadsBucket: BUCKET,
    manifestPrefix: 'manifests/',
    glueJobName: 'centflow-test-load',
    environment: 'local' as const,
    startWaitMs,
  };
  const handler = createHandler({ config, s3, glue, logger, metrics });
  const invoke = (batch: SQSEvent, remainingMs = 60_000) => handler(batch, contextWith(remainingMs));
  return { invoke, glue, s3, counts, logged };
}

describe('the handler of the trigger', () => {
  test('writes one manifest and starts one job run for a whole batch', async () => {
    const { invoke, glue, s3, counts, logged } = assemble(new FakeGlue('jr_1'));
    const answer = await invoke(batchOf(BODIES.created, BODIES.removed, BODIES.created));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(s3.manifests).toEqual([
      [
        { key: KEYS.created, eventTime: '2026-03-01T08:30:12.345Z' },
        { key: KEYS.removed, eventTime: '2026-03-01T09:00:00.000Z' },
      ],
    ]);
    expect(glue.requests.map(({ Arguments }) => Arguments?.['--manifest'])).toEqual([
      `s3://${BUCKET}/${[...s3.objects.keys()][0]}`,
    ]);
    expect(counts).toEqual({
      ...{ BatchSize: 3, Keys: 2, JobRunsStarted: 1 },
      ...{ BatchesTaken: 0, BatchesGivenBack: 0, UnreadableMessages: 0 },
    });
    expect(logged).toEqual([
      ['info', 'Job run started', expect.objectContaining({ jobRunId: 'jr_1', messages: 3, keys: 2, unreadable: 0 })],
    ]);
  });

  test('reports only unreadable messages as failed, and logs the reason', async () => {
    const { invoke, s3, counts, logged } = assemble(new FakeGlue('jr_1'));
    const answer = await invoke(batchOf('hello', BODIES.created));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(s3.manifests[0]).toHaveLength(1);
    expect(counts).toMatchObject({ UnreadableMessages: 1, JobRunsStarted: 1 });
    expect(logged[0]).toEqual([
      'error',
      'Message is unreadable',
      { messageId: 'message-0', reason: 'The body of the message is not JSON.' },
    ]);
  });

  test("starts no job run for S3's test event", async () => {
    const { invoke, glue, s3, counts } = assemble(new FakeGlue('jr_1'));
    await expect(invoke(batchOf(BODIES.testEvent))).resolves.toEqual({ batchItemFailures: [] });
    expect(glue.requests).toEqual([]);
    expect(s3.objects.size).toBe(0);
    expect(counts).toMatchObject({ BatchSize: 1, Keys: 0, JobRunsStarted: 0 });
  });

  test('returns the batch to the queue and removes the manifest if Glue has no free slot', async () => {
    const { invoke, s3, counts, logged } = assemble(new FakeGlue(full));
    const answer = await invoke(batchOf('hello', BODIES.created, BODIES.testEvent, BODIES.removed));

    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'message-0',
      'message-1',
      'message-3',
    ]);
    expect(s3.removed).toHaveLength(1);
    expect(s3.objects.size).toBe(0);
    expect(counts).toMatchObject({ BatchesGivenBack: 1, JobRunsStarted: 0, Keys: 2 });
    expect(logged.at(-1)).toEqual([
      'warn',
      'Glue is full, so the batch returns to the queue',
      { reason: 'ConcurrentRunsExceededException', keys: 2 },
    ]);
  });

  test('returns the batch to the queue even if the manifest cannot be removed', async () => {
    const s3 = new FakeBucket();
    s3.deleteError = new Error('Access Denied');
    const { invoke, logged } = assemble(new FakeGlue(full), s3);
    await expect(invoke(batchOf(BODIES.created))).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(logged.at(-1)?.[1]).toBe('Unused manifest could not be removed');
  });

  test('throws if Glue rejects the job run, and leaves no manifest behind', async () => {
    const { invoke, s3, counts } = assemble(new FakeGlue(glueError('AccessDeniedException')));
    await expect(invoke(batchOf(BODIES.created))).rejects.toThrow(/Glue refuses to start job centflow-test-load/);
    expect(s3.objects.size).toBe(0);
    expect(counts).toMatchObject({ BatchSize: 1, JobRunsStarted: 0, BatchesGivenBack: 0 });
  });

  test('throws and keeps the manifest if it is unknown whether Glue has started a job run', async () => {
    const { invoke, s3 } = assemble(new FakeGlue(glueError('InternalServiceException', 'server', 500)));
    await expect(invoke(batchOf(BODIES.created))).rejects.toThrow(/did not confirm/);
    expect(s3.objects.size).toBe(1);
  });

  test('throws if the manifest cannot be written, and sends no request to Glue', async () => {
    const s3 = new FakeBucket();
    s3.putError = new Error('Access Denied');
    const { invoke, glue } = assemble(new FakeGlue('jr_1'), s3);
    await expect(invoke(batchOf(BODIES.created))).rejects.toThrow(/^Access Denied$/);
    expect(glue.requests).toEqual([]);
  });

  test('hands the batch to a running job run if Glue has no free slot', async () => {
    vi.useFakeTimers();
    try {
      const s3 = new FakeBucket();
      const taken: string[] = [];
      s3.beforeEach = () => {
        for (const [key, { body }] of s3.objects) {
          if (!key.startsWith('manifests/waiting/')) continue;
          taken.push(body);
          s3.objects.delete(key);
        }
      };
      const { invoke, counts } = assemble(new FakeGlue(full), s3, 20_000);
      const answer = invoke(batchOf('hello', BODIES.created));
      await vi.runAllTimersAsync();
      await expect(answer).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
      expect(taken.map((body) => JSON.parse(body).key)).toEqual([KEYS.created]);
      expect(counts).toMatchObject({ BatchesTaken: 1, BatchesGivenBack: 0, JobRunsStarted: 0 });
      expect(s3.objects.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['a new job run starts later', 'jr_1', []],
    ['Glue never has a free slot', full, [{ itemIdentifier: 'message-0' }]],
  ])('leaves no offered manifest behind if %s', async (_, last, batchItemFailures) => {
    vi.useFakeTimers();
    try {
      const s3 = new FakeBucket();
      const { invoke } = assemble(new FakeGlue(full, last), s3, 10_000);
      const answer = invoke(batchOf(BODIES.created));
      await vi.runAllTimersAsync();
      await expect(answer).resolves.toEqual({ batchItemFailures });
      expect([...s3.objects.keys()].filter((key) => key.includes('/waiting/'))).toEqual([]);
      expect(s3.removed.some((key) => key.startsWith('manifests/waiting/'))).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test("waits for a free slot, but not beyond the Lambda's timeout", async () => {
    vi.useFakeTimers();
    try {
      const { invoke, glue } = assemble(new FakeGlue(full), new FakeBucket(), 600_000);
      const began = performance.now();
      const answer = invoke(batchOf(BODIES.created), 16_000);
      await vi.runAllTimersAsync();
      await expect(answer).resolves.toMatchObject({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
      expect(performance.now() - began).toBeLessThanOrEqual(10_001);
      expect(glue.requests.length).toBeGreaterThan(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('writes each key of a readable message to the manifest once, or returns the message to the queue', async () => {
    const aKey = fc.string({ unit: 'grapheme', maxLength: 8 }).map((name) => `raw/${name}`);
    const aMessage = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.array(aKey, { minLength: 1, maxLength: 3 }).map((keys) => ({ keys, readable: true })),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(aKey, { maxLength: 2 })
          .map((keys) => ({ keys: [...keys, 'manifests/m'], readable: false })),
      },
      { weight: 1, arbitrary: fc.constant({ keys: [], readable: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(aMessage, { maxLength: 12 }), fc.boolean(), async (messages, busy) => {
        const { invoke, s3 } = assemble(new FakeGlue(busy ? full : 'jr_1'));
        const bodies = messages.map(({ keys }) =>
          keys.length === 0 ? BODIES.testEvent : s3Body(...keys.map((key) => ({ key }))),
        );
        const { batchItemFailures } = await invoke(batchOf(...bodies));
        const failedIds = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
        const inManifests = s3.manifests.flat().map(({ key }) => key);

        expect(new Set(failedIds).size).toBe(failedIds.length);
        expect(new Set(inManifests).size).toBe(inManifests.length);
        expect(s3.manifests.length).toBeLessThanOrEqual(1);
        const started = new Set<string>();
        for (const [index, { keys, readable }] of messages.entries()) {
          const isRedelivered = failedIds.includes(`message-${index}`);
          expect(isRedelivered).toBe(!readable || (busy && keys.length > 0));
          if (!isRedelivered) {
            for (const key of keys) started.add(key);
          }
        }
        expect(new Set(inManifests)).toEqual(started);
      }),
    );
  });
});
