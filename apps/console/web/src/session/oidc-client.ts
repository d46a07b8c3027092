/** Creates the OIDC client and renews tokens. This module loads only in environments with a provider. */
import { OidcClient, type SigninResponse, type UserProfile, WebStorageStateStore } from 'oidc-client-ts';
import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import type { Credentials } from './session.ts';

const SCOPE = 'openid profile email';
/** The maximum time that requests wait for a token renewal, in seconds. */
const TIMEOUT_SECONDS = 10;

/** Returns a client for the OIDC provider in the sign-in configuration. */
export async function connect(): Promise<OidcClient> {
  const { signIn } = await queryClient.fetchQuery(configQuery);
  if (signIn.kind !== 'oidc') throw new Error('This environment has no sign-in provider. Sign in on the start page.');
  return new OidcClient({
    authority: signIn.authority,
    client_id: signIn.clientId,
    redirect_uri: new URL('/sign-in/return', location.origin).href,
    response_type: 'code',
    scope: SCOPE,
    requestTimeoutInSeconds: TIMEOUT_SECONDS,
    // In localStorage, because the provider may return to another window than the one that started. The entry contains
    // only the verifier of a single sign-in.
    stateStore: new WebStorageStateStore({ store: localStorage }),
  });
}

/** Returns the credentials in the provider's response, or throws an Error if the sign-in did not complete. */
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
      // The type requires a profile, but the console does not read it.
      profile: {} as UserProfile,
    },
    timeoutInSeconds: TIMEOUT_SECONDS,
  });
  return { refreshToken, ...getCredentials(response) };
}
