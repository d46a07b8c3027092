import { expect, test } from 'vitest';
import { keepAnswers } from './kept-answers.ts';

const requester = { person: 'test' };

/** Returns a cache that records each read. */
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
  return { answers: { of: (owner: string) => answers.of(owner, requester) }, stamps, reads };
}

test('keepAnswers reads an owner’s answer only once while the owner’s stamp stays the same', async () => {
  const { answers, reads } = counting();
  expect(await answers.of('ada')).toBe('ada 1');
  expect(await answers.of('ada')).toBe('ada 1');
  expect(reads).toEqual(['ada']);
});

test('keepAnswers reads an owner’s answer again after the owner’s stamp has changed', async () => {
  const { answers, stamps } = counting();
  await answers.of('ada');
  stamps.set('ada', 'published');
  expect(await answers.of('ada')).toBe('ada 2');
});

test('keepAnswers never returns one owner’s answer to another owner', async () => {
  const { answers } = counting();
  await answers.of('ada');
  expect(await answers.of('maya')).toBe('maya 2');
  expect(await answers.of('ada')).toBe('ada 1');
});

test('keepAnswers shares one read between simultaneous requests', async () => {
  const { answers, reads } = counting();
  expect(await Promise.all([answers.of('ada'), answers.of('ada'), answers.of('ada')])).toEqual(Array(3).fill('ada 1'));
  expect(reads).toEqual(['ada']);
});

test('keepAnswers evicts the least recently used owner first', async () => {
  const { answers, reads } = counting(2);
  for (const owner of ['ada', 'maya', 'ada', 'tom']) await answers.of(owner);
  expect(await answers.of('ada')).toBe('ada 1');
  await answers.of('maya');
  expect(reads).toEqual(['ada', 'maya', 'tom', 'maya']);
});

test('keepAnswers reads an answer again after a failed read', async () => {
  let attempts = 0;
  const answers = keepAnswers(
    async () => 'the same',
    async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('The database is unavailable.');
      return attempts;
    },
  );
  await expect(answers.of('ada', requester)).rejects.toThrow('unavailable');
  expect(await answers.of('ada', requester)).toBe(2);
});

test('keepAnswers includes a change made during a read in the next answer', async () => {
  let published = 1;
  const answers = keepAnswers(
    async () => String(published),
    async () => {
      const seen = published;
      published = 2;
      return seen;
    },
  );
  expect(await answers.of('ada', requester)).toBe(1);
  expect(await answers.of('ada', requester)).toBe(2);
});

test('keepAnswers finishes a read even if its client has closed the connection', async () => {
  const { signal } = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const answers = keepAnswers(
    async (_, by) => String(signals.push(by.signal)),
    async (_, by) => signals.push(by.signal),
  );
  await answers.of('ada', { ...requester, signal });
  expect(signals).toEqual([signal, undefined]);
});
