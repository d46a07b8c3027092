import { expect, test } from 'vitest';
import { ApiError } from '../../api/problem.ts';
import { follow, getPollInterval, type Progress, type Stage } from './follow.ts';
import { buildPendingTimeline, buildTimeline } from './timeline.ts';

/** Returns an input for `follow` with the given responses. The input records the pauses and reports of `follow`. */
function followingOf(...answers: (Stage | Error)[]) {
  const pauses: number[] = [];
  const stages: Stage[] = [];
  const offline: boolean[] = [];
  let clock = 0;
  return {
    pauses,
    stages,
    offline,
    following: {
      getProgress: async (): Promise<Progress> => {
        const answer = answers.shift();
        if (answer === undefined) throw new Error('It was looked at once more than needed.');
        if (answer instanceof Error) throw answer;
        return { stage: answer };
      },
      signal: new AbortController().signal,
      onProgress: ({ stage }: Progress) => stages.push(stage),
      onOffline: (now: boolean) => offline.push(now),
      wait: async (milliseconds: number) => {
        pauses.push(milliseconds);
        clock += milliseconds;
      },
      now: () => clock,
    },
  };
}

test('follow reports each stage until the file is published', async () => {
  const { following, stages } = followingOf('received', 'loading', 'published');
  expect(await follow(following)).toEqual({ stage: 'published' });
  expect(stages).toEqual(['received', 'loading', 'published']);
});

test('follow continues when a lost connection is back', async () => {
  const { following, offline } = followingOf('received', new TypeError('fetch failed'), 'published');
  await follow(following);
  expect(offline).toEqual([false, true, false]);
});

test('follow retries while the service is busy, without reporting a lost connection', async () => {
  const busy = [429, 503].map((status) => new ApiError(status, 'Too many requests at once', 'Try again.'));
  const { following, offline } = followingOf('received', ...busy, 'published');
  await follow(following);
  expect(offline).toEqual([false, false, false, false]);
});

test('follow rejects if the API refuses the request', async () => {
  const { following } = followingOf(new Error('You have no such file.'));
  await expect(follow(following)).rejects.toThrow('no such file');
});

test('follow continues after a failed import, because the sweep retries the file', async () => {
  const { following } = followingOf('failed', 'loading', 'published');
  expect(await follow(following)).toEqual({ stage: 'published' });
});

test('follow increases the time between polls', async () => {
  const { following, pauses } = followingOf(...Array.from({ length: 200 }, () => 'loading' as const), 'published');
  await follow(following);
  expect(pauses[0]).toBe(1_000);
  expect(pauses.at(-1)).toBe(15_000);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(getPollInterval(29_999)).toBe(1_000);
});

test('buildTimeline returns the seconds of each step', () => {
  const steps = buildTimeline({
    lastModified: '2025-06-01T10:00:00Z',
    receivedAt: '2025-06-01T10:00:00.250Z',
    loadingAt: '2025-06-01T10:00:01Z',
    loadedAt: '2025-06-01T10:00:02Z',
    publishedAt: '2025-06-01T10:00:02.500Z',
    updatedAt: '2025-06-01T10:00:02.500Z',
    state: 'published',
  });
  expect(steps.map(({ name, seconds }) => [name, seconds])).toEqual([
    ['sent', null],
    ['received', 0.25],
    ['loading', 0.75],
    ['published', 1.5],
  ]);
});

test('buildTimeline returns no negative seconds if clocks differ', () => {
  const [, received] = buildTimeline({
    lastModified: '2025-06-01T10:00:01Z',
    receivedAt: '2025-06-01T10:00:00.900Z',
    loadingAt: null,
    loadedAt: null,
    publishedAt: null,
    updatedAt: '2025-06-01T10:00:00.900Z',
    state: 'loading',
  });
  expect(received?.seconds).toBe(0);
});

test('buildTimeline ends with the rejection of a rejected upload', () => {
  const steps = buildTimeline({
    lastModified: '2025-06-01T10:00:00Z',
    receivedAt: '2025-06-01T10:00:00Z',
    loadingAt: '2025-06-01T10:00:01Z',
    loadedAt: null,
    publishedAt: null,
    updatedAt: '2025-06-01T10:00:03Z',
    state: 'rejected',
  });
  expect(steps.at(-1)).toEqual({ name: 'rejected', at: '2025-06-01T10:00:03Z', seconds: 2 });
});

test('buildPendingTimeline has only the step “sent” before the job starts', () => {
  expect(
    buildPendingTimeline('2025-06-01T10:00:00Z')
      .filter(({ at }) => at !== null)
      .map(({ name }) => name),
  ).toEqual(['sent']);
});
