import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Credentials, type Renew, Session } from './session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIFE = 15 * 60_000;

/** Returns the nth credentials of one sign-in, which are valid for 15 minutes from now. */
function nth(n: number): Credentials {
  return { token: `token-${n}`, refreshToken: `refresh-${n}`, expiresAt: new Date(Date.now() + LIFE).toISOString() };
}

function inMemory(values = new Map<string, string>()): Storage {
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, text: string) => void values.set(name, text),
    removeItem: (name: string) => void values.delete(name),
  } as Storage;
}

/** Returns a provider that rotates refresh tokens and accepts each refresh token only once. */
function provider() {
  let latest = 1;
  const renew = vi.fn<Renew>(async ({ refreshToken }) => {
    if (refreshToken !== `refresh-${latest}`) throw new Error('invalid_grant');
    latest += 1;
    return nth(latest);
  });
  return renew;
}

const refusing = async () => {
  throw new Error('invalid_grant');
};

test('Session always renews its token before the token expires', async () => {
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

test('Session renews with the newest stored refresh token after a reload', async () => {
  const [storage, renew] = [inMemory(), provider()];
  const before = new Session(storage, renew);
  before.signIn(nth(1));
  await before.renewOrExpire('token-1');
  const after = new Session(storage, renew);
  await after.renewOrExpire('token-2');
  expect(await after.token()).toBe('token-3');
});

test('Session renews its token once if several requests are refused at the same time', async () => {
  const renew = provider();
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  vi.advanceTimersByTime(LIFE);
  await Promise.all([1, 2, 3].map(() => session.renewOrExpire('token-1')));
  expect(renew).toHaveBeenCalledTimes(1);
  expect(await session.token()).toBe('token-2');
});

test('Session ignores the refusal of a token that has already been renewed', async () => {
  const renew = provider();
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  await session.renewOrExpire('token-1');
  await session.renewOrExpire('token-1');
  expect(renew).toHaveBeenCalledTimes(1);
  expect(session.state().kind).toBe('signed-in');
});

test('Session retries a failed renewal once when the API refuses the token, and then expires', async () => {
  const renew = vi.fn<Renew>(refusing);
  const session = new Session(inMemory(), renew);
  session.signIn(nth(1));
  await vi.advanceTimersByTimeAsync(LIFE);
  expect(session.state().kind).toBe('signed-in');
  await session.renewOrExpire('token-1');
  expect(session.state().kind).toBe('expired');
  expect(renew).toHaveBeenCalledTimes(2);
});

test('Session does not renew a token without a refresh token', async () => {
  const renew = vi.fn<Renew>(refusing);
  const session = new Session(inMemory(), renew);
  session.signIn({ token: 'local', expiresAt: new Date(Date.now() + LIFE).toISOString() });
  await vi.advanceTimersByTimeAsync(LIFE);
  await session.renewOrExpire('local');
  expect(session.state().kind).toBe('expired');
  expect(renew).not.toHaveBeenCalled();
});

test('Session forgets its tokens on sign-out and ignores a renewal that is in progress', async () => {
  const values = new Map<string, string>();
  const session = new Session(inMemory(values), provider());
  session.signIn(nth(1));
  const renewal = session.renewOrExpire('token-1');
  session.signOut();
  await renewal;
  expect(session.state().kind).toBe('signed-out');
  expect(values.size).toBe(0);
});
