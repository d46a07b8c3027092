/** The OIDC client, and the renewal of tokens. Loaded only in environments with a provider. */
import { OidcClient, type SigninResponse, type UserProfile, WebStorageStateStore } from 'oidc-client-ts';
import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import type { Credentials } from './session.ts';

const SCOPE = 'openid profile email';
/** The longest time that requests wait for a renewal. */
const TIMEOUT_SECONDS = 10;

/** Returns a client of the provider that the configuration names. */
export async function connect(): Promise<OidcClient> {
  const { signIn } = await queryClient.fetchQuery(configQuery);
  if (signIn.kind !== 'oidc') throw new Error('Here one signs in without a provider.');
  return new OidcClient({
    authority: signIn.authority,
    client_id: signIn.clientId,
    redirect_uri: new URL('/sign-in/return', location.origin).href,
    response_type: 'code',
    scope: SCOPE,
    requestTimeoutInSeconds: TIMEOUT_SECONDS,
    // The window that returns is not always the window that left. Only the verifier of one sign-in is stored.
    stateStore: new WebStorageStateStore({ store: localStorage }),
  });
}

/** @throws Error if the sign-in did not complete */
export function getCredentials({ id_token, expires_at, refresh_token }: SigninResponse): Credentials {
  if (!id_token || !expires_at) throw new Error('The sign-in did not complete. Sign in again.');
  return {
    token: id_token,
    expiresAt: new Date(expires_at * 1000).toISOString(),
    ...(refresh_token ? { refreshToken: refresh_token } : {}),
  };
}

/**
 * Renews the token.
 *
 * @throws Error if the provider refuses, cannot be reached, or returns another person
 */
export async function renewCredentials({ token, refreshToken = '' }: Credentials): Promise<Credentials> {
  const response = await (await connect()).useRefreshToken({
    state: {
      refresh_token: refreshToken,
      id_token: token,
      scope: SCOPE,
      session_state: null,
      // Required by the type; nothing reads claims here.
      profile: {} as UserProfile,
    },
    timeoutInSeconds: TIMEOUT_SECONDS,
  });
  return { refreshToken, ...getCredentials(response) };
}
