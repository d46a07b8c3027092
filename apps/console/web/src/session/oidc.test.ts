import { beforeEach, expect, test, vi } from 'vitest';

const ORIGIN = 'https://console.example';
const PROVIDER = 'https://pool.example';
const metadata = {
  issuer: PROVIDER,
  authorization_endpoint: `${PROVIDER}/oauth2/authorize`,
  token_endpoint: `${PROVIDER}/oauth2/token`,
  jwks_uri: `${PROVIDER}/jwks`,
};
const withSignOut = { ...metadata, end_session_endpoint: `${PROVIDER}/logout` };

function inMemory(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index: number) => [...values.keys()][index] ?? null,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, text: string) => void values.set(name, text),
    removeItem: (name: string) => void values.delete(name),
  } as Storage;
}

/** A fake of the window that the page opens. */
let other: { location: { href: string } };
let replaced: string[];

beforeEach(() => {
  vi.resetModules();
  other = { location: { href: 'about:blank' } };
  replaced = [];
  vi.stubGlobal('location', { origin: ORIGIN, replace: (url: string) => void replaced.push(url) });
  vi.stubGlobal('localStorage', inMemory());
  vi.stubGlobal('sessionStorage', inMemory());
  vi.stubGlobal('window', { open: () => other, localStorage, crypto });
  return () => vi.unstubAllGlobals();
});

/** Loads the module as the console does, with a provider that publishes the given metadata. */
async function load(discovered: object) {
  vi.stubGlobal('fetch', async (input: string | URL | Request) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const answer =
      pathname === '/api/config'
        ? { environment: 'dev', signIn: { kind: 'oidc', authority: PROVIDER, clientId: 'console' } }
        : discovered;
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  });
  return import('./oidc.ts');
}

async function addressOfOther(): Promise<URL> {
  await vi.waitUntil(() => other.location.href !== 'about:blank');
  return new URL(other.location.href);
}

test('signInInWindow first signs out at the provider, because the provider may remember another person', async () => {
  const { signInInWindow } = await load(withSignOut);
  void signInInWindow();
  const { origin, pathname, searchParams } = await addressOfOther();
  expect(origin + pathname).toBe(withSignOut.end_session_endpoint);
  // The address appears in Cognito's parameter and in the standard parameter.
  for (const name of ['logout_uri', 'post_logout_redirect_uri']) {
    expect(searchParams.get(name)).toBe(`${ORIGIN}/sign-in/again`);
  }
  expect(searchParams.get('client_id')).toBe('console');
  expect(searchParams.has('redirect_uri')).toBe(false);
});

test('signInAgain continues to the sign-in with PKCE', async () => {
  const { signInAgain } = await load(withSignOut);
  await signInAgain();
  expect(replaced).toHaveLength(1);
  const { origin, pathname, searchParams } = new URL(replaced[0] ?? '');
  expect(origin + pathname).toBe(metadata.authorization_endpoint);
  expect(searchParams.get('prompt')).toBe('login');
  expect(searchParams.get('redirect_uri')).toBe(`${ORIGIN}/sign-in/return`);
  expect(searchParams.get('code_challenge')).toBeTruthy();
});

test('signInInWindow opens the sign-in page directly if the provider does not support sign-out', async () => {
  const { signInInWindow } = await load(metadata);
  void signInInWindow();
  const { origin, pathname, searchParams } = await addressOfOther();
  expect(origin + pathname).toBe(metadata.authorization_endpoint);
  expect(searchParams.get('prompt')).toBe('login');
});
