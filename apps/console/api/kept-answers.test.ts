import { expect, test } from 'vitest';
import { keepAnswers } from './kept-answers.ts';

const asker = { person: 'test' };

/** Answers that count how often they were read. */
function counting(ownersAtMost?: number) {
  const stamps = new Map<string, string>();
  const reads: string[] = [];
  const answers = keepAnswers(
    async (owner) => stamps.get(owner) ?? '',
    async (owner) => {
      reads.push(owner);
      return `${owner} ${reads.length}`;
    },
    ownersAtMost,
  );
  return { answers: { of: (owner: string) => answers.of(owner, asker) }, stamps, reads };
}

test('an answer is read once while nothing changes', async () => {
  const { answers, reads } = counting();
  expect(await answers.of('ada')).toBe('ada 1');
  expect(await answers.of('ada')).toBe('ada 1');
  expect(reads).toEqual(['ada']);
});

test('an answer is read again once its stamp is another', async () => {
  const { answers, stamps } = counting();
  await answers.of('ada');
  stamps.set('ada', 'published');
  expect(await answers.of('ada')).toBe('ada 2');
});

test('nobody gets the answer of another owner', async () => {
  const { answers } = counting();
  await answers.of('ada');
  expect(await answers.of('maya')).toBe('maya 2');
  expect(await answers.of('ada')).toBe('ada 1');
});

test('who asks at the same time shares one read', async () => {
  const { answers, reads } = counting();
  expect(await Promise.all([answers.of('ada'), answers.of('ada'), answers.of('ada')])).toEqual(Array(3).fill('ada 1'));
  expect(reads).toEqual(['ada']);
});

test('the owner who asked longest ago is forgotten first', async () => {
  const { answers, reads } = counting(2);
  for (const owner of ['ada', 'maya', 'ada', 'tom']) await answers.of(owner);
  expect(await answers.of('ada')).toBe('ada 1');
  await answers.of('maya');
  expect(reads).toEqual(['ada', 'maya', 'tom', 'maya']);
});

test('an answer that failed is asked for again', async () => {
  let attempts = 0;
  const answers = keepAnswers(
    async () => 'the same',
    async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('The database is away.');
      return attempts;
    },
  );
  await expect(answers.of('ada', asker)).rejects.toThrow('away');
  expect(await answers.of('ada', asker)).toBe(2);
});

test('what changes while an answer is read is in the next one', async () => {
  let published = 1;
  const answers = keepAnswers(
    async () => String(published),
    async () => {
      const seen = published;
      published = 2;
      return seen;
    },
  );
  expect(await answers.of('ada', asker)).toBe(1);
  expect(await answers.of('ada', asker)).toBe(2);
});

test('an answer is read to the end, also if the one who asked for it has gone', async () => {
  const { signal } = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const answers = keepAnswers(
    async (_, by) => String(signals.push(by.signal)),
    async (_, by) => signals.push(by.signal),
  );
  await answers.of('ada', { ...asker, signal });
  expect(signals).toEqual([signal, undefined]);
});
