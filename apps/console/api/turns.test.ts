import { describe, expect, test } from 'vitest';
import { Turns } from './turns.ts';

const [ada, maya] = [{ person: 'ada' }, { person: 'maya' }];
const limits = { connections: 3, runningAtMost: 2, waitingAtMost: 2, waitMs: 60_000, refusalMs: 0 };

/** Asks for turns and notes in which order they begin. */
function asking(more: Partial<typeof limits> = {}) {
  const turns = new Turns({ ...limits, ...more });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = async (asker: { person: string; signal?: AbortSignal }) => {
    const end = await turns.take(asker);
    begun.push(asker.person);
    ends.push(end);
  };
  const endOne = async () => {
    ends.shift()?.();
    await settled();
  };
  return { ask, begun, endOne };
}

/** All promises that can settle have. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  test('let a few questions of one person run at once', async () => {
    const { ask, begun, endOne } = asking();
    const asked = Promise.all([ask(ada), ask(ada), ask(ada)]);
    await settled();
    expect(begun).toEqual(['ada', 'ada']);
    await endOne();
    expect(begun).toEqual(['ada', 'ada', 'ada']);
    await asked;
  });

  test('refuse with 429 and a time whoever has too many waiting, and nobody else', async () => {
    const { ask, begun } = asking();
    for (let each = 0; each < 4; each += 1) void ask(ada);
    await expect(ask(ada)).rejects.toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
    await ask(maya);
    expect(begun).toEqual(['ada', 'ada', 'maya']);
  });

  test('go round the persons, however many questions of one of them wait', async () => {
    const { ask, begun, endOne } = asking({ connections: 1 });
    for (const asker of [ada, ada, ada, maya, maya]) void ask(asker);
    for (let each = 0; each < 5; each += 1) await endOne();
    expect(begun).toEqual(['ada', 'ada', 'maya', 'ada', 'maya']);
  });

  test('are not waited for beyond the limit: 429 if the person is the reason, 503 if others are', async () => {
    const own = asking({ waitMs: 1 });
    for (let each = 0; each < 2; each += 1) await own.ask(ada);
    await expect(own.ask(ada)).rejects.toMatchObject({ status: 429 });
    const others = asking({ connections: 1, waitMs: 1 });
    await others.ask(ada);
    await expect(others.ask(maya)).rejects.toMatchObject({ status: 503, retryAfterSeconds: expect.any(Number) });
  });

  test('do not go to whoever left', async () => {
    const { ask, begun, endOne } = asking({ connections: 1 });
    const leaving = new AbortController();
    await ask(ada);
    const left = expect(ask({ ...ada, signal: leaving.signal })).rejects.toMatchObject({ status: 503 });
    void ask(maya);
    leaving.abort();
    await left;
    await endOne();
    expect(begun).toEqual(['ada', 'maya']);
    await expect(ask({ ...ada, signal: leaving.signal })).rejects.toMatchObject({ status: 503 });
  });
});
