import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const body = { title: 'Too many requests at once', detail: 'Wait until some have ended, then try again.' };
const busy = () => new Response(JSON.stringify(body), { status: 429, headers: { 'retry-after': '2' } });
const good = () => new Response('{"owner":"ada"}', { headers: { 'content-type': 'application/json' } });

/** Loads the client with a signed-in session and a server that returns the given responses in order. */
async function load(...answers: readonly (() => Response)[]) {
  const stored = JSON.stringify({ token: 'token', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  vi.stubGlobal('sessionStorage', { getItem: () => stored, setItem: () => {}, removeItem: () => {} });
  vi.stubGlobal('location', { origin: 'https://console.example' });
  const remaining = [...answers];
  const fetched = vi.fn<typeof fetch>(async () => (remaining.shift() ?? good)());
  vi.stubGlobal('fetch', fetched);
  return { ...(await import('./client.ts')), fetched };
}

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('sessionFetch repeats a request refused with 429 after the time in Retry-After', async () => {
  const { readAnswer, api, fetched } = await load(busy, busy, good);
  const answer = readAnswer(api.session.$get({ query: {} }));
  await vi.advanceTimersByTimeAsync(1999);
  expect(fetched).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2001);
  expect(await answer).toEqual({ owner: 'ada' });
  expect(fetched).toHaveBeenCalledTimes(3);
});

test('readAnswer reports a 429 that persists after three retries', async () => {
  const { readAnswer, api, fetched } = await load(...Array(10).fill(busy));
  const refused = expect(readAnswer(api.session.$get({ query: {} }))).rejects.toMatchObject({ status: 429, ...body });
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect(fetched).toHaveBeenCalledTimes(4);
});

test('sessionFetch does not repeat a request that the page has aborted', async () => {
  const { sessionFetch, fetched } = await load(busy);
  const leaving = new AbortController();
  const asked = expect(sessionFetch('/api/uploads', { signal: leaving.signal })).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1000);
  leaving.abort();
  await asked;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetched).toHaveBeenCalledTimes(1);
});
