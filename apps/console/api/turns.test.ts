import { describe, expect, test } from 'vitest';
import { Turns } from './turns.ts';

const [ada, maya] = [{ person: 'ada' }, { person: 'maya' }];
const limits = { connections: 3, runningAtMost: 2, waitingAtMost: 2, waitMs: 60_000, refusalMs: 0 };

/** Requests turns and records the order in which they begin. */
function requesting(more: Partial<typeof limits> = {}) {
  const turns = new Turns({ ...limits, ...more });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = async (requester: { person: string; signal?: AbortSignal }) => {
    const end = await turns.take(requester);
    begun.push(requester.person);
    ends.push(end);
  };
  const endOne = async () => {
    ends.shift()?.();
    await settled();
  };
  return { ask, begun, endOne };
}

/** Resolves after all other promises that can settle have settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  test('lets two requests of one person run at the same time', async () => {
    const { ask, begun, endOne } = requesting();
    const asked = Promise.all([ask(ada), ask(ada), ask(ada)]);
    await settled();
    expect(begun).toEqual(['ada', 'ada']);
    await endOne();
    expect(begun).toEqual(['ada', 'ada', 'ada']);
    await asked;
  });

  test('refuses only a person with too many waiting requests, with 429 and Retry-After', async () => {
    const { ask, begun } = requesting();
    for (let each = 0; each < 4; each += 1) void ask(ada);
    await expect(ask(ada)).rejects.toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
    await ask(maya);
    expect(begun).toEqual(['ada', 'ada', 'maya']);
  });

  test('alternates between people, even if one person has many waiting requests', async () => {
    const { ask, begun, endOne } = requesting({ connections: 1 });
    for (const requester of [ada, ada, ada, maya, maya]) void ask(requester);
    for (let each = 0; each < 5; each += 1) await endOne();
    expect(begun).toEqual(['ada', 'ada', 'maya', 'ada', 'maya']);
  });

  test('ends a wait at the time limit: with 503 if other people cause the wait, otherwise with 429', async () => {
    const own = requesting({ waitMs: 1 });
    for (let each = 0; each < 2; each += 1) await own.ask(ada);
    await expect(own.ask(ada)).rejects.toMatchObject({ status: 429 });
    const others = requesting({ connections: 1, waitMs: 1 });
    await others.ask(ada);
    await expect(others.ask(maya)).rejects.toMatchObject({ status: 503, retryAfterSeconds: expect.any(Number) });
  });

  test('gives no turn to a client that has closed its connection', async () => {
    const { ask, begun, endOne } = requesting({ connections: 1 });
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
