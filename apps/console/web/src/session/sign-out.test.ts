import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const forgetDrafts = vi.fn(async (_owner: string) => {});
vi.mock('../uploads/drafts.ts', () => ({ forgetDrafts }));

let replaced: string[];

beforeEach(() => {
  vi.resetModules();
  replaced = [];
  const stored = JSON.stringify({ token: 'token', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  const storage = new Map([['centflow-session', stored]]);
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => storage.get(name) ?? null,
    setItem: () => {},
    removeItem: (name: string) => void storage.delete(name),
  });
  vi.stubGlobal('location', { origin: 'https://console.example', replace: (url: string) => void replaced.push(url) });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Signs Ada out of a console with the given configuration. */
async function signOut(config: () => Response) {
  vi.stubGlobal('fetch', async () => config());
  const { queryClient } = await import('../api/query-client.ts');
  queryClient.setQueryData(['session'], { owner: 'ada' });
  queryClient.setDefaultOptions({ queries: { retry: false } });
  await (await import('./sign-out.ts')).signOut();
  return (await import('./this-tab.ts')).session;
}
const configured = (signIn: object) => () =>
  new Response(JSON.stringify({ environment: 'local', signIn }), { headers: { 'content-type': 'application/json' } });

test('signOut deletes drafts and leaves the page, so that no data stays in memory', async () => {
  const session = await signOut(configured({ kind: 'local' }));
  expect(session.state().kind).toBe('signed-out');
  expect(forgetDrafts).toHaveBeenLastCalledWith('ada');
  expect(replaced).toEqual(['/']);
});

test('signOut leaves the page even if the provider cannot be reached', async () => {
  const down = configured({ kind: 'oidc', authority: 'https://pool.example', clientId: 'console' });
  let asked = 0;
  const session = await signOut(() => {
    asked += 1;
    if (asked > 1) throw new TypeError('fetch failed');
    return down();
  });
  expect(session.state().kind).toBe('signed-out');
  expect(replaced).toEqual(['/']);
});

test('signOut leaves the page even if the API does not respond', async () => {
  const session = await signOut(() => {
    throw new TypeError('fetch failed');
  });
  expect(session.state().kind).toBe('signed-out');
  expect(replaced).toEqual(['/']);
});
