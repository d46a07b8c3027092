import { expect, test } from 'vitest';
import { ApiError } from '../../api/problem.ts';
import { follow, getPollInterval, type Progress, type Stage } from './follow.ts';
import { buildPendingTimeline, buildTimeline } from './timeline.ts';

/** Answers one after the other, and the pauses between them. */
function story(...answers: (Stage | Error)[]) {
  const pauses: number[] = [];
  const seen: Stage[] = [];
  const offline: boolean[] = [];
  let clock = 0;
  return {
    pauses,
    seen,
    offline,
    following: {
      getProgress: async (): Promise<Progress> => {
        const answer = answers.shift();
        if (answer === undefined) throw new Error('It was looked at once more than needed.');
        if (answer instanceof Error) throw answer;
        return { stage: answer };
      },
      signal: new AbortController().signal,
      onProgress: ({ stage }: Progress) => seen.push(stage),
      onOffline: (now: boolean) => offline.push(now),
      wait: async (milliseconds: number) => {
        pauses.push(milliseconds);
        clock += milliseconds;
      },
      now: () => clock,
    },
  };
}

test('it is followed until it is published', async () => {
  const { following, seen } = story('received', 'loading', 'published');
  expect(await follow(following)).toEqual({ stage: 'published' });
  expect(seen).toEqual(['received', 'loading', 'published']);
});

test('a lost connection is waited for', async () => {
  const { following, offline } = story('received', new TypeError('fetch failed'), 'published');
  await follow(following);
  expect(offline).toEqual([false, true, false]);
});

test('a busy service is waited for, and is no lost connection', async () => {
  const busy = [429, 503].map((status) => new ApiError(status, 'Too many requests at once', 'Try again.'));
  const { following, offline } = story('received', ...busy, 'published');
  await follow(following);
  expect(offline).toEqual([false, false, false, false]);
});

test('a refusal ends it', async () => {
  const { following } = story(new Error('You have no such file.'));
  await expect(follow(following)).rejects.toThrow('no such file');
});

test('a failed one is followed on, since the sweep takes it up again', async () => {
  const { following } = story('failed', 'loading', 'published');
  expect(await follow(following)).toEqual({ stage: 'published' });
});

test('it is looked at ever less often', async () => {
  const { following, pauses } = story(...Array.from({ length: 200 }, () => 'loading' as const), 'published');
  await follow(following);
  expect(pauses[0]).toBe(1_000);
  expect(pauses.at(-1)).toBe(15_000);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(getPollInterval(29_999)).toBe(1_000);
});

test('the timeline tells the seconds that each step took', () => {
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

test('clocks that differ make no step shorter than nothing', () => {
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

test('a rejected one ends in that', () => {
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

test('what the job has not come to is sent and no further', () => {
  expect(
    buildPendingTimeline('2025-06-01T10:00:00Z')
      .filter(({ at }) => at !== null)
      .map(({ name }) => name),
  ).toEqual(['sent']);
});
