/** An OpenID provider on this machine that issues tokens with the same claims as Cognito. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider as OidcProvider } from 'oidc-provider';
import type { SignIn } from '../../api/contract/session.ts';

const CLIENT_ID = 'console';
const SCOPE = 'openid profile email';
const HOUR = 3600;
/**
 * With this lifetime, tokens are renewed after 16 s: long enough for a slow machine, and short enough for a test to
 * wait.
 */
export const TOKEN_SECONDS = 20;

export interface Provider extends AsyncDisposable {
  readonly signIn: Extract<SignIn, { kind: 'oidc' }>;
  /** Sets the console's address, which is known only after the console has started with this provider. */
  serve(consoleUrl: string): Promise<void>;
  /** Revokes all refresh tokens, as an administrator does by signing everybody out. */
  revokeAll(): Promise<void>;
}

export async function startProvider(): Promise<Provider> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const grants = new Set<string>();
  let provider: OidcProvider | undefined;
  return {
    signIn: { kind: 'oidc', authority, clientId: CLIENT_ID },
    async serve(consoleUrl) {
      provider = await createProvider(authority, consoleUrl);
      provider.on('refresh_token.saved', ({ grantId }) => grants.add(grantId ?? ''));
      server.on('request', provider.callback());
    },
    async revokeAll() {
      for (const grant of grants) await provider?.RefreshToken.revokeByGrantId(grant);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function createProvider(authority: string, consoleUrl: string): Promise<OidcProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new OidcProvider(authority, {
    clients: [
      {
        client_id: CLIENT_ID,
        // The client has no secret, because a web page cannot keep one confidential.
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${consoleUrl}/sign-in/return`],
        post_logout_redirect_uris: [`${consoleUrl}/`, `${consoleUrl}/sign-in/again`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['of this test alone'] },
    routes: { jwks: '/.well-known/jwks.json' },
    clientBasedCORS: (_context, origin) => origin === consoleUrl,
    ttl: {
      IdToken: TOKEN_SECONDS,
      AccessToken: TOKEN_SECONDS,
      RefreshToken: HOUR,
      Session: HOUR,
      Grant: HOUR,
      Interaction: HOUR,
    },
    claims: { openid: ['sub', 'token_use', 'custom:owner', 'cognito:groups'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (_context, owner) => ({
      accountId: owner,
      claims: () => ({ sub: owner, token_use: 'id', 'custom:owner': owner, 'cognito:groups': ['owners'], name: owner }),
    }),
    // Like Cognito, the provider always issues a refresh token and never shows a consent page.
    issueRefreshToken: () => true,
    async loadExistingGrant(context) {
      const { session, client } = context.oidc;
      const grant = new provider.Grant({
        ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
        ...(client === undefined ? {} : { clientId: client.clientId }),
      });
      grant.addOIDCScope(SCOPE);
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => `/login/${uid}` },
    features: {
      // Blocks external fonts, which the provider's built-in pages load.
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        logoutSource(context, form) {
          context.body = `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
        },
      },
    },
  });
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/login/')) return next();
    if (context.method === 'POST') {
      const accountId = new URLSearchParams(await text(context.req)).get('owner') ?? '';
      context.respond = false;
      return provider.interactionFinished(context.req, context.res, { login: { accountId } });
    }
    context.type = 'html';
    context.body = '<form method="post"><label>Owner <input name="owner"></label><button>Go on</button></form>';
  });
  return provider;
}
