import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Credentials, type Renew, Session } from './session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIFE = 15 * 60_000;

/** The nth credentials of a sign-in, good for a quarter of an hour from now. */
function nth(n: number): Credentials {
  return { token: `token-${n}`, refreshToken: `refresh-${n}`, expiresAt: new Date(Date.now() + LIFE).toISOString() };
}

function inMemory(kept = new Map<string, string>()): Storage {
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  } as Storage;
}

/** Takes every refresh token once, as a provider that rotates them. */
function provider() {
  let given = 1;
  const renew = vi.fn<Renew>(async ({ refreshToken }) => {
    if (refreshToken !== `refresh-${given}`) throw new Error('invalid_grant');
    given += 1;
    return nth(given);
  });
  return renew;
}

const refusing = async () => {
  throw new Error('invalid_grant');
};

test('a token is renewed before it expires, again and again, and requests never wait', async () => {
  const renew = provider();
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  await vi.advanceTimersByTimeAsync(LIFE * 0.79);
  expect(await session.token()).toBe('token-1');
  await vi.advanceTimersByTimeAsync(LIFE * 0.02);
  expect(await session.token()).toBe('token-2');
  await vi.advanceTimersByTimeAsync(LIFE * 4);
  expect(renew.mock.calls.length).toBeGreaterThanOrEqual(5);
  expect(session.state().kind).toBe('signed-in');
});

test('a reload renews what was stored, with the newest refresh token', async () => {
  const [storage, renew] = [inMemory(), provider()];
  const before = new Session(storage, renew);
  before.signIn(nth(1));
  await before.renewOrExpire('token-1');
  const after = new Session(storage, renew);
  await after.renewOrExpire('token-2');
  expect(await after.token()).toBe('token-3');
});

test('requests that are refused together share one renewal, also with the one ahead of time', async () => {
  const renew = provider();
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  vi.advanceTimersByTime(LIFE);
  await Promise.all([1, 2, 3].map(() => session.renewOrExpire('token-1')));
  expect(renew).toHaveBeenCalledTimes(1);
  expect(await session.token()).toBe('token-2');
});

test('a refusal that comes after the renewal changes nothing', async () => {
  const renew = provider();
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  await session.renewOrExpire('token-1');
  await session.renewOrExpire('token-1');
  expect(renew).toHaveBeenCalledTimes(1);
  expect(session.state().kind).toBe('signed-in');
});

test('a renewal that fails ahead of time is tried once more when the API refuses, and then the person is asked', async () => {
  const renew = vi.fn<Renew>(refusing);
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  await vi.advanceTimersByTimeAsync(LIFE);
  expect(session.state().kind).toBe('signed-in');
  await session.renewOrExpire('token-1');
  expect(session.state().kind).toBe('expired');
  expect(renew).toHaveBeenCalledTimes(2);
});

test('without a refresh token nothing is renewed', async () => {
  const renew = vi.fn<Renew>(refusing);
  const session = new Session(inMemory(), renew);
  session.signIn({ token: 'local', expiresAt: new Date(Date.now() + LIFE).toISOString() });
  await vi.advanceTimersByTimeAsync(LIFE);
  await session.renewOrExpire('local');
  expect(session.state().kind).toBe('expired');
  expect(renew).not.toHaveBeenCalled();
});

test('signing out forgets the tokens, and stops what was being renewed', async () => {
  const kept = new Map<string, string>();
  const session = new Session(inMemory(kept), provider());
  session.signIn(nth(1));
  const renewal = session.renewOrExpire('token-1');
  session.signOut();
  await renewal;
  expect(session.state().kind).toBe('signed-out');
  expect(kept.size).toBe(0);
});
